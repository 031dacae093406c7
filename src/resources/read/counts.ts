import { createBoundedCache } from '#platform/bounded-cache.ts'
import type { Clock } from '#platform/clock.ts'

/** For so long it is remembered that more than `most` rows match, so that pages of large lists aren't counted each. */
const manyMs = 10_000
/** So much longer it is shown, while it is counted again behind whoever asks: a list that many look at is never waited for. */
const renewedWithinMs = 5_000
/** A count from this on is believed for so long: pages of one list are asked for together, and their rows are read anew. */
const worthRemembering = 500
const fewMs = 2_000
const mostRemembered = 1_000

export type Counts = {
  /** What may still be shown, without waiting. */
  known: (key: string, count: () => Promise<number>) => number | undefined
  /** Counted now, or by whoever is at it. */
  get: (key: string, count: () => Promise<number>) => Promise<number>
  /** What somebody has counted anyway. */
  put: (key: string, count: number) => void
}

/** What is remembered of how many match. Who wants to know the same at the same time waits for one count. */
export const createCounts = ({ clock, most }: { clock: Pick<Clock, 'monotonicMs'>; most: number }): Counts => {
  const counts = createBoundedCache<{ count: number; renewMs: number; endMs: number }>(mostRemembered)
  const counting = new Map<string, Promise<number>>()

  const put = (key: string, count: number): void => {
    if (count < worthRemembering && count <= most) return counts.delete(key)
    const nowMs = clock.monotonicMs()
    const [renewMs, endMs] =
      count > most ? [nowMs + manyMs, nowMs + manyMs + renewedWithinMs] : [nowMs + fewMs, nowMs + fewMs]
    counts.set(key, { count, renewMs, endMs })
  }

  const get: Counts['get'] = (key, count) => {
    const joined = counting.get(key)
    if (joined) return joined
    const one = count()
      .then((counted) => {
        put(key, counted)
        return counted
      })
      .finally(() => counting.delete(key))
    counting.set(key, one)
    return one
  }

  return {
    known: (key, count) => {
      const known = counts.get(key)
      const nowMs = clock.monotonicMs()
      if (known === undefined || nowMs >= known.endMs) return undefined
      // Where it fails, the next one tries again, and whoever waits for it is told.
      if (nowMs >= known.renewMs) get(key, count).catch(() => {})
      return known.count
    },
    get,
    put,
  }
}
