import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { freshDatabase } from '../../test/support/database.ts'
import { realAccess } from '../../test/support/real-access.ts'
import { serveAs } from '../../test/support/serve.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { createAws } from '#aws/aws.ts'
import type { Aws } from '#aws/cloud.ts'
import { createSandboxHost } from '#aws/sandbox-host.ts'
import type { SandboxHost } from '#aws/sandbox-host.ts'
import type { Resource } from '#contracts/resource.ts'
import { createCache } from '#platform/cache/cache.ts'
import { systemClock } from '#platform/clock.ts'
import type { Http } from '#platform/http/service.ts'
import { createLog } from '#platform/log.ts'
import { createResources } from './resources.ts'
import type { Resources } from './resources.ts'
import { operator } from './testing/rig.ts'

/** S3, Lambda, IAM and whatever else has tags: the whole way from the SDK's client to the answer of a route. */

const call = { priority: 'interactive' } as const
let database: Awaited<ReturnType<typeof freshDatabase>>
let dataDir: string
let host: SandboxHost
let aws: Aws
let resources: Resources
let http: Http

before(async () => {
  database = await freshDatabase()
  dataDir = await mkdtemp(join(tmpdir(), 'orchestrator-services-'))
  const log = createLog({ level: 'silent' })
  const shared = { db: database.db, log, clock: systemClock }
  host = createSandboxHost({ dataDir, seed: 'services', size: 1500, speed: 1000, clock: systemClock, log })
  aws = createAws({ ...shared, sandbox: { speed: 1000, transport: host } })
  await aws.accounts.ensureFirst('sandbox')
  const notifier = { nudge: () => {} }
  const listener = { on: () => () => {}, onReconnect: () => () => {}, close: async () => {} }
  const access = await realAccess(database.db)
  const cache = createCache({ memoryBytes: 1024 * 1024, log })
  resources = createResources({ ...shared, aws, access, notifier, listener, cache })
  await resources.start()
  http = await serveAs(operator, resources.http)
  // Everything was read once.
  await waitFor('everything to be read once', async () => {
    const [row] = await database.db.query<{ left: number }>({
      text: `select (select count(*) from sync_partitions where swept_at is null)::int as left`,
    })
    return row?.left === 0
  })
})
afterEach(() => host.control.clearFaults())
after(async () => {
  await http.close()
  await resources.stop()
  await aws.close()
  await host.close()
  await database.drop()
  await rm(dataDir, { recursive: true, force: true })
})

const get = async (url: string) => {
  const response = await http.inject({ url })
  return { status: response.statusCode, body: response.json() }
}
const details = async (id: string) => get(`/resources/${encodeURIComponent(id)}`)
const all = async (q: string): Promise<Resource[]> => {
  const items: Resource[] = []
  let cursor = ''
  do {
    const { body } = await get(`/resources?limit=500&q=${encodeURIComponent(q)}${cursor}`)
    assert.deepEqual(body.freshness.partial, [])
    items.push(...body.items)
    cursor = body.nextCursor === null ? '' : `&cursor=${encodeURIComponent(body.nextCursor)}`
  } while (cursor !== '')
  return items
}
const refresh = (payload: object) => http.inject({ method: 'POST', url: '/resources/refresh', payload })

test('every bucket is there with its configuration, its size and what it costs', async () => {
  const buckets = await all('type:s3.bucket')
  let listed = 0
  for (const account of await aws.accounts.list())
    for (const region of account.regions)
      for await (const page of (await aws.s3(account, region)).listBuckets(call)) listed += page.length
  assert.equal(buckets.length, listed)
  assert.ok(listed >= 30)
  for (const { id, summary, tags, region, account } of buckets) {
    assert.match(id, /^arn:aws:s3:::/)
    assert.ok(['AES256', 'aws:kms'].includes(String(summary['encryption'])))
    assert.ok(['Enabled', 'Suspended', 'Disabled'].includes(String(summary['versioning'])))
    for (const known of ['hasPublicPolicy', 'hasPublicAcl', 'isPublic', 'lifecycleRules', 'notificationTargets'])
      assert.notEqual(summary[known], null, `${id} ${known}`)
    assert.ok(tags['Name'])
    assert.ok((await aws.accounts.get(account)).regions.includes(region))
  }
  assert.ok(buckets.some(({ summary }) => summary['isPublic'] === true))
  assert.ok(buckets.some(({ summary }) => summary['isPublic'] === false))
  const measured = buckets.filter(({ summary }) => summary['sizeBytes'] !== null)
  assert.ok(measured.length > buckets.length / 2)
  // In the standard class alone a GiB costs 0.023 USD in us-east-1.
  const plain = measured.find(({ region, summary }) => region === 'us-east-1' && summary['lifecycleRules'] === 0)
  assert.ok(plain)
  const usd = (Number(plain.summary['sizeBytes']) / 1_073_741_824) * 0.023
  assert.ok(Math.abs((plain.cost?.monthlyUsd ?? 0) - usd) < 0.01, `${plain.cost?.monthlyUsd} ${usd}`)
})

test('a bucket is found by its ARN, which says neither account nor Region, and by its name', async () => {
  const [bucket] = await all('type:s3.bucket region:eu-west-1')
  assert.ok(bucket)
  const { status, body } = await details(bucket.id)
  assert.deepEqual(
    [status, body.account, body.region, body.config.Name],
    [200, bucket.account, bucket.region, bucket.name],
  )
  for (const ids of [[bucket.id], [bucket.name ?? '']]) {
    const { resources: found, unknown } = await resources.resolveTargets(operator, { ids }, 's3.bucket')
    assert.deepEqual([found.map(({ id }) => id), unknown], [[bucket.id], []])
  }
  const refreshed = (await refresh({ ids: [bucket.id, 'arn:aws:s3:::acme-nobody'] })).json()
  assert.deepEqual([refreshed.items.map(({ id }: Resource) => id), refreshed.gone], [[bucket.id], ['acme-nobody']])
  assert.equal((await details('arn:aws:s3:::acme-nobody')).status, 404)
})

test('a bucket that nobody has listed yet is found wherever it lies', async () => {
  const [bucket] = await all('type:s3.bucket account:111122223333')
  assert.ok(bucket)
  await database.db.query({ text: 'delete from resources where id = $1', values: [bucket.id] })
  const { status, body } = await details(bucket.id)
  assert.deepEqual([status, body.account, body.region], [200, bucket.account, bucket.region])
  assert.equal(body.freshness.status, 'miss')
})

test('functions have what they name: roles, log groups, layers and the machines they sit beside', async () => {
  const ids = async (q: string) => new Set((await all(q)).map(({ id }) => id))
  /** A thousand times as fast as AWS, somebody may deploy a function between two of these questions. */
  const read = async () => {
    const functions = await all('type:lambda.function')
    const [roles, groups, layers] = [
      await ids('type:iam.role'),
      await all('type:logs.group'),
      await all('type:lambda.layer'),
    ]
    const names = new Set(groups.map(({ account, region, name }) => `${account}/${region}/${name}`))
    const versions = new Set(layers.map(({ summary }) => summary['latestVersionArn']))
    const isComplete = functions.every(
      ({ account, region, summary }) =>
        roles.has(String(summary['roleArn'])) &&
        names.has(`${account}/${region}/${String(summary['logGroupName'])}`) &&
        (summary['layerArns'] as string[]).every((layer) => versions.has(layer)),
    )
    return isComplete && functions
  }
  const functions = await waitFor('what functions name to be there', read)
  assert.equal(functions.length, 50)
  for (const { id, state, summary, tags, config } of functions) {
    assert.ok(['Active', 'Inactive', 'Failed'].includes(state ?? ''), id)
    assert.ok(tags['Name'])
    assert.deepEqual(config, {})
    assert.notEqual(summary['provisionedConcurrency'], null)
  }
  const inVpc = functions.filter(({ summary }) => summary['vpcId'] !== null)
  assert.ok(inVpc.length > 0)
  for (const { summary } of inVpc) assert.ok((summary['subnetIds'] as string[]).length > 0)
  // Names of environment variables, but not what is in them.
  const { body } = await details(functions[0]?.id ?? '')
  assert.deepEqual(body.config.EnvironmentNames, ['LOG_LEVEL', 'STAGE', 'TABLE_NAME'])
  assert.equal(body.config.Environment, undefined)
  assert.equal(body.config.Details.state, body.state)
})

test('aliases lead to versions, and event sources to functions', async () => {
  const ids = new Set((await all('type:lambda.*')).map(({ id }) => id))
  for (const { summary } of await all('type:lambda.alias')) assert.ok(ids.has(String(summary['versionArn'])))
  for (const { summary } of await all('type:lambda.version')) assert.ok(ids.has(String(summary['functionArn'])))
  const sources = await all('type:lambda.event-source')
  assert.ok(sources.length > 0)
  for (const { summary, name } of sources) {
    assert.ok(ids.has(String(summary['functionArn'])))
    assert.match(name ?? '', / to /)
  }
  for (const type of ['lambda.version', 'lambda.alias', 'lambda.layer', 'lambda.event-source']) {
    const [one] = await all(`type:${type}`)
    assert.ok(one, type)
    assert.ok(Object.keys((await details(one.id)).body.config).length > 2)
    assert.equal((await refresh({ ids: [one.id] })).json().items[0]?.id, one.id)
  }
})

test('what has no Region is in the Region "global", once for each account', async () => {
  const found = await all('region:global')
  assert.deepEqual([...new Set(found.map(({ type }) => type))].sort(), ['cloudwatch.dashboard', 'iam.role'])
  assert.equal(new Set(found.map(({ account }) => account)).size, 4)
  for (const type of ['cloudwatch.dashboard', 'iam.role']) {
    const [one] = await all(`type:${type} region:global`)
    assert.ok(one)
    assert.equal((await details(one.id)).status, 200)
    assert.equal((await refresh({ ids: [one.id] })).json().items[0]?.region, 'global')
    const ids = [one.name ?? '']
    const targets = await resources.resolveTargets(operator, { ids, account: one.account }, type)
    assert.deepEqual(
      targets.resources.map(({ id }) => id),
      [one.id],
    )
  }
})

test('whatever else has tags is there once, under the name that its ARN gives it', async () => {
  const rows = await database.db.query<{ type: string }>({
    text: `select distinct type from resources where service = 'tagging' order by 1`,
  })
  assert.deepEqual(
    rows.map(({ type }) => type),
    ['dynamodb.table', 'kinesis.stream', 'rds.db', 'sqs.queue'],
  )
  const queues = await all('type:sqs.queue tag.env:prod')
  assert.ok(queues.length > 0)
  for (const { id, tags } of queues) {
    assert.match(id, /^arn:aws:sqs:/)
    assert.equal(tags['env'], 'prod')
  }
  assert.equal((await details(`${queues[0]?.id}-nobody`)).status, 404)
})

test('its properties are read when somebody looks, at most once a minute, and kept by the next listing', async () => {
  const [database_, queue] = [(await all('type:rds.db'))[0], (await all('type:sqs.queue'))[0]]
  assert.ok(database_ && queue)
  const first = await details(database_.id)
  assert.deepEqual([first.body.freshness.source, first.body.config.Properties.Engine], ['aws', 'postgres'])
  const second = await details(database_.id)
  assert.deepEqual([second.body.freshness.source, second.body.config.Properties.Engine], ['cache', 'postgres'])
  // That more is known of it is no change of it.
  const { body } = await get(`/resources/${encodeURIComponent(database_.id)}/history`)
  assert.deepEqual(
    body.items.filter(({ kind }: { kind: string }) => kind === 'changed'),
    [],
  )
  await refresh({ account: database_.account, region: database_.region })
  assert.equal((await details(database_.id)).body.config.Properties.Engine, 'postgres')
  // Where Cloud Control may not be asked, what the tags tell is still there, and why it isn't more.
  await host.control.addFault({ kind: 'access-denied', service: 'cloudcontrol', probability: 1 })
  const denied = await details(queue.id)
  assert.deepEqual([denied.status, denied.body.config.Properties], [200, undefined])
  assert.match(denied.body.freshness.partial[0].why, /^AccessDenied/)
})

test('a part of a bucket that may not be read is not known, and the others are', async () => {
  const [bucket] = await all('type:s3.bucket tag.Name:*')
  assert.ok(bucket)
  await host.control.addFault({ kind: 'access-denied', service: 's3', action: 'GetBucketAcl', probability: 1 })
  const { items } = (await refresh({ ids: [bucket.id] })).json()
  const { summary } = items[0]
  assert.deepEqual([summary.hasPublicAcl, summary.isPublic], [null, null])
  assert.equal(summary.encryption, bucket.summary['encryption'])
  assert.deepEqual((await details(bucket.id)).body.config.Details.configuration.unreadable, ['acl'])
  await host.control.clearFaults()
  await refresh({ ids: [bucket.id] })
})

test('reading everything again changes nothing: listings and single reads describe alike', async () => {
  const changed = async (since: Date): Promise<string[]> =>
    (
      await database.db.query<{ id: string }>({
        // Alarms ring and machines come and go by themselves.
        text: `select id from resources where changed_at > $1
          and service = any('{s3,lambda,lambda-details,iam,cloudwatch-dashboards,tagging}'::text[]) order by 1`,
        values: [since],
      })
    ).map(({ id }) => id)
  const now = async (): Promise<Date> => {
    const [row] = await database.db.query<{ now: Date }>({ text: 'select clock_timestamp() as now' })
    assert.ok(row)
    return row.now
  }
  const began = await now()
  for (const account of await aws.accounts.list()) await refresh({ account: account.id })
  assert.deepEqual(await changed(began), [])
  const types = ['s3.bucket', 'lambda.*', 'iam.role', 'cloudwatch.dashboard', 'logs.metric-filter']
  for (const type of types) {
    const ids = (await all(`type:${type}`)).map(({ id }) => id).slice(0, 30)
    assert.ok(ids.length > 0)
    await refresh({ ids })
  }
  assert.deepEqual(await changed(began), [])
})
