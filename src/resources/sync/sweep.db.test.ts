import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { claimDue, claimPartition } from '../store/partitions.ts'
import { readPartitions } from '../store/type-states.ts'
import {
  accessDenied,
  accountA,
  accountB,
  createFakeAws,
  fakeAccount,
  fakeInstance,
  fakeVolume,
} from '../testing/fake-aws.ts'
import type { FakeAws } from '../testing/fake-aws.ts'
import { createApply } from './apply.ts'
import { reconcilePartitions } from './partitions.ts'
import { createSweeper } from './sweep.ts'
import type { Sweeper } from './sweep.ts'
import { createTrouble } from './trouble.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
let fake: FakeAws
let sweeper: Sweeper
let told: string[]

const log = createLog({ level: 'silent' })
const partitionA = { account: accountA, region: 'eu-west-1', service: 'ec2' }
const partitionB = { ...partitionA, account: accountB }

before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(() => database.drop())

beforeEach(async () => {
  await db.query({ text: 'truncate resources, sync_partitions, sync_types, events' })
  fake = createFakeAws([fakeAccount(accountA, 'alpha'), fakeAccount(accountB, 'beta')])
  told = []
  sweeper = another()
  await reconcile()
})

const apply = () => createApply({ db, notifier: { nudge: () => {} } })
const trouble = () =>
  createTrouble({
    db,
    alarms: {
      raise: async ({ key, detail }) => void told.push(`${key} ${detail}`),
      resolve: async (key) => void told.push(`${key} is over`),
    },
  })
/** The sweeper of another process over the same database. */
const another = (): Sweeper =>
  createSweeper({ db, aws: fake.aws, apply: apply(), trouble: trouble(), clock: systemClock, log })
const reconcile = (): Promise<number> => reconcilePartitions({ db, aws: fake.aws, apply: apply() })

const alive = async (): Promise<string[]> => {
  const rows = await db.query<{ aws_id: string }>({
    text: 'select aws_id from resources where deleted_at is null order by aws_id',
  })
  return rows.map((row) => row.aws_id)
}
const versions = async (): Promise<Map<string, string>> => {
  // xmin changes with every write of a row: PostgreSQL itself says what was written.
  const rows = await db.query<{ aws_id: string; version: string }>({
    text: 'select aws_id, xmin::text as version from resources',
  })
  return new Map(rows.map((row) => [row.aws_id, row.version]))
}
const events = () =>
  db.query<{ type: string; accounts: string[]; data: { ids: string[]; count: number } }>({
    text: 'select type, accounts, data from events order by id',
  })
const partition = async ({ account, service }: typeof partitionA, type = 'ec2.instance') =>
  (await readPartitions(db, [account])).find((one) => one.service === service && one.type === type)

test('a sweep brings in instances and volumes, page by page, and marks its partition fresh', async () => {
  fake.instances = ['i-1', 'i-2', 'i-3', 'i-4', 'i-5'].map((id) => fakeInstance(id))
  fake.volumes = [fakeVolume('vol-1', { attachedTo: ['i-1'] })]
  assert.equal(await sweeper.sweepNow(partitionA), 'swept')
  assert.deepEqual(await alive(), ['i-1', 'i-2', 'i-3', 'i-4', 'i-5', 'vol-1'])
  const state = await partition(partitionA)
  assert.equal(state?.seen, 5)
  assert.equal((await partition(partitionA, 'ec2.volume'))?.seen, 1)
  assert.equal(state?.isFresh, true)
  assert.equal(state?.lastError, null)
  assert.equal((await partition(partitionB))?.sweptAt, null)
})

test('a sweep over an unchanged estate writes no row and publishes nothing', async () => {
  fake.instances = ['i-1', 'i-2', 'i-3'].map((id) => fakeInstance(id))
  await sweeper.sweepNow(partitionA)
  const written = await versions()
  await db.query({ text: 'truncate events' })
  fake.instances.reverse()
  assert.equal(await sweeper.sweepNow(partitionA), 'swept')
  assert.deepEqual(await versions(), written)
  assert.deepEqual(await events(), [])
})

test('only what changed is written and published', async () => {
  fake.instances = ['i-1', 'i-2', 'i-3'].map((id) => fakeInstance(id))
  await sweeper.sweepNow(partitionA)
  const written = await versions()
  await db.query({ text: 'truncate events' })
  fake.instances[1] = fakeInstance('i-2', { state: 'stopped' })
  await sweeper.sweepNow(partitionA)
  const changed = [...(await versions())].filter(([id, version]) => written.get(id) !== version).map(([id]) => id)
  assert.deepEqual(changed, ['i-2'])
  const [event, ...others] = await events()
  assert.deepEqual(others, [])
  assert.equal(event?.type, 'resource.changed')
  assert.deepEqual(event?.accounts, [accountA])
  assert.deepEqual(event?.data.ids, ['arn:aws:ec2:eu-west-1:111111111111:instance/i-2'])
})

test('what a complete listing no longer shows is gone, and comes back when it is seen again', async () => {
  fake.instances = ['i-1', 'i-2', 'i-3'].map((id) => fakeInstance(id))
  await sweeper.sweepNow(partitionA)
  const [, second] = fake.instances.splice(1, 1, fakeInstance('i-4')).concat(fakeInstance('i-2'))
  await sweeper.sweepNow(partitionA)
  assert.deepEqual(await alive(), ['i-1', 'i-3', 'i-4'])
  assert.ok((await events()).some(({ type, data }) => type === 'resource.gone' && data.count === 1))
  fake.instances.push(second ?? fakeInstance('i-2'))
  await sweeper.sweepNow(partitionA)
  assert.deepEqual(await alive(), ['i-1', 'i-2', 'i-3', 'i-4'])
})

test('an error half-way keeps what was read, marks nothing as gone, and is kept with its partition', async () => {
  fake.instances = ['i-1', 'i-2', 'i-3', 'i-4'].map((id) => fakeInstance(id))
  fake.volumes = [fakeVolume('vol-1')]
  await sweeper.sweepNow(partitionA)
  fake.instances = [fakeInstance('i-1', { state: 'stopped' }), fakeInstance('i-3'), fakeInstance('i-4')]
  fake.volumes = [fakeVolume('vol-1', { state: 'available' })]
  fake.before.set(`${accountA} page 1`, () => Promise.reject(accessDenied))
  assert.equal(await sweeper.sweepNow(partitionA), 'failed')
  const states = await db.query<{ aws_id: string; state: string }>({
    text: 'select aws_id, state from resources where deleted_at is null order by 1',
  })
  assert.deepEqual(
    states.map(({ aws_id, state }) => `${aws_id} ${state}`),
    [
      'i-1 stopped',
      'i-2 running',
      'i-3 running',
      'i-4 running',
      // One type that can't be read doesn't keep the other from being read.
      'vol-1 available',
    ],
  )
  const state = await partition(partitionA)
  assert.equal(state?.lastError, 'UnauthorizedOperation: You are not authorized to perform this operation.')
  assert.equal(state?.isBackingOff, true)
  assert.notEqual(state?.sweptAt, null)
})

test('access denied in one account never affects another', async () => {
  fake.instances = [fakeInstance('i-1'), fakeInstance('i-2', { account: accountB })]
  fake.before.set(accountA, () => Promise.reject(accessDenied))
  assert.deepEqual(await Promise.all([sweeper.sweepNow(partitionA), sweeper.sweepNow(partitionB)]), ['failed', 'swept'])
  assert.deepEqual(await alive(), ['i-2'])
  assert.equal((await partition(partitionB))?.lastError, null)
})

test('one process at a time sweeps a partition', async () => {
  const gate = Promise.withResolvers<void>()
  fake.before.set(accountA, () => gate.promise)
  const first = sweeper.sweepNow(partitionA)
  const other = another()
  while (fake.calls.length === 0) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(await other.sweepNow(partitionA), 'elsewhere')
  gate.resolve()
  assert.equal(await first, 'swept')
  assert.equal(await other.sweepNow(partitionA), 'swept')
})

test('a stopped process leaves its partition to the others at once', async () => {
  const gate = Promise.withResolvers<void>()
  fake.before.set(accountA, () => gate.promise)
  const first = sweeper.sweepNow(partitionA)
  while (fake.calls.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const stopped = sweeper.stop()
  gate.resolve()
  await stopped
  assert.equal(await first, 'stopped')
  assert.equal(await another().sweepNow(partitionA), 'swept')
})

test('an older description never overwrites a newer one', async () => {
  const group = { account: accountA, region: 'eu-west-1', type: 'ec2.instance' }
  const { observeInstance } = await import('../types/ec2-instance.ts')
  const { apply: write, remove } = apply()
  const earlier = new Date(Date.now() - 10_000)
  const later = new Date(Date.now() - 5_000)
  await write(group, [observeInstance(fakeInstance('i-1', { state: 'stopped' }))], later)
  assert.deepEqual(await write(group, [observeInstance(fakeInstance('i-1'))], earlier), [])
  assert.deepEqual(await remove(group, [fakeInstance('i-1').arn], earlier), [])
  const [row] = await db.query<{ state: string }>({ text: 'select state from resources where deleted_at is null' })
  assert.equal(row?.state, 'stopped')
})

test('poisonous text from AWS is stored cleaned and fails nobody else', async () => {
  fake.instances = [
    fakeInstance('i-1', { tags: { Name: 'a\0b', '\ud800key': 'c\udfff' }, raw: { Deep: [{ Text: 'x\0' }] } }),
    fakeInstance('i-2'),
  ]
  assert.equal(await sweeper.sweepNow(partitionA), 'swept')
  const [row] = await db.query<{ name: string; tags: unknown; config: unknown }>({
    text: `select name, tags, config from resources where aws_id = 'i-1'`,
  })
  assert.equal(row?.name, 'a\ufffdb')
  assert.deepEqual(row?.tags, { Name: 'a\ufffdb', '\ufffdkey': 'c\ufffd' })
  assert.deepEqual(row?.config, { Deep: [{ Text: 'x\ufffd' }] })
})

test('new accounts and Regions get partitions; what is no longer looked at is gone', async () => {
  fake.instances = [fakeInstance('i-1'), fakeInstance('i-2', { account: accountB })]
  await sweeper.sweepNow(partitionA)
  await sweeper.sweepNow(partitionB)
  fake.accounts.splice(0, 1)
  fake.accounts[0]?.regions.push('us-east-1')
  const regional = [
    'autoscaling',
    'cloudwatch',
    'ec2',
    'elb',
    'lambda',
    'lambda-details',
    'logs',
    's3',
    's3-details',
    'tagging',
  ]
  // One for each service that has Regions; what has none is there already.
  assert.equal(await reconcile(), regional.length)
  assert.deepEqual(await alive(), ['i-2'])
  assert.equal((await readPartitions(db, [accountA])).length, 0)
  assert.deepEqual(
    [...new Set((await readPartitions(db, [accountB])).map(({ region, service }) => `${region} ${service}`))],
    [
      ...regional.map((service) => `eu-west-1 ${service}`),
      ...['cloudwatch-dashboards', 'iam'].map((service) => `global ${service}`),
      ...regional.map((service) => `us-east-1 ${service}`),
    ],
  )
  assert.equal(await reconcile(), 0)
})

test('people are told of an account that stays unreadable, and when it can be read again', async () => {
  fake.before.set(accountA, () => Promise.reject(accessDenied))
  for (let times = 0; times < 3; times++) await sweeper.sweepNow(partitionA)
  assert.deepEqual(told, [])
  await sweeper.sweepNow(partitionA)
  const why = 'UnauthorizedOperation: You are not authorized to perform this operation.'
  assert.deepEqual(told.splice(0), [`resources/sync/${accountA} ec2 in eu-west-1: ${why}`])
  fake.before.clear()
  await sweeper.sweepNow(partitionA)
  await sweeper.sweepNow(partitionA)
  assert.deepEqual(told, [`resources/sync/${accountA} is over`])
})

test('one type that can not be read keeps its error and its age; the others of its service are as fresh as ever', async () => {
  fake.instances = [fakeInstance('i-1')]
  fake.volumes = [fakeVolume('vol-1')]
  await sweeper.sweepNow(partitionA)
  fake.before.set(`listVolumes ${accountA}`, () => Promise.reject(accessDenied))
  assert.equal(await sweeper.sweepNow(partitionA), 'failed')
  const sweptMs = Date.now()
  const [instances, volumes] = [await partition(partitionA), await partition(partitionA, 'ec2.volume')]
  assert.deepEqual([instances?.lastError, instances?.isFresh], [null, true])
  assert.match(volumes?.lastError ?? '', /^UnauthorizedOperation/)
  assert.ok(Number(instances?.sweptAt) > Number(volumes?.sweptAt))
  // The one is due in a minute, the other is tried again as soon as the first pause is over.
  const dueIn = (one: typeof volumes) => (Number(one?.nextAt) - sweptMs) / 1000
  assert.ok(dueIn(volumes) < 20 && dueIn(instances) > 40, `${dueIn(volumes)} ${dueIn(instances)}`)
  // What is due is read, and only that.
  await db.query({ text: `update sync_types set full_at = now() where type = 'ec2.volume'` })
  await db.query({ text: 'update sync_partitions set next_at = now() where account = $1', values: [accountA] })
  fake.before.clear()
  fake.calls.length = 0
  const claims = await claimDue(db, { leaseSeconds: 60, limit: 100, perAccount: 100 })
  await Promise.all(claims.filter(({ service }) => service === 'ec2').map((claim) => sweeper.run(claim, 'sweep')))
  assert.deepEqual(
    fake.calls.filter((call) => call.endsWith(accountA)),
    [`listVolumes ${accountA}`],
  )
  assert.equal((await partition(partitionA, 'ec2.volume'))?.lastError, null)
})

test('between two sweeps only what is on its way is looked at, until it has arrived', async () => {
  fake.instances = [fakeInstance('i-1', { state: 'stopping' }), fakeInstance('i-2'), fakeInstance('i-3')]
  await sweeper.sweepNow(partitionA)
  const dueIn = async () => (Number((await partition(partitionA))?.nextAt) - Date.now()) / 1000
  assert.ok((await dueIn()) <= 15)
  const look = async (): Promise<string[]> => {
    await db.query({ text: 'update sync_types set look_at = now() where look_at is not null' })
    const claim = await claimPartition(db, partitionA, randomUUID(), 60)
    assert.ok(claim)
    fake.calls.length = 0
    assert.equal(await sweeper.run(claim, 'sweep'), 'swept')
    return fake.calls
  }
  // One has arrived, one has set out since; what AWS doesn't list as moving isn't looked at.
  fake.instances = [
    fakeInstance('i-1', { state: 'stopped' }),
    fakeInstance('i-2', { state: 'pending' }),
    fakeInstance('i-3', { tags: { Name: 'new' } }),
  ]
  const swept = (await partition(partitionA))?.sweptAt
  assert.deepEqual(await look(), [`listMovingInstances ${accountA}`, `describeInstances ${accountA}`])
  const states = async () =>
    (
      await db.query<{ text: string }>({
        text: `select aws_id || ' ' || state || ' ' || name as text from resources order by 1`,
      })
    ).map(({ text }) => text)
  assert.deepEqual(await states(), ['i-1 stopped name-of-i-1', 'i-2 pending name-of-i-2', 'i-3 running name-of-i-3'])
  // A look is no sweep: the age of what it didn't look at stays what it is.
  assert.deepEqual((await partition(partitionA))?.sweptAt, swept)
  fake.instances = fake.instances.map(({ id }) => fakeInstance(id))
  await look()
  assert.ok((await dueIn()) > 15)
  assert.deepEqual(await look(), [])
})

test('an account never takes all the places, and what was never read comes in the order of its service', async () => {
  await db.query({ text: 'truncate sync_partitions, sync_types' })
  fake.accounts.splice(
    0,
    2,
    fakeAccount(accountA, 'alpha', ['eu-west-1', 'eu-west-2', 'us-east-1']),
    fakeAccount(accountB, 'beta'),
  )
  await reconcile()
  const claimed = await claimDue(db, { leaseSeconds: 60, limit: 100, perAccount: 4 })
  assert.deepEqual(
    [accountA, accountB].map((id) => claimed.filter(({ account }) => account === id).length),
    [4, 4],
  )
  // All of EC2 stands before the alarms of anybody.
  const ofA = claimed.filter(({ account }) => account === accountA)
  assert.equal(ofA.filter(({ service }) => service === 'ec2').length, 3)
  // The places of this account are taken, in whichever process.
  assert.deepEqual(await claimDue(db, { leaseSeconds: 60, limit: 100, perAccount: 4 }), [])
  assert.equal((await claimDue(db, { leaseSeconds: 60, limit: 2, perAccount: 9 })).length, 2)
})
