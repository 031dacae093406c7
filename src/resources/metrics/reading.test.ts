import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Aws } from '#aws/cloud.ts'
import type { MetricPoint, MetricQuery } from '#aws/cloudwatch.ts'
import { systemClock } from '#platform/clock.ts'
import { accountA, accountB, createFakeAws, fakeAccount } from '../testing/fake-aws.ts'
import { createBatcher } from './batcher.ts'
import { createSeriesCache } from './series-cache.ts'
import { sourcesOf } from './source.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** A minute of a past day; nothing here depends on today. */
const nowMs = Date.UTC(2026, 5, 1, 12, 0)

/** CloudWatch with one point a period, whose value is its time; it keeps what it was asked. */
const rig = () => {
  const calls: { account: string; region: string; metrics: number; fromMs: number; toMs: number }[] = []
  let ms = nowMs
  let failure: Error | undefined
  const fake = createFakeAws([fakeAccount(accountA, 'a')])
  const aws: Pick<Aws, 'cloudwatch'> = {
    cloudwatch: async (account, region) => ({
      ...(await fake.aws.cloudwatch(account, region)),
      getMetricData: async (_call, { queries, from, to }) => {
        calls.push({
          account: account.id,
          region,
          metrics: queries.length,
          fromMs: from.getTime(),
          toMs: to.getTime(),
        })
        if (failure !== undefined) throw failure
        return queries.map((query) => pointsOf(query, from.getTime(), Math.min(to.getTime(), ms)))
      },
    }),
  }
  const clock = { ...systemClock, now: () => new Date(ms), monotonicMs: () => ms }
  return {
    calls,
    aws,
    clock,
    pass: (milliseconds: number) => void (ms += milliseconds),
    fail: (error: Error | undefined) => void (failure = error),
    now: () => ms,
  }
}

const pointsOf = ({ periodSeconds }: MetricQuery, fromMs: number, toMs: number): MetricPoint[] => {
  const points: MetricPoint[] = []
  const periodMs = periodSeconds * 1000
  for (let atMs = Math.ceil(fromMs / periodMs) * periodMs; atMs < toMs; atMs += periodMs)
    points.push({ atMs, value: atMs })
  return points
}

const account = fakeAccount(accountA, 'a')
const cpu = (id: string, periodSeconds = 60): MetricQuery => ({
  namespace: 'AWS/EC2',
  name: 'CPUUtilization',
  dimensions: { InstanceId: id },
  statistic: 'Average',
  periodSeconds,
})

test('400 readers of one moment share one call, and each gets its own time', async () => {
  const { aws, clock, calls } = rig()
  const read = createBatcher({ aws, clock })
  const answers = await Promise.all(
    Array.from({ length: 400 }, (_, index) =>
      read({
        account,
        region: 'eu-west-1',
        priority: 'interactive',
        query: cpu(`i-${index % 100}`, 300),
        window: { fromMs: nowMs - (1 + (index % 3)) * hourMs, toMs: nowMs },
      }),
    ),
  )
  assert.deepEqual(
    calls.map(({ metrics }) => metrics),
    [100],
  )
  answers.forEach((points, index) => {
    assert.equal(points.length, 12 * (1 + (index % 3)))
    assert.equal(points[0]?.atMs, nowMs - (1 + (index % 3)) * hourMs)
  })
})

test('a call has at most 500 metrics and 100,800 points; places and old data are asked apart', async () => {
  const { aws, clock, calls } = rig()
  const read = createBatcher({ aws, clock })
  const ask = (id: string, hours: number, periodSeconds = 60, region = 'eu-west-1', of = account) =>
    read({
      account: of,
      region,
      priority: 'interactive',
      query: cpu(id, periodSeconds),
      window: { fromMs: nowMs - hours * hourMs, toMs: nowMs },
    })
  await Promise.all(Array.from({ length: 1200 }, (_, index) => ask(`i-${index}`, 1)))
  assert.deepEqual(
    calls.map(({ metrics }) => metrics),
    [500, 500, 200],
  )
  calls.length = 0
  // A week by minutes is 10,080 points: ten of them fit.
  await Promise.all(Array.from({ length: 25 }, (_, index) => ask(`i-${index}`, 168)))
  assert.deepEqual(
    calls.map(({ metrics }) => metrics),
    [10, 10, 5],
  )
  calls.length = 0
  // Minutes are kept for 15 days: together with data of 20 days ago there would be none.
  await Promise.all([ask('i-1', 1), ask('i-2', 480, 300)])
  assert.equal(calls.length, 2)
  calls.length = 0
  await Promise.all([
    ask('i-1', 1),
    ask('i-1', 1, 60, 'us-east-1'),
    ask('i-1', 1, 60, 'eu-west-1', fakeAccount(accountB, 'b')),
  ])
  assert.equal(calls.length, 3)
})

const [source] = sourcesOf({ id: 'arn:aws:ec2:eu-west-1:111111111111:instance/i-1', summary: {}, config: {} })
assert.ok(source)
const last3Hours = (toMs: number) =>
  ({
    account,
    region: 'eu-west-1',
    source,
    periodSeconds: 60,
    window: { fromMs: toMs - 3 * hourMs, toMs },
    priority: 'interactive',
  }) as const

test('what is settled is read once: later only the end is asked for', async () => {
  const { aws, clock, calls, pass, now } = rig()
  const read = createSeriesCache({ read: createBatcher({ aws, clock }), clock })
  const first = await read(last3Hours(now()))
  assert.deepEqual([first.status, first.points.length], ['miss', 180])
  assert.equal((await read(last3Hours(now()))).status, 'hit')
  assert.equal(calls.length, 1)
  pass(10 * minuteMs)
  const second = await read(last3Hours(now()))
  assert.deepEqual([second.status, second.points.length], ['miss', 180])
  // All but the last 15 minutes of the first reading was final.
  assert.equal(calls[1]?.fromMs, nowMs - 15 * minuteMs)
  assert.deepEqual(second.points, pointsOf(cpu('i-1'), now() - 3 * hourMs, now()))
  // A closed time is never read again, however late it is.
  pass(24 * hourMs)
  assert.equal((await read(last3Hours(nowMs - hourMs))).status, 'miss') // it begins before what is there
  pass(24 * hourMs)
  assert.equal((await read(last3Hours(nowMs - hourMs))).status, 'hit')
  assert.equal(calls.length, 3)
})

test('readers of one moment share a read, and an older copy is answered when CloudWatch is away', async () => {
  const { aws, clock, calls, pass, fail, now } = rig()
  const read = createSeriesCache({ read: createBatcher({ aws, clock }), clock })
  const away = new Error('away')
  fail(away)
  await assert.rejects(read(last3Hours(now())), away)
  fail(undefined)
  await Promise.all(Array.from({ length: 50 }, () => read(last3Hours(now()))))
  assert.equal(calls.length, 2)
  pass(hourMs)
  fail(away)
  const stale = await read(last3Hours(now()))
  assert.deepEqual([stale.status, stale.failure, stale.points.length], ['stale', away, 120])
  await assert.rejects(read(last3Hours(now() + 24 * hourMs)), away)
})
