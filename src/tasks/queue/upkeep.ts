import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { Log } from '#platform/log.ts'
import { expireApprovals } from '../control/cancel.ts'
import { archiveTasks, ensureFinishedPartitions } from '../store/archive-tasks.ts'
import { deleteOldIdempotencyKeys } from '../store/idempotency.ts'

const everyMs = 10_000
const hourlyMs = 3_600_000

/**
 * What keeps the queue small and true: finished tasks leave the hot tables, approvals that did not come expire, old
 * idempotency keys go, next month's partitions are made. Any number of processes may run it; rows are taken with SKIP LOCKED.
 */
export const createUpkeep = (options: {
  db: Database
  clock: Clock
  log: Log
  notifier: Notifier
  overForSeconds?: number
}) => {
  const { db, clock, log, notifier, overForSeconds = 60 } = options
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  let nextHourly = 0

  const round = async (): Promise<void> => {
    while (!stopping.signal.aborted && (await archiveTasks(db, { tasks: 500, items: 500, overForSeconds })) > 0);
    await expireApprovals({ db, notifier, now: clock.now })
    if (clock.monotonicMs() < nextHourly) return
    nextHourly = clock.monotonicMs() + hourlyMs
    await ensureFinishedPartitions(db)
    await deleteOldIdempotencyKeys(db)
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await round()
      } catch (error) {
        log.warn({ err: error }, 'upkeep of the queue failed; trying again')
      }
      await clock.sleep(everyMs, stopping.signal)
    }
  }

  return {
    start: (): void => {
      running = loop()
    },
    round,
    stop: async (): Promise<void> => {
      stopping.abort()
      await running
    },
  }
}
