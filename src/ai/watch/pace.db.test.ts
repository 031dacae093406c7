import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import type { Aws } from '#aws/cloud.ts'
import { quietLog } from '#aws/testing/host.ts'
import { systemClock } from '#platform/clock.ts'
import type { Clock } from '#platform/clock.ts'
import type { Watchable } from '#resources/watchable.ts'
import { createWatcher } from './watcher.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html: calls a second of an account and Region. */
const getMetricDataLimit = 500

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => void (database = await freshDatabase()))
after(() => database.drop())

test('a place is never read faster than a hundredth of what GetMetricData allows, not even while everything is new', async () => {
  let ms = Date.UTC(2026, 10, 27)
  // Time passes only where the watcher waits.
  const clock: Clock = {
    ...systemClock,
    now: () => new Date(ms),
    monotonicMs: () => ms,
    sleep: async (milliseconds) => void (ms += milliseconds),
  }
  const calls: { atMs: number; metrics: number }[] = []
  const account = { id: '111111111111', name: 'a', regions: ['eu-west-1'] }
  const aws = {
    accounts: { list: async () => [account], get: async () => account },
    cloudwatch: async () => ({
      getMetricData: async (_call: unknown, { queries }: { queries: unknown[] }) => {
        calls.push({ atMs: ms, metrics: queries.length })
        return queries.map(() => [])
      },
    }),
  } as unknown as Aws
  const { db } = database
  const watcher = createWatcher({
    db,
    aws,
    clock,
    log: quietLog,
    near: async () => new Map(),
    tell: async () => {},
    resolve: async () => {},
    advise: async () => {},
    watchable: async ({ region }) =>
      Array.from({ length: 100 }, (_, n): Watchable => {
        const id = `arn:aws:ec2:eu-west-1:111111111111:instance/i-${n}`
        const source = (name: string) => ({
          name,
          namespace: 'AWS/EC2',
          dimensions: { InstanceId: `i-${n}` },
          statistic: 'Average' as const,
          unit: 'Percent',
          shortestPeriodSeconds: 60,
          settlesAfterSeconds: 900,
        })
        return {
          id,
          account: account.id,
          region,
          type: 'ec2.instance',
          name: null,
          state: 'running',
          tags: {},
          summary: {},
          monthlyUsd: 1,
          reasons: ['cost'],
          sources: [source('CPUUtilization'), source('NetworkOut')],
        }
      }),
  })
  assert.equal(await watcher.lookNext(), true)
  assert.equal(
    calls.reduce((sum, { metrics }) => sum + metrics, 0),
    200,
    'every metric was read',
  )
  const leastMs = 1000 / (getMetricDataLimit / 100)
  for (const [index, { atMs }] of calls.entries())
    if (index > 0) assert.ok(atMs - calls[index - 1]!.atMs >= leastMs, `call ${index}`)
  assert.ok(calls.length > 50, 'enough to be too fast')
  await watcher.stop()
})
