import type { Clock } from '#platform/clock.ts'
import { createPace } from './pace.ts'

/** Work for so long is claimed ahead where batches begin in quick succession; at most so many, in units of the concurrency. */
const aheadMs = 50
const mostAhead = 6

/**
 * How much a worker claims: what it can run at once, as much again, and beyond that only what it begins in a moment, since
 * others may be idle.
 */
export const createRoom = (options: { concurrency: number; clock: Clock; inHand: () => number }) => {
  const { concurrency, clock, inHand } = options
  const pace = createPace(clock)
  const ahead = (): number => Math.min(concurrency * mostAhead, pace.within(aheadMs))
  return {
    /** A batch began. */
    began: pace.began,
    left: (): number => Math.floor(concurrency * 2 + ahead()) - inHand(),
    /** Whether that is enough to ask the database for. */
    isWorthClaiming: (room: number): boolean => room >= (concurrency + ahead()) / 2,
  }
}
