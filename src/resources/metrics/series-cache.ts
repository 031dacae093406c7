import type { Call } from '#aws/call.ts'
import type { Account } from '#aws/cloud.ts'
import type { MetricPoint } from '#aws/cloudwatch.ts'
import type { Clock } from '#platform/clock.ts'
import { keyOf } from './batcher.ts'
import type { Ask, Window } from './batcher.ts'
import type { MetricSource } from './source.ts'

/** How long what may still change is answered from here. CloudWatch has a new point once a minute at most. */
const freshMs = 30_000
/** Points of all series together; one takes about 40 bytes. */
const mostPoints = 500_000

/** What is known of one series: everything between two times, of which all before `settledMs` is final. */
type Kept = { fromMs: number; toMs: number; settledMs: number; points: MetricPoint[]; readMs: number }

export type SeriesRequest = {
  account: Account
  region: string
  source: MetricSource
  periodSeconds: number
  window: Window
  priority: Call['priority']
}
export type SeriesAnswer = { points: MetricPoint[]; ageMs: number; status: 'hit' | 'miss' | 'stale'; failure?: unknown }

/**
 * Series of metrics by period. A period that is closed and settled never changes: it is read once. What is newer is kept for half a
 * minute, then read again, and nothing before it. Readers of the same moment share one read. When CloudWatch can't be asked, what is
 * here is answered, with the failure; with nothing here the failure is thrown.
 */
export const createSeriesCache = (deps: { read: (ask: Ask) => Promise<MetricPoint[]>; clock: Clock }) => {
  const { read, clock } = deps
  const kept = new Map<string, Kept>()
  const pending = new Map<string, Promise<Kept>>()
  let points = 0

  const remember = (key: string, series: Kept): Kept => {
    points += series.points.length - (kept.get(key)?.points.length ?? 0)
    kept.delete(key)
    kept.set(key, series)
    for (const [oldest, { points: own }] of kept) {
      if (points <= mostPoints || oldest === key) break
      kept.delete(oldest)
      points -= own.length
    }
    return series
  }

  const renew = async (key: string, request: SeriesRequest, window: Window): Promise<Kept> => {
    const { account, region, source, periodSeconds, priority } = request
    const known = kept.get(key)
    // What is settled there already is not asked for again; a window that begins earlier, or is not connected, is read whole.
    const isContinued = known !== undefined && known.fromMs <= window.fromMs && window.fromMs <= known.toMs
    const fromMs = isContinued ? Math.min(known.settledMs, window.toMs) : window.fromMs
    const askedMs = clock.now().getTime()
    const { namespace, name, dimensions, statistic } = source
    const found = await read({
      account,
      region,
      priority,
      query: { namespace, name, dimensions, statistic, periodSeconds },
      window: { fromMs, toMs: window.toMs },
    })
    const before = isContinued ? known.points.filter(({ atMs }) => atMs < fromMs) : []
    const isSettled = askedMs - source.settlesAfterSeconds * 1000
    const settledMs = Math.floor(Math.min(isSettled, window.toMs) / (periodSeconds * 1000)) * periodSeconds * 1000
    return remember(key, {
      fromMs: isContinued ? known.fromMs : window.fromMs,
      toMs: window.toMs,
      settledMs: Math.max(settledMs, isContinued ? known.settledMs : window.fromMs),
      points: [...before, ...found],
      readMs: clock.monotonicMs(),
    })
  }

  return async (request: SeriesRequest): Promise<SeriesAnswer> => {
    const { account, region, source, periodSeconds } = request
    const key = JSON.stringify([account.cloud, account.id, region, keyOf({ ...source, periodSeconds })])
    const periodMs = periodSeconds * 1000
    const window = {
      fromMs: Math.floor(request.window.fromMs / periodMs) * periodMs,
      toMs: Math.ceil(request.window.toMs / periodMs) * periodMs,
    }
    const cut = ({ points: all }: Kept): MetricPoint[] =>
      all.filter(({ atMs }) => atMs >= request.window.fromMs && atMs < request.window.toMs)
    const known = kept.get(key)
    if (known !== undefined && known.fromMs <= window.fromMs) {
      kept.delete(key)
      kept.set(key, known) // to the end of the order in which series are dropped
      const ageMs = clock.monotonicMs() - known.readMs
      if (window.toMs <= known.settledMs || (ageMs < freshMs && window.toMs <= known.toMs + periodMs)) {
        return { points: cut(known), ageMs, status: 'hit' }
      }
    }
    try {
      const job = JSON.stringify([key, window.fromMs, window.toMs])
      let renewal = pending.get(job)
      if (renewal === undefined) {
        renewal = renew(key, request, window).finally(() => pending.delete(job))
        pending.set(job, renewal)
      }
      return { points: cut(await renewal), ageMs: 0, status: 'miss' }
    } catch (failure) {
      const older = kept.get(key)
      if (older === undefined || older.toMs <= window.fromMs || older.fromMs >= window.toMs) throw failure
      return { points: cut(older), ageMs: clock.monotonicMs() - older.readMs, status: 'stale', failure }
    }
  }
}
