import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import type { Account, Aws } from '#aws/cloud.ts'
import type { MetricPoint, MetricQuery } from '#aws/cloudwatch.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Plan } from '#contracts/task.ts'
import { systemClock } from '#platform/clock.ts'
import type { Http } from '#platform/http/service.ts'
import type { Advisable } from '#resources/advisable.ts'
import { recommendationsHttp } from '../http/recommendations.ts'
import { reconcilePlaces } from '../watch/store.ts'
import { createAdvisor } from './advisor.ts'

const principal: Principal = {
  userId: '01920000-0000-7000-8000-000000000001',
  email: 'operator@example.com',
  roles: ['operator'],
  via: 'session',
  credentialId: null,
  scopes: null,
}
const account: Account = {
  id: '111111111111',
  name: 'a',
  cloud: 'sandbox',
  regions: ['us-east-1'],
  credentials: { kind: 'sandbox' },
  isProduction: false,
}
const token = '01920000-0000-7000-8000-0000000000aa'
const place = { account: account.id, region: 'us-east-1', token }
const arn = (id: string): string => `arn:aws:ec2:us-east-1:${account.id}:instance/${id}`

/** What each instance does all the time: CPU and memory in percent, bytes an hour. */
type Use = { cpu: number; memory?: number; bytes: number; credits?: number; disk?: (hoursAgo: number) => number }
const uses: Record<string, Use> = {
  'i-idle': { cpu: 1, bytes: 1000 },
  'i-large': { cpu: 6, memory: 8, bytes: 5e8 },
  'i-small': { cpu: 97, memory: 96, bytes: 5e8 },
  'i-blind': { cpu: 6, bytes: 5e8 },
  'i-right': { cpu: 55, memory: 60, bytes: 5e8 },
  // Three percent an hour in the last 20 hours, from 20 on: 80 by now, 100 in 6 to 7 hours.
  'i-filling': { cpu: 55, memory: 60, bytes: 5e8, disk: (ago) => 20 + 3 * Math.max(0, 20 - ago) },
  'i-managed': { cpu: 1, bytes: 1000 },
}
const instance = (
  id: string,
  instanceType: string,
  monthlyUsd: number,
  tags: Record<string, string> = {},
): Advisable => ({
  id: arn(id),
  awsId: id,
  type: 'ec2.instance',
  name: id.slice(2),
  state: 'running',
  tags,
  summary: { instanceType },
  monthlyUsd,
})
let resources: Advisable[] = [
  instance('i-idle', 'm6i.large', 70.08),
  instance('i-large', 'm6i.2xlarge', 280.32),
  instance('i-small', 'c6i.large', 62.05),
  instance('i-blind', 'm6i.2xlarge', 280.32),
  instance('i-right', 'm6i.large', 70.08),
  instance('i-managed', 'm6i.large', 70.08, { 'aws:autoscaling:groupName': 'web' }),
  {
    id: `arn:aws:logs:us-east-1:${account.id}:log-group:/prod/shop`,
    awsId: '/prod/shop',
    type: 'logs.group',
    name: '/prod/shop',
    state: null,
    tags: {},
    summary: { storedBytes: 4e11, retentionDays: null },
    monthlyUsd: 12,
  },
]

const valueOf = ({ name, statistic, dimensions }: MetricQuery): number | undefined => {
  const use = uses[dimensions['InstanceId'] ?? '']
  if (name === 'CPUUtilization') return use && (statistic === 'Maximum' ? use.cpu : use.cpu / 2)
  if (name === 'mem_used_percent') return use?.memory
  if (name === 'NetworkIn') return use?.bytes
  if (name === 'CPUCreditBalance') return use?.credits
  return use && 0
}
const aws = {
  cloudwatch: async () => ({
    getMetricData: async (_call: unknown, { queries, from, to }: { queries: MetricQuery[]; from: Date; to: Date }) =>
      queries.map((query): MetricPoint[] => {
        const value = valueOf(query)
        const disk = query.name === 'disk_used_percent' ? uses[query.dimensions['InstanceId'] ?? '']?.disk : undefined
        if (value === undefined) return []
        const points: MetricPoint[] = []
        for (let atMs = from.getTime(); atMs < to.getTime(); atMs += 3_600_000)
          points.push({ atMs, value: disk === undefined ? value : disk((to.getTime() - atMs) / 3_600_000) })
        return points
      }),
  }),
} as unknown as Aws

let database: Awaited<ReturnType<typeof freshDatabase>>
let http: Http
const planned: unknown[] = []
let advise: () => Promise<void>

before(async () => {
  database = await freshDatabase()
  const { db } = database
  await reconcilePlaces(db, [{ account: account.id, region: 'us-east-1' }])
  await db.query({
    text: `update watch_places set lease_token = $1, lease_until = now() + interval '1 hour'`,
    values: [token],
  })
  const clock = { ...systemClock, sleep: async () => {} }
  const look = createAdvisor({
    db,
    aws,
    clock,
    advisable: async () =>
      resources.filter(({ state, type, summary }) =>
        type === 'logs.group' ? summary['retentionDays'] === null : state === 'running',
      ),
    current: async (_account, ids) => resources.filter(({ id }) => ids.includes(id)),
    unused: async () => [],
  })
  advise = async () => {
    await db.query({ text: 'update watch_places set advise_at = now()' })
    await look(place, account, new AbortController().signal)
  }
  http = await serveAs(principal, [
    recommendationsHttp({
      db,
      clock,
      readableAccounts: async () => [account],
      plan: async (request) => {
        planned.push(request)
        return plan
      },
    }),
  ])
})
after(async () => {
  await http.close()
  await database.drop()
})

const plan: Plan = {
  planHash: 'a'.repeat(64),
  operation: 'ec2.stop',
  operationVersion: 1,
  params: {},
  risk: 'R2',
  undo: 'exact',
  targets: [],
  excluded: [],
  steps: [],
  monthlyCostDeltaUsd: 0,
  expectedSeconds: { calls: 0, waits: 0, total: 0 },
  approvals: { needed: 0, reason: '', confirmation: null },
  createdAt: '2026-11-27T10:00:00.000Z',
  expiresAt: '2026-11-28T10:00:00.000Z',
  links: { self: '/api/v1/plans/a' },
} as unknown as Plan

const list = async (query = '') => (await http.inject({ url: `/ai/recommendations${query}` })).json()
const send = (url: string, payload?: object) =>
  http.inject({ method: 'POST', url: `/ai/recommendations/${url}`, ...(payload === undefined ? {} : { payload }) })
const byName = async (name: string, query = '?status=all') =>
  (await list(query)).items.find((one: any) => one.resource.id.endsWith(`/${name}`))

test('what is idle, too large, too small or kept for ever is found, by what it saves', async () => {
  await advise()
  const { items, total, monthlySavingUsd } = await list()
  assert.equal(total.value, 4)
  const shown = items.map(({ kind, finding, resource, params }: any) => [
    kind,
    finding,
    resource.name,
    params?.type ?? params?.days ?? null,
  ])
  assert.deepEqual(shown[0].slice(0, 3), ['rightsize', 'over_provisioned', 'large'])
  assert.deepEqual(shown[1], ['idle_instance', 'idle', 'idle', null])
  assert.deepEqual(shown[2].slice(0, 3), ['rightsize', 'under_provisioned', 'small'])
  assert.deepEqual(shown[3], ['logs_retention', 'no_retention', '/prod/shop', 90])
  // The idle one saves its whole price; a smaller size saves, a larger one costs.
  assert.equal(items[1].monthlySavingUsd, 70.08)
  assert.ok(items[0].monthlySavingUsd > 100 && items[2].monthlySavingUsd < 0)
  assert.equal(monthlySavingUsd, Math.round((items[0].monthlySavingUsd + 70.08) * 100) / 100)
  assert.match(items[0].because, /cheaper size meets all its needs/)
})

test('without a memory signal the right size is not known, and nothing is recommended', async () => {
  const unknown = await list('?finding=unknown')
  assert.deepEqual(
    unknown.items.map(({ resource, operation, monthlySavingUsd }: any) => [resource.name, operation, monthlySavingUsd]),
    [['blind', null, null]],
  )
  assert.match(unknown.items[0].because, /no memory signal/)
  const refused = await send(`${unknown.items[0].id}/task`)
  assert.deepEqual([refused.statusCode, refused.json().code], [409, 'recommendation_settled'])
})

test('a disk that fills up is told with its dates, and is gone when it was cleared', async () => {
  const kept = resources
  resources = [...resources, instance('i-filling', 'm6i.large', 70.08)]
  await advise()
  const found = (await list('?kind=runs_out')).items
  assert.deepEqual(
    found.map(({ resource, operation, finding }: any) => [resource.name, operation, finding]),
    [['filling', null, 'runs_out']],
  )
  // At the last full hour it would be at 80, and gains 3 an hour: 98 six hours later, 101 after seven.
  const lastHour = Math.floor(Date.now() / 3_600_000)
  assert.ok(Math.abs(Date.parse(found[0].evidence.exhaustion.expected) / 3_600_000 - lastHour - 7) <= 1)
  assert.match(found[0].title, /^The disk of filling is full on \d+ \w+, \d\d:00 UTC$/)
  assert.equal((await send(`${found[0].id}/task`)).statusCode, 409)
  uses['i-filling'] = { cpu: 55, memory: 60, bytes: 5e8, disk: () => 30 }
  await advise()
  assert.equal((await list('?kind=runs_out')).items.length, 0)
  assert.equal((await byName('i-filling')).status, 'gone')
  resources = kept
})

test('it goes on with its cursor, and is narrowed', async () => {
  const first = await list('?limit=3')
  const second = await list(`?limit=3&cursor=${first.nextCursor}`)
  assert.deepEqual([first.items.length, second.items.length, second.nextCursor], [3, 1, null])
  assert.equal((await list('?kind=idle_instance')).total.value, 1)
  assert.equal((await list('?q=SHOP')).total.value, 1)
  assert.equal((await list('?account=222222222222')).total.value, 0)
  assert.equal((await http.inject({ url: '/ai/recommendations?cursor=nonsense' })).statusCode, 400)
})

test('a task of it is a plan with the rights of whoever asks, and nothing is filed', async () => {
  const { id } = await byName('i-large')
  const answer = await send(`${id}/task`)
  assert.equal(answer.statusCode, 200, answer.body)
  assert.equal(answer.json().planHash, plan.planHash)
  const [request] = planned as any[]
  assert.deepEqual(
    [request.operation, request.targets, request.principal.userId],
    ['ec2.resize', { ids: [arn('i-large')] }, principal.userId],
  )
  assert.equal((await byName('i-large')).planHash, plan.planHash)
  assert.equal((await send('01920000-0000-7000-8000-000000000009/task')).json().code, 'recommendation_not_found')
})

test('dismissed with a reason it stays so when it is found again; snoozed it comes back; both can be taken back', async () => {
  const idle = await byName('i-idle')
  assert.equal((await send(`${idle.id}/dismiss`, { reason: '  ' })).statusCode, 400)
  const dismissed = (await send(`${idle.id}/dismiss`, { reason: 'kept warm on purpose' })).json()
  assert.deepEqual(
    [dismissed.status, dismissed.reason, dismissed.decidedBy.email],
    ['dismissed', 'kept warm on purpose', principal.email],
  )
  await advise()
  assert.equal((await byName('i-idle')).status, 'dismissed')
  assert.equal((await list('?kind=idle_instance')).total.value, 0)
  assert.equal((await send(`${idle.id}/reopen`)).json().status, 'open')
  const small = await byName('i-small')
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString()
  assert.equal((await send(`${small.id}/snooze`, { until: inAnHour })).json().status, 'snoozed')
  assert.equal((await send(`${small.id}/snooze`, { until: '2020-01-01T00:00:00Z' })).statusCode, 400)
  await database.db.query({
    text: `update recommendations set snoozed_until = now() - interval '1 second' where id = $1`,
    values: [small.id],
  })
  assert.equal((await byName('i-small', '?status=open')).status, 'open')
  const [audit] = await database.db.query<{ count: number }>({
    text: `select count(*)::int as count from audit where action like 'recommendation.%'`,
  })
  assert.equal(audit?.count, 3)
})

test('what was done says what it saves, before and after; what is no longer true is gone', async () => {
  resources = resources
    .filter(({ awsId }) => awsId !== 'i-small')
    .map((one) => {
      if (one.awsId === 'i-large') return { ...one, summary: { instanceType: 'm6i.large' }, monthlyUsd: 70.08 }
      if (one.awsId === 'i-idle') return { ...one, state: 'stopped', monthlyUsd: 0 }
      return one
    })
  uses['i-large'] = { cpu: 24, memory: 32, bytes: 5e8 }
  await advise()
  const idle = await byName('i-idle')
  assert.deepEqual([idle.status, idle.realised.monthlyUsd], ['applied', 70.08])
  assert.equal((await byName('i-small')).status, 'gone')
  const refused = await send(`${idle.id}/task`)
  assert.equal(refused.json().code, 'recommendation_settled')
  assert.equal((await send(`${idle.id}/dismiss`, { reason: 'x' })).json().code, 'recommendation_settled')
  const large = await byName('i-large')
  // It may be advised further; if not, it was done: 280.32 less 70.08.
  if (large.status === 'applied') {
    assert.equal(large.realised.monthlyUsd, 210.24)
    assert.equal(large.realised.before.cpuPeak, 6)
  } else assert.equal(large.status, 'open')
  assert.ok((await list('?status=applied')).realisedMonthlyUsd >= 70.08)
})
