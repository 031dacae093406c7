import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import fc from 'fast-check'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/service.ts'
import { createApply } from '../sync/apply.ts'
import { accountA, accountB, createFakeAws, fakeAccount, fakeInstance, fakeVolume } from '../testing/fake-aws.ts'
import type { FakeAws } from '../testing/fake-aws.ts'
import { createRig, operator } from '../testing/rig.ts'
import { observeInstance } from '../types/ec2-instance.ts'
import { observeVolume } from '../types/ec2-volume.ts'
import type { Observed } from '../types/resource-type.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
let fake: FakeAws
let rig: ReturnType<typeof createRig>
let http: Http

const region = 'eu-west-1'
const apply = () => createApply({ db, notifier: { nudge: () => {} } })
const now = new Date()

before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(() => database.drop())
beforeEach(async () => {
  await db.query({ text: 'truncate resources, resource_edges, resource_versions, sync_partitions, sync_types, events' })
  fake = createFakeAws([fakeAccount(accountA, 'alpha'), fakeAccount(accountB, 'beta')])
  rig = createRig(db, fake)
  http = await serveAs(operator, rig.resources.http)
})
afterEach(async () => {
  await http.close()
  await rig.resources.stop()
})

const observed = (
  type: string,
  id: string,
  awsId: string,
  summary: Record<string, unknown>,
  more: Partial<Observed> = {},
): Observed => ({
  id,
  awsId,
  type,
  service: type.split('.')[0] ?? '',
  account: accountA,
  region,
  name: awsId,
  state: null,
  tags: {},
  cost: null,
  summary,
  config: {},
  ...more,
})
const put = async (...rows: Observed[]): Promise<void> => {
  for (const row of rows) await apply().apply({ account: row.account, region: row.region, type: row.type }, [row], now)
}
const relations = async (id: string, query = '') => {
  const { statusCode, body } = await http.inject({ url: `/resources/${encodeURIComponent(id)}/relations${query}` })
  return { status: statusCode, ...JSON.parse(body) }
}
type Items = { items: { kind: string; depth: number; from: string; resource: { id: string } }[] }
const seen = ({ items }: Items): string[] =>
  items.map(({ kind, depth, resource }) => `${depth} ${kind} ${resource.id.replace(/.*[:/]/, '')}`).sort()

const hex = (letter: string): string => letter.repeat(8)
const group = (id: string, more: Record<string, unknown> = {}) =>
  observed('ec2.security-group', `arn:aws:ec2:${region}:${accountA}:security-group/${id}`, id, more)
const arnOf = (id: string, account = accountA): string => fakeInstance(id, { account }).arn

test('both directions, each neighbour once, and what is not in the inventory by its id', async () => {
  const [i, vol] = [`i-${hex('a')}`, `vol-${hex('a')}`]
  await put(
    observeInstance(
      fakeInstance(i, {
        volumeIds: [vol, `vol-${hex('f')}`],
        vpcId: null,
        subnetId: null,
        securityGroupIds: [],
        imageId: 'ami-12345678',
      }),
    ),
    observeVolume(fakeVolume(vol, { attachedTo: [i] })),
    observed('cloudwatch.alarm', `arn:aws:cloudwatch:${region}:${accountA}:alarm:cpu`, 'cpu', { instanceIds: [i] }),
  )
  const found = await relations(arnOf(i))
  assert.deepEqual(seen(found), [`1 alarm cpu`, `1 volume ${vol}`])
  assert.ok(
    found.unresolved.some((one: { id: string; kind: string }) => one.id === `vol-${hex('f')}` && one.kind === 'volume'),
  )
  assert.deepEqual(seen(await relations(fakeVolume(vol).arn)), [`1 attached-to ${i}`])
})

test('names are meant within account and Region, ids anywhere', async () => {
  const logArn = (account: string, where = region): string => `arn:aws:logs:${where}:${account}:log-group:/aws/lambda/f`
  const log = (account: string, where = region) =>
    observed('logs.group', logArn(account, where), '/aws/lambda/f', {}, { account, region: where })
  const lambda = `arn:aws:lambda:${region}:${accountA}:function:f`
  await put(log(accountA), log(accountB), log(accountA, 'us-east-1'))
  await put(observed('lambda.function', lambda, 'f', { logGroupName: '/aws/lambda/f' }))
  const { items } = await relations(lambda)
  assert.deepEqual(
    items.map(({ resource }: Items['items'][number]) => resource.id),
    [logArn(accountA)],
  )
  assert.deepEqual(seen(await relations(logArn(accountA))), ['1 function f'])
  assert.deepEqual(seen(await relations(logArn(accountB))), [])
})

test('an instance and its role find each other through the instance profile; two instances with one do not', async () => {
  const profile = `arn:aws:iam::${accountA}:instance-profile/web`
  const role = `arn:aws:iam::${accountA}:role/web`
  const of = (id: string): Observed => {
    const one = observeInstance(fakeInstance(id, { vpcId: null, subnetId: null, securityGroupIds: [] }))
    return { ...one, summary: { ...one.summary, iamInstanceProfileArn: profile } }
  }
  await put(of(`i-${hex('1')}`), of(`i-${hex('2')}`))
  await put(observed('iam.role', role, 'web', { instanceProfileArns: [profile] }, { region: 'global' }))
  assert.deepEqual(seen(await relations(arnOf(`i-${hex('1')}`))), ['1 role web'])
  assert.deepEqual(seen(await relations(role)), [`1 instance i-${hex('1')}`, `1 instance i-${hex('2')}`])
})

test('three steps, but not on through what everybody shares', async () => {
  const [a, b, vol, snap] = [`i-${hex('a')}`, `i-${hex('b')}`, `vol-${hex('a')}`, `snap-${hex('a')}`]
  const sg = `sg-${hex('a')}`
  const given = { vpcId: null, subnetId: null, securityGroupIds: [sg] }
  for (const [id, volumes] of [
    [a, [vol]],
    [b, []],
  ] as const) {
    const one = observeInstance(fakeInstance(id, { ...given, volumeIds: [...volumes] }))
    await put({ ...one, summary: { ...one.summary, securityGroupIds: [sg] } })
  }
  await put(group(sg), observeVolume(fakeVolume(vol)))
  await put(observed('ec2.snapshot', `arn:aws:ec2:${region}::snapshot/${snap}`, snap, { volumeId: vol }))
  assert.deepEqual(seen(await relations(arnOf(a))), [`1 security-group ${sg}`, `1 volume ${vol}`])
  const two = await relations(arnOf(a), '?depth=3')
  assert.deepEqual(seen(two), [`1 security-group ${sg}`, `1 volume ${vol}`, `2 snapshot ${snap}`])
  assert.equal(two.items.find((one: Items['items'][number]) => one.depth === 2).from, fakeVolume(vol).arn)
  assert.equal((await relations(arnOf(a), '?depth=4')).status, 400)
})

test('a hub shows a part and says so; what may not be read is not shown', async () => {
  const sg = `sg-${hex('c')}`
  await put(group(sg))
  const many = Array.from({ length: 250 }, (_, n) => {
    const one = observeInstance(fakeInstance(`i-${n.toString(16).padStart(8, '0')}`))
    return { ...one, summary: { ...one.summary, securityGroupIds: [sg] } }
  })
  await apply().apply({ account: accountA, region, type: 'ec2.instance' }, many, now)
  // The type is not one that this version can look up by its ARN alone; its edges are there all the same.
  const [row] = await db.query<{ count: string }>({
    text: `select count(*) from resource_edges where to_ref = $1`,
    values: [sg],
  })
  assert.equal(row?.count, '250')
  rig.access.denied.add(accountA)
  assert.equal((await relations(arnOf('i-00000000'))).status, 404)
})

test('owners come from tags', async () => {
  await put(observeInstance(fakeInstance(`i-${hex('d')}`, { tags: { 'aws:autoscaling:groupName': 'web' } })))
  const { owners } = await relations(arnOf(`i-${hex('d')}`))
  assert.deepEqual(owners, [{ kind: 'auto-scaling', id: 'web', evidence: 'tag aws:autoscaling:groupName' }])
})

const groups = fc.uniqueArray(fc.constantFrom('sg-1', 'sg-2', 'sg-3'), { maxLength: 3 })
const move = fc.record({
  id: fc.constantFrom('i-1', 'i-2'),
  seconds: fc.integer({ min: 0, max: 20 }),
  groups,
  isGone: fc.boolean(),
})

test('however rows are written, go and come back, the edges are those of the rows that stand there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 4, maxLength: 20 }), async (moves) => {
      await db.query({ text: 'truncate resources, resource_edges, resource_versions' })
      const writers = [apply(), apply(), apply()]
      const place = { account: accountA, region, type: 'ec2.instance' }
      await Promise.all(
        writers.map(async (writer, number) => {
          for (const one of moves.filter((_, index) => index % writers.length === number)) {
            const at = new Date(now.getTime() + one.seconds * 1000)
            const row = observeInstance(fakeInstance(one.id, { vpcId: null, subnetId: null, imageId: null, tags: {} }))
            if (one.isGone) await writer.remove(place, [row.id], at)
            else await writer.apply(place, [{ ...row, summary: { securityGroupIds: one.groups } }], at)
          }
        }),
      )
      const edges = await db.query<{ edge: string }>({
        text: `select from_id || ' ' || to_ref as edge from resource_edges order by 1`,
      })
      const rows = await db.query<{ edge: string }>({
        text: `select id || ' ' || jsonb_array_elements_text(summary->'securityGroupIds') as edge from resources
          where deleted_at is null order by 1`,
      })
      assert.deepEqual(edges, rows)
    }),
    { numRuns: 40 },
  )
})
