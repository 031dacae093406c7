import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import { createAws } from '#aws/aws.ts'
import type { Account, Aws } from '#aws/cloud.ts'
import type { SandboxHost } from '#aws/sandbox-host.ts'
import { quietLog, temporarySandbox } from '#aws/testing/host.ts'
import type { AccountForecast } from '#contracts/account-forecast.ts'
import type { Principal } from '#contracts/principal.ts'
import type { SandboxIncident } from '#contracts/sandbox.ts'
import { createCache } from '#platform/cache/cache.ts'
import { systemClock } from '#platform/clock.ts'
import type { Clock } from '#platform/clock.ts'
import type { Http } from '#platform/http/service.ts'
import { createAccountForecasts } from '../account/account-forecasts.ts'
import { accountForecastsHttp } from '../http/account-forecasts.ts'
import type { News } from '../watch/record.ts'
import { createCostWatch } from './cost-watch.ts'

/** The simulated AWS has a function that calls itself for some days; the watch knows nothing of it but the bill. */

const dayMs = 86_400_000
const principal: Principal = {
  userId: '01920000-0000-7000-8000-000000000001',
  email: 'operator@example.com',
  roles: ['operator'],
  via: 'session',
  credentialId: null,
  scopes: null,
}
let ms = Date.UTC(2026, 10, 24, 12)
const clock: Clock = { ...systemClock, now: () => new Date(ms), sleep: async () => {} }
const sandbox = temporarySandbox({ clock, seed: 'costs', size: 1500, speed: 1000 })
let host: SandboxHost
let database: Awaited<ReturnType<typeof freshDatabase>>
let aws: Aws
let http: Http
let incident: SandboxIncident
let accounts: Account[]
/** All of a runaway cost that there were. */
const incidents: SandboxIncident[] = []
const news: News[] = []
const resolved: string[] = []
let look: () => Promise<void>

before(async () => {
  host = sandbox.open()
  for (let day = 0; day < 70; day += 2, ms += 2 * dayMs)
    for (const one of (await host.control.info()).incidents)
      if (one.kind === 'runaway-cost' && !incidents.some(({ from }) => from === one.from)) incidents.push(one)
  // At least one every three weeks, in production accounts.
  const next = incidents.toSorted((a, b) => (a.from < b.from ? -1 : 1)).at(-1)
  assert.ok(next)
  incident = next
  ms = Math.floor(Date.parse(incident.from) / dayMs) * dayMs + 2 * dayMs + dayMs / 4
  database = await freshDatabase()
  const { db } = database
  aws = createAws({ db, log: quietLog, clock: systemClock, sandbox: { speed: 1000, transport: host } })
  await aws.accounts.ensureFirst('sandbox')
  // Only this account is looked at here.
  await db.query({ text: `delete from accounts where id <> $1`, values: [incident.account] })
  accounts = [await aws.accounts.get(incident.account)]
  const watch = createCostWatch({
    db,
    aws,
    clock,
    log: quietLog,
    totals: {
      read: async () => ({ costs: [{ service: 'Other', monthlyUsd: 365 }], storage: [] }),
      identify: async (_account, billed) => new Map(billed.map((id) => [id, { id, name: `name of ${id}` }])),
      newcomers: async () => [],
    },
    tell: async (one) => void news.push(one),
    resolve: async (id) => void resolved.push(id),
  })
  look = async () => {
    await db.query({ text: 'update daily_cost_readings set ask_at = now(), sample_at = now()' })
    await watch.look()
  }
  http = await serveAs(principal, [
    accountForecastsHttp({
      db,
      readableAccounts: async () => accounts,
      forecast: createAccountForecasts({
        db,
        aws,
        clock,
        cache: createCache({ memoryBytes: 1024 * 1024, log: quietLog }),
        metrics: async () => assert.fail('no metric is needed'),
        candidates: async () => [],
        forecast: async () => assert.fail('no metric is needed'),
      }),
    }),
  ])
})
after(async () => {
  await http.close()
  await aws.close()
  await database.drop()
  await host.close()
  sandbox.remove()
})

type Found = { account: string; resource_name: string; began_at: Date; last_at: Date; drivers: News['drivers'] }
const found = (): Promise<Found[]> =>
  database.db.query({
    text: 'select account, resource_name, began_at, last_at, drivers from anomalies order by began_at',
  })
const forecast = async (account: string, kind: string): Promise<AccountForecast> => {
  const response = await http.inject({ url: `/ai/forecasts/accounts/${account}?kind=${kind}` })
  assert.equal(response.statusCode, 200, response.body)
  return response.json()
}

test('a cost that runs away is found by the bill, with what makes up for it', async () => {
  await look()
  const all = await found()
  // Nothing else costs more than usual in the sandbox.
  for (const { account, resource_name } of all) {
    assert.equal(resource_name, 'AWS Lambda')
    assert.ok(incidents.some((one) => one.account === account))
  }
  const own = all.filter(
    ({ account, began_at }) => account === incident.account && began_at.getTime() >= ms - 5 * dayMs,
  )
  assert.equal(own.length, 1)
  const [{ began_at, drivers } = assert.fail('none')] = own
  const begun = Math.floor(Date.parse(incident.from) / dayMs) * dayMs
  // Of its first day it may have cost too little.
  assert.ok([begun, begun + dayMs].includes(began_at.getTime()), began_at.toISOString())
  assert.equal(drivers?.[0]?.resource.id, incident.resource)
  assert.ok((drivers?.[0]?.usd ?? 0) > 2 * (drivers?.[0]?.beforeUsd ?? Infinity))
  assert.equal(news.filter(({ account }) => account === incident.account).length, 1)
})

test('said again it is the same, and when it is over whoever was told is told so', async () => {
  const before = await found()
  const told = news.length
  await look()
  assert.deepEqual(await found(), before)
  assert.equal(news.length, told)
  const mine = news.find(({ account }) => account === incident.account)
  assert.ok(mine && !resolved.includes(mine.incidentId))
  ms = Math.floor(Date.parse(incident.until) / dayMs) * dayMs + 4 * dayMs
  await look()
  assert.ok(resolved.includes(mine.incidentId))
  assert.equal(resolved.length, new Set(resolved).size)
  assert.equal(news.length, told)
})

test('what an account costs goes on with a band, to the end of this month and of the next one', async () => {
  const { lines, months, source, note } = await forecast(incident.account, 'cost')
  assert.deepEqual([source, note, months.length], ['cost-explorer', null, 2])
  const [total, ...services] = lines
  assert.ok(total && total.points.length >= 28 && services.length > 2)
  assert.ok(total.points.every(({ value, low, high }) => low <= value && value <= high))
  // Every day that was read, and what it cost is what its services cost.
  assert.ok(total.history.length >= 89)
  const last = total.history.at(-1)
  const sum = services.reduce((all, line) => all + (line.history.at(-1)?.value ?? 0), 0)
  assert.ok(last && Math.abs(last.value - sum) < 0.01, `${last?.value} and ${sum}`)
  assert.equal(last.at, new Date(Math.floor(ms / dayMs) * dayMs - dayMs).toISOString())
  const [present, next] = months
  assert.ok(present && next && present.lowUsd !== null && next.lowUsd !== null)
  assert.ok(present.spentUsd <= present.lowUsd && present.lowUsd <= (present.expectedUsd ?? 0))
  assert.ok((next.expectedUsd ?? 0) < (next.highUsd ?? 0))
})

test('a budget says when it would be passed, is changed, audited and forgotten', async () => {
  const url = `/ai/budgets/${incident.account}`
  const put = (monthlyUsd: unknown) => http.inject({ method: 'PUT', url, payload: { monthlyUsd } })
  assert.equal((await forecast(incident.account, 'cost')).months[0]?.passed, null)
  for (const wrong of [0, -1, 'much', 1e10]) assert.equal((await put(wrong)).statusCode, 400, String(wrong))
  assert.equal((await put(0.01)).json().monthlyUsd, 0.01)
  const passed = await forecast(incident.account, 'cost')
  assert.equal(passed.budget?.setBy.email, principal.email)
  // A cent is spent on the first day.
  assert.ok(passed.months.every((month) => month.passed?.status === 'reached' || month.passed?.status === 'expected'))
  assert.equal((await put(1e9)).statusCode, 200)
  assert.deepEqual((await forecast(incident.account, 'cost')).months[0]?.passed?.status, 'not_within')
  for (let twice = 0; twice < 2; twice++) assert.equal((await http.inject({ method: 'DELETE', url })).statusCode, 204)
  assert.equal((await forecast(incident.account, 'cost')).budget, null)
  const rows = await database.db.query<{ action: string }>({
    text: `select action from audit where action like 'ai.budget%' order by id`,
  })
  assert.deepEqual(
    rows.map(({ action }) => action),
    ['ai.budget_set', 'ai.budget_set', 'ai.budget_remove'],
  )
})

test('functions that run at the same time are held against what the account may, by Region', async () => {
  const { lines, note } = await forecast(incident.account, 'concurrency')
  assert.equal(note, null)
  const line = lines.find(({ region }) => region === incident.region)
  // AWS's default. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  assert.deepEqual(line?.limit, { value: 1000, falling: false, meaning: 'the concurrency of the account is used up' })
  assert.ok(line.history.length > 300 && line.points.length > 300 && line.exhaustion !== null)
})

test('an account that nobody may read is none, and neither is a kind that there is not', async () => {
  const status = async (url: string) => (await http.inject({ url })).statusCode
  assert.equal(await status('/ai/forecasts/accounts/999999999999?kind=cost'), 404)
  assert.equal(await status(`/ai/forecasts/accounts/${incident.account}?kind=fame`), 400)
  assert.equal(await status(`/ai/forecasts/accounts/${incident.account}`), 400)
  const put = await http.inject({ method: 'PUT', url: '/ai/budgets/999999999999', payload: { monthlyUsd: 1 } })
  assert.deepEqual([put.statusCode, put.json().code], [404, 'forecast_account_not_found'])
})

test('list prices are the mean of the looks of a day', async () => {
  // $365 a month is $12 a day, of 365 / 12 days; each look said so.
  const rows = await database.db.query<{ usd: number; samples: number }>({
    text: `select usd, samples from daily_costs where source = 'prices' and account = $1 order by day`,
    values: [incident.account],
  })
  assert.deepEqual(
    rows.map(({ usd, samples }) => [Math.round(usd * 1e6) / 1e6, samples]),
    [
      [12, 2],
      [12, 1],
    ],
  )
})
