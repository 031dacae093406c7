import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import type { Cursor } from './cursor.ts'
import { readHorizon, readNext } from './events.ts'
import type { PublishedEvent } from './events.ts'

const batchSize = 1_000
/** A lost notification costs at most this. */
const pollMs = 1_000
/** Events that wait for an older transaction are looked for this often, more and more rarely. */
const shortestHeldMs = 4
const longestHeldMs = 100

/**
 * The one reader of the event log in this process. Each event is handed on once, in the order of the log, and only when no
 * older transaction can still put one before it; so a position is all that a client needs to go on later.
 */
export const startTail = async (options: {
  db: Database
  clock: Clock
  log: Log
  /** Calls back when there may be something new. */
  onNews: (callback: () => void) => () => void
  publish: (events: PublishedEvent[]) => void
}): Promise<{ position: () => Cursor; stop: () => Promise<void> }> => {
  const { db, clock, log } = options
  let position = await readHorizon(db)
  let isNudged = false
  let isStopped = false
  let nap = new AbortController()
  const wake = (): void => {
    isNudged = true
    nap.abort()
  }
  const sleep = async (milliseconds: number): Promise<void> => {
    nap = new AbortController()
    if (!isNudged) await clock.sleep(milliseconds, nap.signal)
  }

  const run = async (): Promise<void> => {
    let heldMs = shortestHeldMs
    while (!isStopped) {
      isNudged = false
      try {
        const { events, isHeldBack } = await readNext(db, position, batchSize)
        const last = events.at(-1)
        if (last !== undefined) {
          position = last.cursor
          heldMs = shortestHeldMs
          options.publish(events)
        }
        if (events.length === batchSize) continue
        await sleep(isHeldBack ? heldMs : pollMs)
        if (isHeldBack) heldMs = Math.min(heldMs * 2, longestHeldMs)
      } catch (error) {
        if (isStopped) return
        log.warn({ err: error }, 'the event log cannot be read; trying again')
        isNudged = false
        await sleep(pollMs)
      }
    }
  }

  const unsubscribe = options.onNews(wake)
  const running = run()
  return {
    position: () => position,
    stop: async () => {
      isStopped = true
      unsubscribe()
      wake()
      await running
    },
  }
}
