import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { MeasuredCost } from '#aws/costexplorer.ts'
import { AwsFailure } from '#aws/failure.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/service.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import { accountA, createFakeAws, fakeAccount, fakeInstance, fakeVolume } from '../testing/fake-aws.ts'
import type { FakeAws } from '../testing/fake-aws.ts'
import { createRig, operator } from '../testing/rig.ts'
import { createCostReader } from './reader.ts'
import type { CostReader } from './reader.ts'

const compute = 'Amazon Elastic Compute Cloud - Compute'
const now = new Date('2026-11-27T10:00:00Z')

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
let fake: FakeAws
let rig: ReturnType<typeof createRig>
let http: Http
let reader: CostReader
/** What Cost Explorer answers, and which services it was asked about. */
let bill: Record<string, MeasuredCost[] | Error>
let asked: string[]

before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(() => database.drop())
beforeEach(async () => {
  await db.query({ text: 'truncate resources, sync_partitions, sync_types, events, accounts cascade' })
  await db.query({
    text: `insert into accounts (id, name, cloud, regions, credentials) values ($1, 'alpha', 'sandbox', '{eu-west-1}', '{"kind":"sandbox"}')`,
    values: [accountA],
  })
  fake = createFakeAws([fakeAccount(accountA, 'alpha')])
  ;[bill, asked] = [{}, []]
  fake.aws.costExplorer = async () => ({
    resourceDays: async () => [],
    dailyCosts: async () => [],
    costsOf: async (_call, service, { onRequest }) => {
      onRequest()
      asked.push(service)
      const answer = bill[service] ?? []
      if (answer instanceof Error) throw answer
      return answer
    },
  })
  rig = createRig(db, fake)
  http = await serveAs(operator, rig.resources.http)
  reader = another()
  // A changed account is what makes the partitions that are read.
  await want('prices')
})
afterEach(async () => {
  await http.close()
  await rig.resources.stop()
})

/** The reader of another process over the same database. */
const another = (): CostReader =>
  createCostReader({
    db,
    aws: fake.aws,
    notifier: { nudge: () => {} },
    onNews: () => rig.reconnect(),
    clock: { ...systemClock, now: () => now },
    log: createLog({ level: 'silent' }),
  })
const want = async (costs: 'prices' | 'cost-explorer'): Promise<void> => {
  await db.query({ text: 'update accounts set costs = $2 where id = $1', values: [accountA, costs] })
  const response = await http.inject({ method: 'PATCH', url: `/accounts/${accountA}`, payload: { costs } })
  assert.equal(response.statusCode, 200, response.body)
}
const get = async (url: string) => (await http.inject({ url })).json()
const costs = async (query: string): Promise<Record<string, number | null>> =>
  Object.fromEntries(
    (await get(`/resources?${query}`)).items.map(({ name, cost }: any) => [name, cost?.monthlyUsd ?? null]),
  )
const refresh = (id: string) =>
  http.inject({ method: 'POST', url: '/resources/refresh', payload: { ids: [id] } }).then((answer) => answer.json())
const arn = (id: string) => `arn:aws:ec2:eu-west-1:${accountA}:instance/${id}`

/** m5.large: $0.096 an hour in us-east-1, times 1.11 in eu-west-1, times 730 hours. */
const listed = 77.79
/** $14 in 14 days, of a year of 365 days a month is the twelfth part. */
const measured = 30.42

const twoInstances = async (): Promise<void> => {
  fake.instances = [fakeInstance('i-1', { tags: { Name: 'one' } }), fakeInstance('i-2', { tags: { Name: 'two' } })]
  fake.volumes = [fakeVolume('vol-1', { tags: { Name: 'disk' } })]
  assert.deepEqual(await costs('type=ec2.instance'), { one: listed, two: listed })
  // 100 GiB of gp3 at $0.08, times 1.11.
  assert.deepEqual(await costs('type=ec2.volume'), { disk: 8.88 })
  bill = { [compute]: [{ resource: 'i-1', usd: 14, days: 14 }] }
}

test('nobody is asked unless somebody wants it', async () => {
  await twoInstances()
  await reader.look()
  assert.deepEqual(asked, [])
  const account = await get(`/accounts/${accountA}`)
  assert.deepEqual([account.costs, account.costExplorer], ['prices', null])
})

test('what a resource has cost goes before its price, wherever it is read', async () => {
  await twoInstances()
  await want('cost-explorer')
  assert.equal((await get(`/accounts/${accountA}`)).costExplorer, null, 'not asked yet')
  await reader.look()
  assert.deepEqual(await costs('type=ec2.instance'), { one: measured, two: listed })
  assert.deepEqual(await costs('q=type:ec2.instance cost:<50'), { one: measured })
  assert.deepEqual(Object.keys(await costs('type=ec2.instance&sort=-cost')), ['two', 'one'])
  const one = await get(`/resources/${encodeURIComponent(arn('i-1'))}`)
  assert.deepEqual(one.cost, { monthlyUsd: measured, source: 'cost-explorer, 14 days to 2026-11-26' })
  const account = await get(`/accounts/${accountA}`)
  const { through, requests, resources } = account.costExplorer
  assert.deepEqual([through, requests, resources, account.costs], ['2026-11-26', 6, 1, 'cost-explorer'])
  const events = await db.query<{ data: { ids: string[] } }>({
    text: `select data from events where type = 'resource.changed' order by id desc limit 1`,
  })
  assert.deepEqual(events[0]?.data.ids, [arn('i-1')])
})

test('it stays when a description changes, and a volume is not taken for an instance', async () => {
  await twoInstances()
  await want('cost-explorer')
  bill = {
    'EC2 - Other': [
      { resource: 'i-1', usd: 1, days: 14 },
      { resource: `arn:aws:ec2:eu-west-1:${accountA}:volume/vol-1`, usd: 7, days: 7 },
    ],
    ...bill,
  }
  await reader.look()
  fake.instances = [fakeInstance('i-1', { tags: { Name: 'renamed' } }), ...fake.instances.slice(1)]
  await refresh(arn('i-1'))
  assert.deepEqual(await costs('type=ec2.instance'), { renamed: measured, two: listed })
  // $1 a day.
  assert.deepEqual(await costs('type=ec2.volume'), { disk: measured })
})

test('an account is asked once a day, by whichever process', async () => {
  await twoInstances()
  await want('cost-explorer')
  await Promise.all([reader.look(), another().look(), another().look()])
  assert.equal(asked.length, 6, 'one question a service')
  await want('prices')
  await want('cost-explorer')
  await reader.look()
  assert.equal(asked.length, 6, 'also when it was turned off and on')
  await db.query({ text: `update cost_readings set next_at = next_at - interval '1 day'` })
  bill = { [compute]: [{ resource: 'i-2', usd: 14, days: 14 }] }
  await reader.look()
  assert.equal(asked.length, 12)
  // It is forgotten of what the bill no longer has; the price comes with the next time that it is described.
  await refresh(arn('i-1'))
  assert.deepEqual(await costs('type=ec2.instance'), { one: listed, two: measured })
})

test('turned off, prices come back with the next reading of the resource', async () => {
  await twoInstances()
  await want('cost-explorer')
  await reader.look()
  await want('prices')
  await reader.look()
  await refresh(arn('i-1'))
  assert.deepEqual(await costs('type=ec2.instance'), { one: listed, two: listed })
})

test('what goes wrong is told in the account, and nothing that is known is lost', async () => {
  await twoInstances()
  await want('cost-explorer')
  await reader.look()
  const failure = (code: string, message: string) =>
    new AwsFailure({
      kind: 'permanent',
      code,
      message,
      service: 'costexplorer',
      action: 'GetCostAndUsageWithResources',
    })
  const again = async (): Promise<any> => {
    asked = []
    await db.query({ text: `update cost_readings set next_at = now()` })
    await reader.look()
    return (await get(`/accounts/${accountA}`)).costExplorer
  }
  bill = {
    [compute]: failure('AccessDeniedException', 'is not authorized to perform: ce:GetCostAndUsageWithResources'),
  }
  const denied = await again()
  assert.match(denied.error, /Compute: AccessDeniedException: .*ce:GetCostAndUsageWithResources/)
  assert.deepEqual([denied.through, asked.length], ['2026-11-26', 1], 'the others would say the same')
  bill = { [compute]: failure('DataUnavailableException', 'The requested data is unavailable.') }
  assert.match((await again()).error, /DataUnavailableException/)
  assert.equal(asked.length, 6)
  assert.deepEqual(await costs('type=ec2.instance'), { one: measured, two: listed })
  bill = {}
  assert.match((await again()).error, /resource-level data/)
})

test('where costs come from is validated and audited', async () => {
  const response = await http.inject({ method: 'PATCH', url: `/accounts/${accountA}`, payload: { costs: 'guesses' } })
  assert.equal(response.statusCode, 400)
  await want('cost-explorer')
  const rows = await db.query<{ details: object }>({
    text: `select details from audit where action = 'account.update' and subject_id = $1 order by id desc limit 1`,
    values: [accountA],
  })
  assert.deepEqual(rows[0]?.details, { costs: 'cost-explorer' })
})
