import { monthlyUsdOfStoredObjects } from '#aws/prices.ts'
import type { ForecastQuery, MetricForecast } from '#contracts/forecast.ts'
import type { Metrics, MetricsQuery } from '#contracts/inventory.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Cache } from '#platform/cache/cache.ts'
import type { Clock } from '#platform/clock.ts'
import type { Find } from '../find.ts'
import type { Continued } from './continue.ts'
import { continueSeries } from './continue.ts'
import { exhaustionOf } from './exhaustion.ts'
import { isBalance, limitOf } from './limits.ts'

/** The resource service's: metrics of a resource, where the principal may read it. */
export type ReadMetrics = (principal: Principal, id: string, query: MetricsQuery) => Promise<Metrics>

const secondMs = 1000
const daySeconds = 86_400
/** Two whole weeks and two more: from fifteen days on the week is seen as a season. */
const historyDays = { hourly: 28, fine: 15 }
/** Of what is measured once a day two weeks are no history; CloudWatch keeps it for 455 days. */
const dailyHistoryDays = 60
/** Steps without a value until nothing can be said: an instance that was stopped has no future to forecast. */
const mostBehind = 6
const keptSeconds = 3600
/** More points make no better line on a screen. */
const mostPoints = 400
/** As many as a metric is read with: all of its history, none left out. */
const mostValues = 1500

/**
 * How a metric is expected to go on, and when what it measures is used up. What was measured comes from the resource service, which
 * reads it within the account's quota; the result is kept for an hour.
 */
export const createForecasts = (deps: { find: Find; metrics: ReadMetrics; cache: Cache; clock: Clock }) => {
  const { find, metrics, cache, clock } = deps

  const make = async (principal: Principal, query: ForecastQuery): Promise<MetricForecast & { isStale: boolean }> => {
    const { resource } = await find(principal, query.resource)
    const { metric } = query
    const isDaily = resource.type === 's3.bucket'
    const days = query.days ?? (isBalance(metric) ? 2 : 14)
    const isFine = isBalance(metric) && days <= 2
    const stepSeconds = isDaily ? daySeconds : isFine ? 900 : 3600
    const stepMs = stepSeconds * secondMs
    const nowMs = clock.now().getTime()
    // The step that is under way would be too low a sum, and half a mean.
    const toMs = Math.floor(nowMs / stepMs) * stepMs
    const lookBack = isDaily ? dailyHistoryDays : isFine ? historyDays.fine : historyDays.hourly
    const fromMs = toMs - lookBack * daySeconds * secondMs
    const read = await metrics(principal, resource.id, {
      name: metric,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      period: stepSeconds,
      points: mostValues,
    })
    // One metric was asked for, by its name.
    const series = read.series[0]!
    const values = valuesOf(series.points, { fromMs, toMs, stepMs })
    const beginMs = fromMs + values.length * stepMs
    const horizon = Math.max(1, Math.round((toMs + days * daySeconds * secondMs - beginMs) / stepMs))
    const isOld = values.length > 0 && toMs - beginMs > mostBehind * stepMs
    const continued: Continued = isOld
      ? { method: null, unknown: `Nothing was measured since ${new Date(beginMs).toISOString()}.` }
      : continueSeries(values, stepSeconds, horizon)
    const limit = limitOf(metric, resource.summary)
    const shared = {
      resource: resource.id,
      metric,
      unit: series.unit,
      stepSeconds,
      madeAt: new Date(nowMs).toISOString(),
      until: new Date(beginMs + horizon * stepMs).toISOString(),
      limit,
      isStale: read.freshness.status === 'stale',
    }
    if (continued.method === null)
      return {
        ...shared,
        method: null,
        points: [],
        exhaustion: null,
        monthlyUsd: null,
        unknown: continued.unknown,
        because: null,
      }
    const within = rangeOf(series.unit, values)
    const points = continued.points.map(({ value, low, high }) => ({
      value: within(value),
      low: within(low),
      high: within(high),
    }))
    const every = Math.ceil(points.length / mostPoints)
    const costOf = (bytes: number): number =>
      monthlyUsdOfStoredObjects({ StandardStorage: bytes }, resource.region ?? 'us-east-1')
    // The series is not empty: something was continued.
    const last = values.findLast(Number.isFinite)!
    const end = points.at(-1)!
    return {
      ...shared,
      method: continued.method,
      points: points.flatMap((point, index) =>
        index % every === 0 ? [{ at: new Date(beginMs + index * stepMs).toISOString(), ...point }] : [],
      ),
      exhaustion: limit === null ? null : exhaustionOf(points, limit, { last, fromMs: beginMs, stepMs }),
      monthlyUsd:
        metric === 'BucketSizeBytes'
          ? { now: costOf(last), expected: costOf(end.value), low: costOf(end.low), high: costOf(end.high) }
          : null,
      unknown: null,
      because: continued.because,
    }
  }

  return async (principal: Principal, query: ForecastQuery): Promise<MetricForecast> => {
    // Whoever may not read the resource gets no copy either.
    const { resource, account } = await find(principal, query.resource)
    const key = `forecast:${account.cloud}:${account.id}:${query.metric}:${query.days ?? ''}:${resource.id}`
    const kept = await cache.get<MetricForecast>(key)
    // A copy of the future is of a clock that was set back.
    const ageMs = kept === undefined ? Infinity : clock.now().getTime() - Date.parse(kept.madeAt)
    if (kept !== undefined && ageMs >= 0 && ageMs < keptSeconds * secondMs) return kept
    const { isStale, ...made } = await make(principal, { ...query, resource: resource.id })
    // What rests on an older copy, because AWS didn't answer, is made anew as soon as it does.
    if (!isStale) cache.set(key, made, keptSeconds)
    return made
  }
}

/** One value for each step up to the last one that was measured, NaN where none was. */
const valuesOf = (
  points: Metrics['series'][number]['points'],
  { fromMs, toMs, stepMs }: { fromMs: number; toMs: number; stepMs: number },
): number[] => {
  const values = Array.from({ length: Math.round((toMs - fromMs) / stepMs) }, () => Number.NaN)
  for (const { at, value } of points) {
    const index = Math.floor((Date.parse(at) - fromMs) / stepMs)
    if (index >= 0 && index < values.length) values[index] = value
  }
  return values.slice(0, values.findLastIndex(Number.isFinite) + 1)
}

/** Nothing is more than 100 percent, and what was never negative doesn't become so. */
const rangeOf = (unit: string, values: readonly number[]): ((value: number) => number) => {
  const least = values.some((value) => value < 0) ? -Infinity : 0
  const most = unit === 'Percent' ? 100 : Infinity
  return (value) => Math.min(most, Math.max(least, value))
}
