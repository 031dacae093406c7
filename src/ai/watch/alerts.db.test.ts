import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import type { Account, Aws } from '#aws/cloud.ts'
import type { MetricPoint, MetricQuery } from '#aws/cloudwatch.ts'
import { quietLog } from '#aws/testing/host.ts'
import { createMonitoring } from '#monitoring/monitoring.ts'
import { createCache } from '#platform/cache/cache.ts'
import { systemClock } from '#platform/clock.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createCrypto } from '#security/crypto.ts'
import { createAi } from '../ai.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const account: Account = {
  id: '111111111111',
  name: 'a',
  cloud: 'sandbox',
  regions: ['eu-west-1'],
  credentials: { kind: 'sandbox' },
  isProduction: false,
}
const id = `arn:aws:ec2:eu-west-1:${account.id}:instance/i-1`
const beganMs = Date.UTC(2026, 10, 25, 12)
/** At its limit for 40 minutes, else by the time of day, with a little noise that repeats. */
const cpuAt = (atMs: number): number =>
  atMs >= beganMs && atMs < beganMs + 40 * minuteMs
    ? 99
    : 40 + 10 * Math.sin((2 * Math.PI * atMs) / (24 * hourMs)) + ((atMs / (5 * minuteMs)) % 7) * 0.3

const notNeeded = (): never => assert.fail('it is not needed here')

/** The AI service over a cloud in memory, with monitoring's own alerts behind it. */
const run = async (db: Database, hasAlerts: boolean) => {
  let ms = beganMs + 45 * minuteMs
  const clock: Clock = {
    ...systemClock,
    now: () => new Date(ms),
    sleep: (_ms, signal) => systemClock.sleep(5, signal),
  }
  await db.query({
    text: `insert into accounts (id, name, cloud, regions, credentials) values ($1, 'a', 'sandbox', '{eu-west-1}', '{"kind":"sandbox"}')`,
    values: [account.id],
  })
  const accounts = { list: async () => [account], get: async () => account }
  const aws = {
    accounts,
    cloudwatch: async () => ({
      getMetricData: async (_call: unknown, { queries, from, to }: { queries: MetricQuery[]; from: Date; to: Date }) =>
        queries.map(() => {
          const points: MetricPoint[] = []
          for (let atMs = from.getTime(); atMs < to.getTime(); atMs += 5 * minuteMs)
            points.push({ atMs, value: cpuAt(atMs) })
          return points
        }),
    }),
    costExplorer: async () => ({ costsOf: notNeeded, resourceDays: notNeeded, dailyCosts: async () => [] }),
  } as unknown as Aws
  const deps = { db, log: quietLog, clock, notifier: { nudge: () => {} } }
  const monitoring = createMonitoring({
    ...deps,
    aws,
    access: { decide: async () => ({ allowed: true, reasons: [] }), require: async () => {} },
    crypto: createCrypto(Buffer.alloc(32, 7)),
    listener: { on: () => () => {}, onReconnect: () => () => {}, close: async () => {} },
    principalOf: notNeeded,
    describeTasks: async () => new Map(),
  })
  const ai = createAi({
    ...deps,
    aws,
    cache: createCache({ memoryBytes: 1024, log: quietLog }),
    resources: {
      find: notNeeded,
      metrics: notNeeded,
      readableAccounts: notNeeded,
      candidates: notNeeded,
      advisable: async () => [],
      current: async () => [],
      unused: async () => [],
      near: async () => new Map(),
      totals: { read: async () => ({ costs: [], storage: [] }), identify: notNeeded, newcomers: notNeeded },
      watchable: async ({ region }) => [
        {
          id,
          account: account.id,
          region,
          type: 'ec2.instance',
          name: 'web-1',
          state: 'running',
          tags: {},
          summary: {},
          monthlyUsd: 70,
          reasons: ['alarm'],
          sources: [
            {
              name: 'CPUUtilization',
              namespace: 'AWS/EC2',
              dimensions: { InstanceId: 'i-1' },
              statistic: 'Average',
              unit: 'Percent',
              shortestPeriodSeconds: 60,
              settlesAfterSeconds: 900,
            },
          ],
        },
      ],
    },
    plan: notNeeded,
    hasAlerts,
    raiseAlert: monitoring.raiseAlert,
    resolveAlert: monitoring.resolveAlert,
  })
  ai.watcher.start()
  return {
    stop: ai.watcher.stop,
    lookAgain: async (minutes: number) => {
      ms += minutes * minuteMs
      // Twice: the first time may be the end of a look that began before.
      for (let twice = 0; twice < 2; twice++) {
        await db.query({ text: 'update watch_places set next_at = now()' })
        await waitFor('another look', async () => {
          const rows = await db.query({
            text: `select 1 from watch_places where next_at > now() and last_error is null`,
          })
          return rows.length > 0
        })
      }
    },
  }
}
type AlertRow = {
  status: string
  title: string
  severity: string
  occurrences: number
  account: string
  subject: object
}
const alertsIn = (db: Database): Promise<AlertRow[]> =>
  db.query({ text: `select status, title, severity, occurrences, account, subject from alerts` })
const incidentsIn = (db: Database): Promise<{ isOver: boolean }[]> =>
  db.query({ text: `select over_at is not null as "isOver" from anomaly_incidents` })

test('an anomaly raises one alert, and when it is over the alert is resolved', async () => {
  const database = await freshDatabase()
  const { db } = database
  const ai = await run(db, true)
  try {
    const [first] = await waitFor('the alert', async () => {
      const rows = await alertsIn(db)
      return rows.length > 0 && rows
    })
    assert.deepEqual(first, {
      status: 'open',
      title: 'CPUUtilization of web-1 is unusual',
      severity: 'info',
      occurrences: 1,
      account: account.id,
      subject: { type: 'Resource', id },
    })
    // Ten minutes later it goes on, or has just ended: still the same alert, raised once.
    await ai.lookAgain(10)
    assert.deepEqual(await alertsIn(db), [first])
    await ai.lookAgain(90)
    await waitFor('its end', async () => (await alertsIn(db))[0]?.status === 'resolved')
    await ai.lookAgain(30)
    assert.deepEqual(await alertsIn(db), [{ ...first, status: 'resolved' }])
  } finally {
    await ai.stop()
    await database.drop()
  }
})

test('unless somebody wants alerts there are none, and the incident is there all the same', async () => {
  const database = await freshDatabase()
  const { db } = database
  const ai = await run(db, false)
  try {
    await waitFor('the incident', async () => (await incidentsIn(db)).length > 0)
    await ai.lookAgain(120)
    await waitFor('its end', async () => (await incidentsIn(db)).every(({ isOver }) => isOver))
    assert.deepEqual(await alertsIn(db), [])
  } finally {
    await ai.stop()
    await database.drop()
  }
})
