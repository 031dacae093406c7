import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import type { FindingKind } from '#contracts/findings.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/service.ts'
import { createApply } from '../sync/apply.ts'
import { accountA, accountB, createFakeAws, fakeAccount } from '../testing/fake-aws.ts'
import { createRig, operator } from '../testing/rig.ts'
import type { Observed } from '../types/resource-type.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
let rig: ReturnType<typeof createRig>
let http: Http

const region = 'eu-west-1'
const readTypes = [
  'ec2.instance',
  'ec2.volume',
  'ec2.image',
  'elb.load-balancer',
  'elb.target-group',
  'lambda.function',
  'lambda.alias',
]

before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(() => database.drop())
beforeEach(async () => {
  await db.query({ text: 'truncate resources, resource_edges, resource_versions, sync_partitions, sync_types, events' })
  rig = createRig(db, createFakeAws([fakeAccount(accountA, 'alpha'), fakeAccount(accountB, 'beta')]))
  http = await serveAs(operator, rig.resources.http)
  await db.query({
    text: `insert into sync_partitions (account, region, service) select $1, $2, s from unnest(array['ec2', 'elb', 'lambda']) s`,
    values: [accountA, region],
  })
  await db.query({
    text: `insert into sync_types (account, region, service, type, swept_at)
      select $1, $2, split_part(t, '.', 1), t, now() from unnest($3::text[]) t`,
    values: [accountA, region, readTypes],
  })
})
afterEach(async () => {
  await http.close()
  await rig.resources.stop()
})

const ago = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString()
const put = async (type: string, awsId: string, summary: Record<string, unknown>, more: Partial<Observed> = {}) => {
  const row: Observed = {
    id: `arn:${type}:${more.account ?? accountA}:${awsId}`,
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
  }
  await createApply({ db, notifier: { nudge: () => {} } }).apply(
    { account: row.account, region, type },
    [row],
    new Date(),
  )
}
const cost = (monthlyUsd: number) => ({ cost: { monthlyUsd, source: 'test' } })
const get = async (query = '') => {
  const { statusCode, body } = await http.inject({ url: `/resources/findings${query}` })
  return { status: statusCode, body: JSON.parse(body) }
}
const found = async (kind: FindingKind): Promise<string[]> => {
  const { body } = await get(`?kind=${kind}`)
  return body.items.map(({ resource }: { resource: { name: string } }) => resource.name).sort()
}

test('volumes that are attached to nothing, and addresses that nothing has', async () => {
  await put('ec2.volume', 'vol-1', { sizeGib: 100 }, { state: 'available', ...cost(8) })
  await put('ec2.volume', 'vol-2', { attachedTo: ['i-1'] }, { state: 'in-use' })
  await put('ec2.address', 'eipalloc-1', { publicIp: '198.51.100.1', instanceId: null, associationId: null }, cost(3.6))
  await put('ec2.address', 'eipalloc-2', { instanceId: 'i-1', associationId: 'eipassoc-1' })
  await put('ec2.address', 'eipalloc-3', { instanceId: null, associationId: 'eipassoc-2' })
  assert.deepEqual(await found('unattached-volume'), ['vol-1'])
  assert.deepEqual(await found('unassociated-address'), ['eipalloc-1'])
  const { body } = await get()
  assert.deepEqual(
    body.items.map(({ kind, monthlyUsd }: { kind: string; monthlyUsd: number }) => `${kind} ${monthlyUsd}`),
    ['unattached-volume 8', 'unassociated-address 3.6'],
  )
  assert.equal(body.monthlyUsd, 11.6)
  assert.match(body.items[0].evidence, /100 GiB/)
})

test('instances that were stopped more than 30 days ago, with what their volumes cost', async () => {
  const stopped = (at: string) => ({
    state: 'stopped',
    config: { StateTransitionReason: `User initiated (${at.slice(0, 19).replace('T', ' ')} GMT)` },
  })
  await put('ec2.instance', 'i-1', { volumeIds: ['vol-1', 'vol-2'] }, stopped(ago(31)))
  await put('ec2.instance', 'i-2', { volumeIds: [] }, stopped(ago(29)))
  await put(
    'ec2.instance',
    'i-3',
    {},
    { state: 'stopped', config: { StateTransitionReason: 'User initiated (9999-99-99 00:00:00 GMT)' } },
  )
  await put('ec2.instance', 'i-4', {}, { state: 'running', config: stopped(ago(60)).config })
  await put('ec2.volume', 'vol-1', {}, { state: 'in-use', ...cost(8) })
  await put('ec2.volume', 'vol-2', {}, { state: 'in-use', ...cost(2.5) })
  const { body } = await get('?kind=stopped-instance')
  const [one, ...others] = body.items
  assert.deepEqual(others, [])
  assert.deepEqual(
    [one.resource.name, one.monthlyUsd, one.suggestion],
    ['i-1', 10.5, { operation: 'ec2.terminate', params: {} }],
  )
  assert.equal(one.since.slice(0, 10), ago(31).slice(0, 10))
})

test('snapshots whose volume is gone and that no image is made of', async () => {
  await put('ec2.volume', 'vol-1', {}, { state: 'in-use' })
  await put('ec2.snapshot', 'snap-1', { volumeId: 'vol-1' })
  await put('ec2.snapshot', 'snap-2', { volumeId: 'vol-9', startedAt: ago(10) })
  await put('ec2.snapshot', 'snap-3', { volumeId: 'vol-9' })
  await put('ec2.image', 'ami-1', { snapshotIds: ['snap-3'] })
  assert.deepEqual(await found('orphaned-snapshot'), ['snap-2'])
})

test('load balancers without a target in any group', async () => {
  await put('elb.target-group', 'tg-1', { targets: [] })
  await put('elb.target-group', 'tg-2', { targets: [{ id: 'i-1', health: 'unhealthy' }] })
  const arn = (name: string): string => `arn:elb.target-group:${accountA}:${name}`
  await put('elb.load-balancer', 'lb-empty', { targetGroupArns: [arn('tg-1'), arn('tg-gone')] })
  await put('elb.load-balancer', 'lb-used', { targetGroupArns: [arn('tg-1'), arn('tg-2')] })
  await put('elb.load-balancer', 'lb-none', { targetGroupArns: [] })
  assert.deepEqual(await found('load-balancer-without-targets'), ['lb-empty', 'lb-none'])
})

test('log groups that never expire, and those that stay empty', async () => {
  const logs = { retentionDays: null, retentionPolicy: null, logClass: 'STANDARD', storedBytes: 5, createdAt: ago(90) }
  await put('logs.group', 'forever', logs)
  await put('logs.group', 'expires', { ...logs, retentionDays: 7 })
  await put('logs.group', 'policy', { ...logs, retentionPolicy: 'p' })
  await put('logs.group', 'delivery', { ...logs, logClass: 'DELIVERY' })
  await put('logs.group', 'empty', { ...logs, storedBytes: 0 })
  await put('logs.group', 'new', { ...logs, storedBytes: 0, createdAt: ago(3) })
  assert.deepEqual(await found('log-group-without-retention'), ['forever'])
  assert.deepEqual(await found('empty-log-group'), ['empty'])
})

test('security groups and key pairs that nothing uses; the default group is always there', async () => {
  for (const name of ['sg-instance', 'sg-balancer', 'sg-function', 'sg-source', 'sg-unused'])
    await put('ec2.security-group', name, {})
  await put('ec2.security-group', 'sg-default', {}, { name: 'default' })
  await put('ec2.instance', 'i-1', { securityGroupIds: ['sg-instance'], keyName: 'used' }, { state: 'running' })
  await put('elb.load-balancer', 'lb', { securityGroupIds: ['sg-balancer'], targetGroupArns: [] })
  await put('lambda.function', 'f', { securityGroupIds: ['sg-function'] })
  await put('ec2.security-group', 'sg-instance', { sourceSecurityGroupIds: ['sg-source'] })
  assert.deepEqual(await found('unused-security-group'), ['sg-unused'])
  await put('ec2.key-pair', 'used', {})
  await put('ec2.key-pair', 'unused', {})
  await put('ec2.key-pair', 'used', {}, { account: accountB, id: 'arn:other' })
  assert.deepEqual(await found('unused-key-pair'), ['unused'], 'of accountB no instances were read')
})

test('versions of functions that are old, not the newest, and without an alias', async () => {
  const version = (number: string, days: number) =>
    put(
      'lambda.version',
      `f:${number}`,
      { functionArn: 'f', version: number, lastModifiedAt: ago(days) },
      { id: `arn:aws:lambda:eu:1:function:f:${number}` },
    )
  await version('9', 400)
  await version('10', 300)
  await version('11', 200)
  await version('8', 30)
  await put('lambda.alias', 'live', { versionArn: 'arn:aws:lambda:eu:1:function:f:9' })
  assert.deepEqual(await found('old-function-version'), ['f:10'])
})

test('what could use it was never read: then nothing is called unused', async () => {
  await db.query({ text: `update sync_types set swept_at = null` })
  await put('ec2.security-group', 'sg-1', {})
  await put('ec2.key-pair', 'k', {})
  await put('ec2.snapshot', 'snap-1', { volumeId: 'vol-9' })
  await put('elb.load-balancer', 'lb', { targetGroupArns: [] })
  assert.deepEqual((await get()).body.items, [])
})

test('pages, the query language, rights, and requests that are wrong', async () => {
  for (let number = 0; number < 5; number++)
    await put(
      'ec2.volume',
      `vol-${number}`,
      {},
      { state: 'available', ...(number === 4 ? {} : cost(number % 2)), tags: { n: String(number) } },
    )
  const names: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { body } = await get(`?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
    names.push(...body.items.map(({ resource }: { resource: { name: string } }) => resource.name))
    assert.deepEqual(body.total, { value: 5, relation: 'eq' })
    cursor = body.nextCursor
  }
  assert.deepEqual(names, ['vol-1', 'vol-3', 'vol-0', 'vol-2', 'vol-4'])
  assert.deepEqual((await get('?q=tag.n:3')).body.kinds[1], { kind: 'unattached-volume', count: 1, monthlyUsd: 1 })
  for (const query of [
    '?kind=x',
    '?q=(',
    '?cursor=x',
    `?cursor=${Buffer.from('["x","a","b","c"]').toString('base64url')}`,
  ])
    assert.equal((await get(query)).status, 400, query)
  rig.access.denied.add(accountA)
  assert.deepEqual((await get()).body.items, [])
})
