import type { Clock } from '#platform/clock.ts'
import { createPace } from './pace.ts'

/** Work for so long is in hand beyond the slots where batches end in quick succession; at most so many, in units of the concurrency. */
const aheadMs = 50
const mostAhead = 6

/**
 * How much a worker has in hand: what it can run at once, as much again, and beyond that only what it ends in a moment. Slow
 * work is left to who is idle, and nothing is begun that would then wait for a slot; quick work shares its commits with more.
 */
export const createRoom = (options: { concurrency: number; clock: Clock; inHand: () => number }) => {
  const { concurrency, clock, inHand } = options
  const pace = createPace(clock)
  const ahead = (): number => Math.min(concurrency * mostAhead, pace.within(aheadMs))
  return {
    /** A batch is done with. */
    ended: pace.ended,
    /** Batches that may have lent their slots while others begin. */
    lendable: ahead,
    left: (): number => Math.floor(concurrency * 2 + ahead()) - inHand(),
    /** Whether that is enough to ask the database for. */
    isWorthClaiming: (room: number): boolean => room >= (concurrency + ahead()) / 2,
  }
}
