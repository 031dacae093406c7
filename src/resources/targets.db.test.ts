import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../test/support/database.ts'
import type { Targets } from '#contracts/resource.ts'
import type { Database } from '#platform/db/database.ts'
import {
  accessDenied,
  accountA,
  accountB,
  createFakeAws,
  fakeAccount,
  fakeInstance,
  fakeVolume,
} from './testing/fake-aws.ts'
import type { FakeAws } from './testing/fake-aws.ts'
import { createRig, operator } from './testing/rig.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
let fake: FakeAws
let rig: ReturnType<typeof createRig>

before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(() => database.drop())

beforeEach(async () => {
  await db.query({ text: 'truncate resources, sync_partitions, sync_types, events' })
  await db.query({
    text: `insert into sync_partitions (account, region, service)
      values ($1, 'eu-west-1', 'ec2'), ($1, 'us-east-1', 'ec2'), ($2, 'eu-west-1', 'ec2')`,
    values: [accountA, accountB],
  })
  fake = createFakeAws([fakeAccount(accountA, 'alpha', ['eu-west-1', 'us-east-1']), fakeAccount(accountB, 'beta')])
  rig = createRig(db, fake)
})

const resolve = async (targets: Targets, type = 'ec2.instance') => {
  const { resources, unknown } = await rig.resources.resolveTargets(operator, targets, type)
  return { ids: resources.map(({ id }) => id.replace(/.*\//, '')).sort(), unknown }
}

test('a query is restricted to the type, and by account and Region where they are given', async () => {
  fake.instances = [
    fakeInstance('i-1', { tags: { env: 'dev' } }),
    fakeInstance('i-2', { tags: { env: 'dev' }, region: 'us-east-1' }),
    fakeInstance('i-3', { tags: { env: 'dev' }, account: accountB }),
    fakeInstance('i-4'),
  ]
  fake.volumes = [fakeVolume('vol-1', { tags: { env: 'dev' } })]
  assert.deepEqual(await resolve({ query: 'tag.env:dev' }), { ids: ['i-1', 'i-2', 'i-3'], unknown: [] })
  assert.deepEqual((await resolve({ query: 'tag.env:dev', account: accountA })).ids, ['i-1', 'i-2'])
  assert.deepEqual((await resolve({ query: 'tag.env:dev', region: 'us-east-1' })).ids, ['i-2'])
  assert.deepEqual((await resolve({ query: 'tag.env:dev' }, 'ec2.volume')).ids, ['vol-1'])
  await assert.rejects(resolve({ query: 'colour:red' }), { code: 'invalid_query' })
})

test('ids are ARNs or AWS ids; each resource is returned once, what is nothing is unknown', async () => {
  fake.instances = [fakeInstance('i-1'), fakeInstance('i-2')]
  fake.volumes = [fakeVolume('vol-1')]
  await resolve({ query: '' + 'state:*' })
  const ids = [fakeInstance('i-1').arn, 'i-1', 'i-2', 'vol-404', fakeVolume('vol-404').arn, 'i-404', 'nonsense', 'a\0b']
  const { ids: found, unknown } = await resolve({ ids })
  assert.deepEqual(found, ['i-1', 'i-2'])
  assert.deepEqual(unknown, ['vol-404', fakeVolume('vol-404').arn, 'i-404', 'nonsense', 'a\0b'])
})

test('a resource of another type that is named by id comes back as what it is, not as unknown', async () => {
  fake.volumes = [fakeVolume('vol-1'), fakeVolume('vol-2')]
  await resolve({ query: 'state:*' }, 'ec2.volume')
  const { resources, unknown } = await rig.resources.resolveTargets(
    operator,
    { ids: [fakeVolume('vol-1').arn, 'vol-2'] },
    'ec2.instance',
  )
  assert.deepEqual(
    resources.map(({ type }) => type),
    ['ec2.volume', 'ec2.volume'],
  )
  assert.deepEqual(unknown, [])
})

test('what is not in the inventory yet is looked for in AWS before it is called unknown', async () => {
  fake.instances = [
    fakeInstance('i-1'),
    fakeInstance('i-2', { region: 'us-east-1' }),
    fakeInstance('i-3', { account: accountB }),
  ]
  fake.before.set(accountB, () => Promise.reject(accessDenied))
  const { ids, unknown } = await resolve({ ids: ['i-1', fakeInstance('i-2', { region: 'us-east-1' }).arn, 'i-3'] })
  assert.deepEqual(ids, ['i-1', 'i-2'])
  assert.deepEqual(unknown, ['i-3'])
})

test('an id that means two resources is refused until the account says which', async () => {
  fake.instances = [fakeInstance('i-1'), fakeInstance('i-1', { account: accountB })]
  await assert.rejects(resolve({ ids: ['i-1'] }), { code: 'ambiguous_target' })
  assert.deepEqual((await resolve({ ids: ['i-1'], account: accountB })).ids, ['i-1'])
  assert.deepEqual((await resolve({ ids: [fakeInstance('i-1').arn] })).ids, ['i-1'])
})

test('what the principal may not read is unknown, and AWS is not asked for it', async () => {
  fake.instances = [fakeInstance('i-3', { account: accountB })]
  rig.access.denied.add(accountB)
  assert.deepEqual(await resolve({ ids: ['i-3', fakeInstance('i-3', { account: accountB }).arn] }), {
    ids: [],
    unknown: ['i-3', fakeInstance('i-3', { account: accountB }).arn],
  })
  assert.ok(fake.calls.every((call) => !call.includes(accountB)))
})

test('a query over an account that cannot be read takes the others', async () => {
  fake.instances = [fakeInstance('i-1'), fakeInstance('i-3', { account: accountB })]
  fake.before.set(accountB, () => Promise.reject(accessDenied))
  assert.deepEqual((await resolve({ query: 'state:running' })).ids, ['i-1'])
})

test('effects are read again at once, many of one moment together, and published', async () => {
  fake.instances = [fakeInstance('i-1'), fakeInstance('i-2'), fakeInstance('i-3')]
  await resolve({ query: 'state:*' })
  await db.query({ text: 'truncate events' })
  fake.calls.length = 0
  fake.instances = [
    fakeInstance('i-1', { state: 'stopping' }),
    fakeInstance('i-2', { state: 'stopping' }),
    fakeInstance('i-3'),
  ]
  const place = { account: accountA, region: 'eu-west-1', type: 'ec2.instance' }
  await Promise.all([
    rig.resources.noteEffects([{ ...place, ids: [fakeInstance('i-1').arn] }]),
    rig.resources.noteEffects([{ ...place, ids: ['i-2', 'i-3'] }]),
  ])
  assert.deepEqual(fake.calls, [`describeInstances ${accountA}`])
  assert.deepEqual((await resolve({ query: 'state:stopping' })).ids, ['i-1', 'i-2'])
  const events = await db.query<{ topics: string[]; data: { ids: string[] } }>({
    text: 'select topics, data from events',
  })
  assert.deepEqual(
    events.map(({ topics, data }) => [topics, data.ids.length]),
    [[['resources'], 2]],
  )
  assert.ok(rig.nudges.includes('events'))
  // They are on their way to another state: the next sweep comes soon.
  const [row] = await db.query<{ seconds: number }>({
    text: `select extract(epoch from next_at - now())::int as seconds from sync_partitions where account = $1 and region = 'eu-west-1'`,
    values: [accountA],
  })
  assert.ok(row !== undefined && row.seconds <= 15, String(row?.seconds))
})

test('effects that cannot be read again make the next sweep come early', async () => {
  await resolve({ query: 'state:*' })
  fake.before.set(accountA, () => Promise.reject(accessDenied))
  await rig.resources.noteEffects([{ account: accountA, region: 'eu-west-1', type: 'ec2.instance', ids: ['i-1'] }])
  const [row] = await db.query<{ soon: boolean }>({
    text: `select next_at < now() + interval '6 s' as soon from sync_partitions where account = $1 and region = 'eu-west-1'`,
    values: [accountA],
  })
  assert.equal(row?.soon, true)
  await rig.resources.noteEffects([{ account: '999999999999', region: 'x', type: 'ec2.instance', ids: ['i-1'] }])
  await rig.resources.noteEffects([{ account: accountA, region: 'x', type: 'unknown.type', ids: ['i-1'] }])
})
