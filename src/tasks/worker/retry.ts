import type { Outcome } from '../operation.ts'

type RetryKind = Exclude<Extract<Outcome, { kind: 'failed' }>['retry'], 'never'>

/** How often a step is tried in all, by the kind of its failure. A throttle says "later", so it is tried for long. */
export const mostAttempts: Record<RetryKind, number> = { throttled: 50, transient: 10, unknown: 10 }

/** A worker that died holding an item may have died of it: after so many the item is given up. */
export const mostRecoveries = 5

const firstSeconds: Record<RetryKind, number> = { throttled: 1, transient: 1, unknown: 2 }
const longestSeconds = 60

/**
 * Seconds of cloud time to the next attempt: doubling up to a minute, spread over the upper half of that by the item's id
 * (equal jitter, without randomness, so that a test can say what it expects).
 */
export const backoffSeconds = (kind: RetryKind, attempt: number, itemId: string): number => {
  const full = Math.min(longestSeconds, firstSeconds[kind] * 2 ** Math.min(attempt, 10))
  return full / 2 + (full / 2) * spreadOf(itemId)
}

/** Held items come back a little apart, so that one tries the way and finds it open before the others ask. Wall time. */
export const heldSpreadMs = (itemId: string): number => Math.round(200 * spreadOf(itemId))

const spreadOf = (itemId: string): number => Number.parseInt(itemId.slice(-4), 16) / 0xffff
