import type { Clock } from '#platform/clock.ts'

/** A pace is measured over at least that long. */
const shortestMs = 10
/** What was longer ago says nothing about now. */
const longestMs = 200

/** How many batches a worker ends in a stretch of time, from the last moments. */
export const createPace = (clock: Pick<Clock, 'monotonicMs'>) => {
  let ended = 0
  let sinceMs = clock.monotonicMs()
  let perMs = 0
  return {
    ended: (): void => void ended++,
    within: (milliseconds: number): number => {
      const passedMs = clock.monotonicMs() - sinceMs
      if (passedMs >= shortestMs) {
        const latest = ended / passedMs
        perMs = passedMs > longestMs ? latest : (perMs + latest) / 2
        ended = 0
        sinceMs += passedMs
      }
      return perMs * milliseconds
    },
  }
}
