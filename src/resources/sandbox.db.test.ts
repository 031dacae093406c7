import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../test/support/database.ts'
import { realAccess } from '../../test/support/real-access.ts'
import { serveAs } from '../../test/support/serve.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { createAws } from '#aws/aws.ts'
import type { Aws } from '#aws/cloud.ts'
import { createSandboxHost } from '#aws/sandbox-host.ts'
import type { SandboxHost } from '#aws/sandbox-host.ts'
import { summaryFields } from '#contracts/query.ts'
import type { Resource } from '#contracts/resource.ts'
import { createCache } from '#platform/cache/cache.ts'
import { systemClock } from '#platform/clock.ts'
import type { Http } from '#platform/http/service.ts'
import { createLog } from '#platform/log.ts'
import { operator } from './testing/rig.ts'
import { createResources } from './resources.ts'
import type { Resources } from './resources.ts'

/** The whole way, from the SDK's client over the simulated AWS and the real policies to the answer of a route. */

let database: Awaited<ReturnType<typeof freshDatabase>>
let dataDir: string
let host: SandboxHost
let aws: Aws
let resources: Resources
let http: Http

before(async () => {
  database = await freshDatabase()
  dataDir = await mkdtemp(join(tmpdir(), 'orchestrator-resources-'))
  const log = createLog({ level: 'silent' })
  const shared = { db: database.db, log, clock: systemClock }
  host = createSandboxHost({ dataDir, seed: 'resources', size: 500, speed: 1000, clock: systemClock, log })
  aws = createAws({ ...shared, sandbox: { speed: 1000, transport: host } })
  await aws.accounts.ensureFirst('sandbox')
  const access = await realAccess(database.db)
  const notifier = { nudge: () => {} }
  const listener = { on: () => () => {}, onReconnect: () => () => {}, close: async () => {} }
  const cache = createCache({ memoryBytes: 1024 * 1024, log })
  resources = createResources({ ...shared, aws, access, notifier, listener, cache })
  await resources.start()
  http = await serveAs(operator, resources.http)
})
after(async () => {
  await http.close()
  await resources.stop()
  await aws.close()
  await host.close()
  await database.drop()
  await rm(dataDir, { recursive: true, force: true })
})

const get = async (url: string) => (await http.inject({ url })).json()

test('the whole estate is found, counted, searched and looked into', async () => {
  // One read waits for 10 s; on a machine that has much else to do a first sync takes longer.
  const { total } = await waitFor('the first sync', async () => {
    const list = await get('/resources?type=ec2.instance')
    return list.freshness.partial.length === 0 && list
  })
  let listed = 0
  for (const account of await aws.accounts.list()) {
    for (const region of account.regions) {
      for await (const page of (await aws.ec2(account, region)).listInstances({ priority: 'interactive' }))
        listed += page.length
    }
  }
  assert.ok(listed > 50)
  assert.equal(total.value, listed)

  const { items } = await get('/resources?q=type:ec2.instance%20state:running&sort=name&limit=10')
  assert.equal(items.length, 10)
  const [first]: Resource[] = items
  assert.ok(first !== undefined)
  const url = `/resources/${encodeURIComponent(first.id)}`
  const details = await get(url)
  assert.equal(details.freshness.status, 'hit')
  assert.equal(details.config.InstanceId, first.id.replace(/.*\//, ''))
  const relations = await get(`${url}/relations`)
  assert.ok(relations.items.length > 0)
  const metrics = await get(`${url}/metrics?name=CPUUtilization`)
  assert.ok(metrics.series[0].points.length > 10)
  const summary = await get('/resources/summary')
  assert.ok(summary.monthlyUsd > 0)
})

test('what stands around machines is found, and names what it is connected to', async () => {
  const all = async (type: string): Promise<Resource[]> => {
    const { items, freshness, nextCursor } = await get(`/resources?type=${type}&limit=500`)
    assert.deepEqual([freshness.partial, nextCursor], [[], null], type)
    assert.ok(items.length > 0, type)
    return items
  }
  const instances = await all('ec2.instance')
  const awsIds = async (type: string): Promise<Set<unknown>> =>
    new Set((await all(type)).map(({ id }) => id.replace(/.*\//, '')))
  const [groups, subnets, vpcs, images, keys] = await Promise.all(
    ['ec2.security-group', 'ec2.subnet', 'ec2.vpc', 'ec2.image', 'ec2.key-pair'].map(awsIds),
  )
  let ownImages = 0
  for (const { summary } of instances) {
    if (summary['vpcId'] === null) continue // terminated
    assert.ok(vpcs?.has(summary['vpcId']) && subnets?.has(summary['subnetId']))
    const [group] = summary['securityGroupIds'] as string[]
    assert.ok(groups?.has(group))
    assert.ok(summary['keyName'] === null || keys?.has(summary['keyName']))
    if (images?.has(summary['imageId'])) ownImages++
  }
  assert.ok(ownImages > 0)
  for (const { summary, cost, state } of await all('ec2.address')) {
    assert.equal(state, summary['associationId'] === null ? 'unassociated' : 'associated')
    assert.equal(cost?.monthlyUsd, 3.65)
  }
  const instanceIds = new Set(instances.map(({ id }) => id.replace(/.*\//, '')))
  const balancers = new Set((await all('elb.load-balancer')).map(({ id }) => id))
  for (const { state, summary } of await all('elb.target-group')) {
    const targetIds = summary['targetIds'] as string[]
    assert.equal(state === null, targetIds.length === 0)
    for (const id of targetIds) assert.ok(instanceIds.has(id))
    for (const arn of summary['loadBalancerArns'] as string[]) assert.ok(balancers.has(arn))
  }
  for (const { summary } of await all('autoscaling.group'))
    for (const id of summary['instanceIds'] as string[]) assert.ok(instanceIds.has(id))
  const [snapshot] = await all('ec2.snapshot')
  assert.ok(snapshot !== undefined)
  assert.match(snapshot.id, /^arn:aws:ec2:[a-z0-9-]+::snapshot\/snap-/)
  const details = await get(`/resources/${encodeURIComponent(snapshot.id)}`)
  assert.equal(details.account, snapshot.account)
  assert.equal(details.config.OwnerId, snapshot.account)
  const { items } = await get('/resources?q=type:ec2.security-group%20tcp/22&limit=1')
  assert.equal(items[0].summary.isOpenToWorld, true)
})

test('alarms and log groups are found, looked into and worked on by name or ARN', async () => {
  for (const type of ['cloudwatch.alarm', 'logs.group']) {
    const { items, freshness } = await get(`/resources?type=${type}&sort=name&limit=3`)
    assert.deepEqual(freshness.partial, [])
    const [first]: Resource[] = items
    assert.ok(first?.name)
    const details = await get(`/resources/${encodeURIComponent(first.id)}`)
    assert.equal(details.name, first.name)
    assert.ok(Object.keys(details.config).length > 5)
    const place = { account: first.account, region: first.region }
    for (const ids of [[first.id], [first.name]]) {
      const { resources: targets, unknown } = await resources.resolveTargets(operator, { ids, ...place }, type)
      assert.deepEqual([targets.map(({ id }) => id), unknown], [[first.id], []])
    }
  }
  const { items } = await get('/resources?q=type:cloudwatch.alarm%20state:OK&limit=1')
  const relations = await get(`/resources/${encodeURIComponent(items[0].id)}/relations`)
  assert.deepEqual(
    relations.items.map(({ kind, resource }: { kind: string; resource: Resource }) => [kind, resource.type]),
    [['watched', 'ec2.instance']],
  )
})

test('an alarm that was made a moment ago is found by its ARN, blanks and all', async () => {
  const [account] = await aws.accounts.list()
  const region = account?.regions[0] ?? ''
  assert.ok(account)
  const cloudwatch = await aws.cloudwatch(account, region)
  const [some] = await cloudwatch.describeAlarms({ priority: 'interactive' }, [
    (await get(`/resources?type=cloudwatch.alarm&account=${account.id}&region=${region}&limit=1`)).items[0].name,
  ])
  assert.ok(some?.definition)
  await cloudwatch.putMetricAlarm({ priority: 'interactive' }, 'just made: now', some.definition)
  const arn = `arn:aws:cloudwatch:${region}:${account.id}:alarm:just made: now`
  const { resources: targets } = await resources.resolveTargets(operator, { ids: [arn] }, 'cloudwatch.alarm')
  assert.deepEqual(
    targets.map(({ id, cost }) => [id, cost?.monthlyUsd]),
    [[arn, 0.1]],
  )
})

test('a stop is seen as soon as it was noted', async () => {
  const { resources: targets } = await resources.resolveTargets(
    operator,
    { query: 'state:running tag.env:dev' },
    'ec2.instance',
  )
  const ec2Of = async (target: Resource) => aws.ec2(await aws.accounts.get(target.account), target.region)
  for (const target of targets) {
    const ec2 = await ec2Of(target)
    const id = target.id.replace(/.*\//, '')
    const call = { priority: 'interactive' } as const
    if (target.summary['lifecycle'] !== 'on-demand' || (await ec2.isStopProtected(call, id))) continue
    await ec2.stopInstances(call, [id], {})
    await resources.noteEffects([
      { account: target.account, region: target.region, type: 'ec2.instance', ids: [target.id] },
    ])
    const { state } = await get(`/resources/${encodeURIComponent(target.id)}`)
    assert.ok(state === 'stopping' || state === 'stopped', state)
    return
  }
  assert.fail('no instance that could be stopped')
})

test('a viewer reads but does not refresh; nobody without a role sees anything', async () => {
  const asViewer = await serveAs({ ...operator, roles: ['viewer'] }, resources.http)
  assert.ok((await asViewer.inject({ url: '/resources' })).json().total.value > 0)
  assert.ok((await asViewer.inject({ url: '/accounts' })).json().items.length > 0)
  const [account] = await aws.accounts.list()
  const refresh = { method: 'POST', url: '/resources/refresh', payload: { account: account?.id } } as const
  assert.equal((await asViewer.inject(refresh)).json().freshness.ageSeconds, null)
  assert.equal((await asViewer.inject({ method: 'DELETE', url: `/accounts/${account?.id}` })).statusCode, 403)
  await asViewer.close()
  const asNobody = await serveAs({ ...operator, roles: [] }, resources.http)
  assert.equal((await asNobody.inject({ url: '/resources' })).json().total.value, 0)
  assert.equal((await asNobody.inject({ url: '/accounts' })).json().total.value, 0)
  await asNobody.close()
})

test('what CloudWatch has metrics of shows them, whatever its type', async () => {
  const queries = [
    'type:ec2.instance state:running',
    'type:ec2.volume state:in-use',
    'type:lambda.function',
    'type:s3.bucket',
    'type:logs.group name:/prod/*',
    'type:cloudwatch.alarm name:*-cpu-high',
  ]
  for (const q of queries) {
    const { items } = await get(`/resources?q=${encodeURIComponent(q)}&limit=20`)
    const hours = q.includes('bucket') ? 24 * 10 : 24
    const from = new Date(Date.now() - hours * 3_600_000).toISOString()
    let points = 0
    for (const { id } of items) {
      const { series = [] } = await get(`/resources/${encodeURIComponent(id)}/metrics?name=*&from=${from}`)
      points += series.reduce((sum: number, one: { points: unknown[] }) => sum + one.points.length, 0)
      if (points > 0) break
    }
    assert.ok(points > 0, q)
  }
})

test('the events of a log group are read page by page, and found by words', async () => {
  const { items } = await get(`/resources?q=${encodeURIComponent('type:logs.group name:/prod/*/web')}&limit=1`)
  const url = `/resources/${encodeURIComponent(items[0].id)}/logs`
  const first = await get(`${url}?limit=20`)
  assert.equal(first.items.length, 20)
  const second = await get(`${url}?limit=20&cursor=${first.nextCursor}`)
  assert.ok(second.items[0].at >= first.items.at(-1).at)
  assert.ok(!first.items.some(({ id }: { id: string }) => id === second.items[0].id))
  const day = new Date(Date.now() - 24 * 3_600_000).toISOString()
  const errors = await get(`${url}?from=${day}&filter=${encodeURIComponent('?ERROR ?error')}`)
  assert.ok(errors.items.length > 10)
  for (const { message } of errors.items) assert.match(message, /error/i)
  const statusOf = async (path: string) => (await http.inject({ url: path })).json().code
  assert.equal(await statusOf(`${url}?filter=${encodeURIComponent('{ $.x = 1 }')}`), 'invalid_request')
  assert.equal(await statusOf(`${url}?cursor=nonsense`), 'invalid_cursor')
  const volume = (await get('/resources?type=ec2.volume&limit=1')).items[0].id
  assert.equal(await statusOf(`/resources/${encodeURIComponent(volume)}/logs`), 'no_logs')
})

test('every field that a summary has can be searched by its own name', async () => {
  await get('/resources')
  const fields = await database.db.query<{ key: string }>({
    text: `select distinct key from resources, jsonb_object_keys(summary) key where deleted_at is null`,
  })
  assert.deepEqual(
    fields.map(({ key }) => key).filter((key) => !summaryFields.includes(key)),
    [],
    'add them to summaryFields (contracts/query.ts)',
  )
  assert.ok(fields.length > 50)
})

test('what a query says is what is found: numbers, ages, lists, services', async () => {
  const rows = async (q: string): Promise<Resource[]> =>
    (await get(`/resources?limit=500&q=${encodeURIComponent(q)}`)).items
  const all = await rows('type:ec2.instance')
  const same = async (q: string, isOne: (resource: Resource) => boolean): Promise<void> => {
    const found = await rows(q)
    assert.deepEqual(
      found.map(({ id }) => id).sort(),
      all
        .filter(isOne)
        .map(({ id }) => id)
        .sort(),
      q,
    )
    assert.ok(found.length > 0, q)
  }
  await same('type:ec2.instance cost:>50', ({ cost }) => cost !== null && cost.monthlyUsd > 50)
  await same('type:ec2.instance cost:<=50', ({ cost }) => cost !== null && cost.monthlyUsd <= 50)
  await same(
    'type:ec2.instance state:(stopped or stopping)',
    ({ state }) => state === 'stopped' || state === 'stopping',
  )
  await same('type:ec2.instance instanceType:*.large', ({ summary }) =>
    String(summary['instanceType']).endsWith('.large'),
  )
  const halfYear = Date.now() - 180 * 86_400_000
  await same('type:ec2.instance age:>180d', ({ summary }) => Date.parse(String(summary['launchedAt'])) < halfYear)
  const services = new Set((await rows('service:(lambda or s3)')).map(({ type }) => type.split('.')[0]))
  assert.deepEqual([...services].sort(), ['lambda', 's3'])
  assert.ok((await rows('service:sqs')).every(({ type }) => type === 'sqs.queue'))
})
