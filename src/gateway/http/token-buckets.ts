import type { Clock } from '#platform/clock.ts'

/** `burst` requests at once, refilled at `perSecond`. */
export type Rate = { burst: number; perSecond: number }

export type Taken = {
  isAllowed: boolean
  /** Whole tokens that are left. */
  remaining: number
  /** Seconds until the next token (when refused) or until the bucket is full again. */
  resetSeconds: number
}

/**
 * Token buckets by key, in memory. Memory is bounded: beyond `maxKeys` the bucket that was used longest ago is forgotten,
 * which can only be to the advantage of whoever it belonged to.
 */
export const createTokenBuckets = (rate: Rate, clock: Pick<Clock, 'monotonicMs'>, maxKeys = 10_000) => {
  const buckets = new Map<string, { tokens: number; atMs: number }>()

  const bucketOf = (key: string): { tokens: number; atMs: number } => {
    const nowMs = clock.monotonicMs()
    const known = buckets.get(key)
    if (known === undefined) {
      const [oldest] = buckets.keys()
      if (buckets.size >= maxKeys && oldest !== undefined) buckets.delete(oldest)
    } else {
      buckets.delete(key) // and set again below: a Map keeps the order of insertion, so this is the order of last use
      known.tokens = Math.min(rate.burst, known.tokens + ((nowMs - known.atMs) / 1000) * rate.perSecond)
      known.atMs = nowMs
    }
    const bucket = known ?? { tokens: rate.burst, atMs: nowMs }
    buckets.set(key, bucket)
    return bucket
  }

  return {
    rate,
    take: (key: string): Taken => {
      const bucket = bucketOf(key)
      if (bucket.tokens < 1) {
        return { isAllowed: false, remaining: 0, resetSeconds: Math.ceil((1 - bucket.tokens) / rate.perSecond) }
      }
      bucket.tokens -= 1
      return {
        isAllowed: true,
        remaining: Math.floor(bucket.tokens),
        resetSeconds: Math.ceil((rate.burst - bucket.tokens) / rate.perSecond),
      }
    },
    /** Gives one token back. */
    giveBack: (key: string): void => {
      const bucket = bucketOf(key)
      bucket.tokens = Math.min(rate.burst, bucket.tokens + 1)
    },
    size: (): number => buckets.size,
  }
}
export type TokenBuckets = ReturnType<typeof createTokenBuckets>
