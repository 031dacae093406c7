import type { Account } from '#aws/cloud.ts'
import { monthlyUsdOfStoredObjects } from '#aws/prices.ts'
import type { AccountForecast, ForecastLine } from '#contracts/account-forecast.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { dayOf } from '../costs/judge-costs.ts'
import { readDailyStorage } from '../costs/store.ts'
import type { ReadMetrics } from '../forecasts/forecasts.ts'
import { lineOf, stepsIn } from './line.ts'

const dayMs = 86_400_000
const historyDays = 60
const aheadDays = 30
const gib = 2 ** 30
/** The largest ones; the rest are added up as the inventory has them, where they don't matter. */
const mostBuckets = 200

export type Candidates = (
  account: string,
  of: 'buckets' | 'burstable',
  limit: number,
) => Promise<{ id: string; name: string | null; region: string }[]>

/** What buckets hold by Region, by CloudWatch, and what volumes and snapshots were given, by the inventory. */
export const forecastStorage = async (
  deps: { db: Database; clock: Clock; metrics: ReadMetrics; candidates: Candidates },
  principal: Principal,
  account: Account,
): Promise<Omit<AccountForecast, 'account' | 'kind' | 'madeAt'>> => {
  const { db, clock, metrics, candidates } = deps
  const toMs = Date.parse(dayOf(clock.now().getTime()))
  const fromMs = toMs - historyDays * dayMs
  const buckets = await candidates(account.id, 'buckets', mostBuckets)
  const time = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), period: dayMs / 1000 }
  const read = await Promise.all(
    buckets.map(async ({ id, region }) => {
      // One that somebody deleted meanwhile, or that the reader may not read, is left out.
      const found = await metrics(principal, id, { name: 'BucketSizeBytes', points: 1500, ...time }).catch(
        () => undefined,
      )
      return { region, points: found?.series[0]?.points ?? [] }
    }),
  )
  const lines: ForecastLine[] = []
  for (const [region, own] of Map.groupBy(read, (one) => one.region)) {
    const values = stepsIn(
      own.flatMap(({ points }) => points.map(({ at, value }) => ({ atMs: Date.parse(at), value }))),
      { fromMs, toMs, stepMs: dayMs },
    )
    if (!values.some(Number.isFinite)) continue
    // Before the first value nothing was there.
    const begin = values.findIndex(Number.isFinite)
    lines.push(
      lineOf({
        name: `${own.length} ${own.length === 1 ? 'bucket' : 'buckets'}, Standard storage`,
        region,
        unit: 'Bytes',
        stepSeconds: dayMs / 1000,
        fromMs: fromMs + begin * dayMs,
        values: values.slice(begin),
        limit: null,
        horizon: aheadDays,
        monthlyUsdOf: (bytes) => monthlyUsdOfStoredObjects({ StandardStorage: bytes }, region),
      }).line,
    )
  }
  const days = await readDailyStorage(db, account.id, dayOf(fromMs))
  for (const [name, own] of Map.groupBy(days, ({ region, kind }) => `${kind} ${region}`)) {
    // A group has at least the one that made it.
    const [{ kind, region, day: first }] = own as [(typeof own)[number]]
    const begunMs = Date.parse(first)
    lines.push(
      lineOf({
        name: name.startsWith('volumes') ? 'Volumes, as large as they are' : 'Snapshots, as large as their volumes',
        region,
        unit: 'Bytes',
        stepSeconds: dayMs / 1000,
        fromMs: begunMs,
        values: stepsIn(
          own
            .filter((one) => one.kind === kind)
            .map(({ day, gib: size }) => ({ atMs: Date.parse(day), value: size * gib })),
          { fromMs: begunMs, toMs: Math.max(toMs, begunMs + dayMs), stepMs: dayMs },
        ),
        limit: null,
        horizon: aheadDays,
      }).line,
    )
  }
  const cut = `Only the ${mostBuckets} most expensive buckets are added up.`
  return { source: 'cloudwatch', lines, months: [], budget: null, note: buckets.length === mostBuckets ? cut : null }
}
