import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import { createAws } from '#aws/aws.ts'
import type { Aws } from '#aws/cloud.ts'
import type { SandboxHost } from '#aws/sandbox-host.ts'
import { quietLog, temporarySandbox } from '#aws/testing/host.ts'
import type { MetricForecast } from '#contracts/forecast.ts'
import type { ResourceDetails } from '#contracts/inventory.ts'
import type { Principal } from '#contracts/principal.ts'
import type { IncidentKind, SandboxIncident } from '#contracts/sandbox.ts'
import { createCache } from '#platform/cache/cache.ts'
import { AppError } from '#platform/app-error.ts'
import { systemClock } from '#platform/clock.ts'
import type { Clock } from '#platform/clock.ts'
import type { Http } from '#platform/http/service.ts'
import { createMetrics } from '#resources/read/metrics.ts'
import { forecastsHttp } from '../http/forecasts.ts'
import { createForecasts } from './forecasts.ts'
import type { ReadMetrics } from './forecasts.ts'

/** The simulated AWS has a disk that fills and credits that run out at known times; the forecast knows nothing of it but the metrics. */

const hourMs = 3_600_000
let ms = Date.UTC(2026, 10, 24, 12, 0)
const clock: Clock = { ...systemClock, now: () => new Date(ms) }
const sandbox = temporarySandbox({ clock, seed: 'forecast', size: 1500, speed: 1000 })
const cache = createCache({ memoryBytes: 8e6, log: quietLog })
const incidents: SandboxIncident[] = []
let host: SandboxHost
let database: Awaited<ReturnType<typeof freshDatabase>>
let aws: Aws
let http: Http
let reads = 0
let isHidden = false

const principal: Principal = {
  userId: '01920000-0000-7000-8000-000000000001',
  email: 'viewer@example.com',
  roles: ['viewer'],
  via: 'session',
  credentialId: null,
  scopes: null,
}

const placeOf = (arn: string): { account: string; region: string } => {
  const [, , , region = '', account = ''] = arn.split(':')
  return { account, region }
}

const find = async (_principal: Principal, id: string) => {
  if (isHidden) throw new AppError('resource_not_found', { status: 404, title: 'No such resource' }, 'There is none.')
  const { account, region } = placeOf(id)
  // The metrics of an instance follow from its ARN, and whether it has credits from its type.
  const resource = { id, type: 'ec2.instance', region, account, summary: { instanceType: 't3.large' }, config: {} }
  return { resource: resource as unknown as ResourceDetails, account: await aws.accounts.get(account) }
}

/** The resource service's own reader, counted. */
const readerOf = (): ReadMetrics => {
  const read = createMetrics({
    aws,
    find: async (who, id) => ({ ...(await find(who, id)), located: { type: { type: 'ec2.instance' } } }) as never,
    clock,
  })
  return (who, id, query) => {
    reads++
    return read(who, id, query)
  }
}

before(async () => {
  host = sandbox.open()
  database = await freshDatabase()
  aws = createAws({ db: database.db, log: quietLog, clock: systemClock, sandbox: { speed: 1000, transport: host } })
  await aws.accounts.ensureFirst('sandbox')
  for (let day = 0; day < 8; day++, ms += 24 * hourMs) {
    for (const one of (await host.control.info()).incidents)
      if (!incidents.some(({ kind, from }) => kind === one.kind && from === one.from)) incidents.push(one)
  }
  http = await serveAs(principal, [forecastsHttp(createForecasts({ find, metrics: readerOf(), cache, clock }))])
})
after(async () => {
  await http.close()
  await aws.close()
  await cache.close()
  await database.drop()
  await host.close()
  sandbox.remove()
})

const get = async (resource: string, metric: string, more = ''): Promise<MetricForecast> => {
  const answer = await http.inject({
    url: `/ai/forecasts?resource=${encodeURIComponent(resource)}&metric=${metric}${more}`,
  })
  assert.equal(answer.statusCode, 200, answer.body)
  return answer.json()
}
const of = (kind: IncidentKind) => incidents.filter((one) => one.kind === kind)
/** When an incident has come that far, 0 to 1. */
const into = ({ from, until }: SandboxIncident, share: number): number =>
  Date.parse(from) + share * (Date.parse(until) - Date.parse(from))

test('a disk that fills has a date, near the one at which it would be full', async () => {
  const filling = of('disk-filling')
  assert.ok(filling.length >= 5)
  for (const incident of filling) {
    ms = into(incident, 0.7) // whatever it was before: time may go back here
    const { method, exhaustion, limit, points } = await get(incident.resource, 'disk_used_percent')
    assert.deepEqual([method, limit?.value, exhaustion?.status], ['trend', 100, 'expected'])
    // The sandbox fills it to 97.5 % by the end, from 28 to 68: the line is at 100 % at most 9 % of the time later, 1.8 hours.
    const hoursAfter = (Date.parse(exhaustion?.expected ?? '') - Date.parse(incident.until)) / hourMs
    assert.ok(hoursAfter >= -1 && hoursAfter <= 3, `${hoursAfter} h after ${incident.until}`)
    assert.ok((exhaustion?.earliest ?? '') <= (exhaustion?.expected ?? ''))
    assert.ok(points.every(({ low, value, high }) => low <= value && value <= high && high <= 100))
  }
})

test('a day before it nothing is said to run out', async () => {
  const [incident] = of('disk-filling')
  assert.ok(incident)
  ms = Date.parse(incident.from) - 30 * hourMs
  const { method, exhaustion, points, because } = await get(incident.resource, 'disk_used_percent')
  assert.deepEqual([method, exhaustion?.status], ['rhythm', 'not_within'])
  assert.equal(points.length, 14 * 24)
  assert.match(because ?? '', /28 days/)
})

test('CPU credits that are used up have a time', async () => {
  const running = of('credit-exhaustion')
  assert.ok(running.length >= 10)
  let told = 0
  for (const incident of running) {
    ms = into(incident, 0.5)
    const { stepSeconds, limit, exhaustion } = await get(incident.resource, 'CPUCreditBalance')
    assert.deepEqual([stepSeconds, limit?.falling], [900, true])
    // The sandbox has them used up after 60 % of the incident.
    const hoursAfter = (Date.parse(exhaustion?.expected ?? '') - into(incident, 0.6)) / hourMs
    if (Math.abs(hoursAfter) <= 0.5) told++
  }
  assert.ok(told === running.length, `${told} of ${running.length}`)
})

test('of machines without an incident nothing is said to run out', async () => {
  const troubled = new Set(incidents.map(({ resource }) => resource))
  const account = await aws.accounts.get('111122223333')
  const ec2 = await aws.ec2(account, 'us-east-1')
  const quiet: string[] = []
  for await (const page of ec2.listInstances({ priority: 'interactive' })) {
    for (const { arn, state } of page)
      if (state === 'running' && !troubled.has(arn) && quiet.length < 40) quiet.push(arn)
  }
  const told: string[] = []
  const seen = { disk_used_percent: 0, CPUCreditBalance: 0 }
  // A morning and an evening: the load changes most then.
  for (const [day, hour] of [
    [24, 8],
    [25, 19],
  ] as const) {
    ms = Date.UTC(2026, 10, day, hour, 12)
    for (const arn of quiet) {
      for (const metric of ['disk_used_percent', 'CPUCreditBalance'] as const) {
        const { unknown, exhaustion } = await get(arn, metric)
        if (unknown === null) seen[metric]++
        if (exhaustion?.status === 'expected' || exhaustion?.status === 'reached') told.push(`${arn} ${metric}`)
      }
    }
  }
  assert.deepEqual(told, [])
  assert.ok(seen.disk_used_percent >= 20 && seen.CPUCreditBalance >= 5, JSON.stringify(seen))
})

test('it is made once an hour, and only for those who may see the resource', async () => {
  const [incident] = of('disk-filling')
  assert.ok(incident)
  ms = into(incident, 0.7) + 24 * hourMs
  reads = 0
  const first = await get(incident.resource, 'disk_used_percent')
  ms += 59 * 60_000
  assert.deepEqual(await get(incident.resource, 'disk_used_percent'), first)
  assert.equal(reads, 1)
  ms += 2 * 60_000
  assert.notEqual((await get(incident.resource, 'disk_used_percent')).madeAt, first.madeAt)
  assert.equal(reads, 2)
  isHidden = true
  const hidden = await http.inject({ url: `/ai/forecasts?resource=${incident.resource}&metric=disk_used_percent` })
  isHidden = false
  assert.equal(hidden.statusCode, 404)
  assert.equal(reads, 2)
})

test('without values it says so; nonsense is refused', async () => {
  const [incident] = of('disk-filling')
  assert.ok(incident)
  // One that doesn't exist has no values.
  const unknown = await get(incident.resource.replace(/i-\w+$/, 'i-0123456789abcdef0'), 'disk_used_percent')
  assert.deepEqual([unknown.method, unknown.points, unknown.exhaustion], [null, [], null])
  assert.equal(unknown.unknown, 'Nothing was measured.')
  const named = await http.inject({ url: `/ai/forecasts?resource=${incident.resource}&metric=Nothing` })
  assert.deepEqual([named.statusCode, named.json().code], [400, 'no_metrics'])
  for (const query of ['', '?resource=a', '?resource=a&metric=b&days=0', '?resource=a&metric=b&days=31']) {
    assert.equal((await http.inject({ url: `/ai/forecasts${query}` })).statusCode, 400, query)
  }
})
