import type { Clock } from '#platform/clock.ts'
import { createPace } from './pace.ts'
import type { Slots } from './slots.ts'

/** Work for so long is in hand beyond the slots where batches end in quick succession; at most so many, in units of the concurrency. */
const aheadMs = 100
const mostAhead = 12
/** Most batches in this process, in units of the concurrency: those at work and those that only wait for their commit. */
const mostRecorded = 16

/**
 * How much a worker has in hand: what it can run at once, as much again, and beyond that only what it ends in a moment. Slow
 * work is left to who is idle, and nothing is begun that would then wait for a slot; quick work shares its commits with more.
 */
export const createRoom = (options: {
  concurrency: number
  clock: Clock
  slots: Pick<Slots, 'free' | 'owed'>
  /** Batches that have begun and are not yet on record as done, and those that have not begun. */
  running: () => number
  buffered: () => number
}) => {
  const { concurrency, clock, slots, running, buffered } = options
  const pace = createPace(clock)
  const ahead = (): number => Math.min(concurrency * mostAhead, pace.within(aheadMs))
  return {
    /** A batch is done with. */
    ended: pace.ended,
    /** Who lent a slot finds one when it comes back, but for as many as are done with in a moment. */
    mayBegin: (): boolean =>
      slots.free() > Math.max(0, slots.owed() - ahead()) && running() < concurrency * mostRecorded,
    left: (): number => Math.floor(concurrency + ahead()) + slots.free() - slots.owed() - buffered(),
    /** Whether that is enough to ask the database for. */
    isWorthClaiming: (room: number): boolean => room >= (concurrency + ahead()) / 2,
  }
}
