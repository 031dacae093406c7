import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import { deleteOldTouches } from '../store/touches.ts'
import { deleteOldLookups, deleteOldTrail } from '../store/trail.ts'
import { deleteOldVersions } from '../store/versions.ts'
import { databaseNow } from '../store/write.ts'

const everyMs = 3_600_000
/** Rows a statement: each is a transaction of its own, and none may hold up the live feed. */
const portion = 1_000
const dayMs = 86_400_000

export type HistoryRetention = {
  start: () => void
  stop: () => Promise<void>
}

/** The oldest moment that the history still tells of. */
export const keptSince = (now: Date, days: number): Date => new Date(now.getTime() - days * dayMs)

/** Removes what is older than the retention, in small portions, now and every hour. Any number of processes may. */
export const createHistoryRetention = (deps: {
  db: Database
  clock: Clock
  log: Log
  days: number
}): HistoryRetention => {
  const { db, clock, log, days } = deps
  const stopping = new AbortController()
  let running: Promise<void> | undefined

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const removed = await removeOld(db, keptSince(await databaseNow(db), days), stopping.signal)
        if (removed > 0) log.info({ removed }, 'old versions of resources were removed')
      } catch (error) {
        log.warn({ err: error }, 'old versions of resources could not be removed; trying again in an hour')
      }
      await clock.sleep(everyMs, stopping.signal)
    }
  }
  return {
    start: () => void (running ??= run()),
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** Removes what is from before that time. Returns how many versions went. */
export const removeOld = async (db: Database, before: Date, signal?: AbortSignal): Promise<number> => {
  let removed = 0
  for (const remove of [deleteOldVersions, deleteOldTouches, deleteOldTrail, deleteOldLookups]) {
    for (let count = portion; count === portion && signal?.aborted !== true;) {
      count = await remove(db, before, portion)
      if (remove === deleteOldVersions) removed += count
    }
  }
  return removed
}
