import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { Log } from '#platform/log.ts'
import { AppError } from '#platform/app-error.ts'
import { decide } from '../control/decide.ts'
import { setTaskStatus } from '../store/control.ts'
import { nextChange } from './calendar.ts'
import { dropOldHolds, isAnythingHeld, unbegunItems } from './held-items.ts'
import type { FirstActs } from './held-items.ts'
import { applyFreezes, movesOf, statusOfUnbegun } from './hold.ts'
import { liveFreezes } from './store.ts'
import { windowAt } from './windows.ts'

/** What became due meanwhile by other ways (a retry, the next wave) is found within so long. */
const everyMs = 10_000

/** Thousands of tasks are not waited for. */
const mostEnforcingMs = 5_000

/**
 * Keeps what has not begun from beginning in a freeze that was made after it was filed. It looks when a freeze is made or
 * changed, at the moment a window begins or ends, and every 10 seconds while one holds. Any number of processes may run it.
 */
export const createFreezeKeeper = (deps: {
  db: Database
  clock: Clock
  log: Log
  notifier: Notifier
  firstActs: FirstActs
}) => {
  const { db, clock, log, notifier, firstActs } = deps
  const decider = { db, notifier, now: clock.now }
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()

  /** Holds and lets go whatever has to be now. */
  const enforce = async (): Promise<void> => {
    const now = clock.now()
    const freezes = await liveFreezes(db, now)
    const unbegun = await unbegunItems(db, firstActs, now, null)
    for (const taskId of new Set(movesOf(unbegun, freezes, now).map((move) => move.taskId))) await enforceOn(taskId)
    await dropOldHolds(db, clock.now())
  }

  const enforceOn = async (taskId: string): Promise<void> => {
    const acting = { principal: null, taskId, requestId: null }
    try {
      await decide(decider, acting, 'task.freeze', async (tx, task) => {
        const now = clock.now()
        const moved = await applyFreezes(tx, firstActs, taskId, now)
        if (moved.length === 0) throw new NothingMoved()
        const isUnbegun = task.started_at === null && (task.status === 'queued' || task.status === 'scheduled')
        const status = isUnbegun ? await statusOfUnbegun(tx, taskId, now) : task.status
        return {
          task: await setTaskStatus(tx, taskId, status),
          details: {
            places: moved.slice(0, mostRecorded).map(({ account, region, to, held }) => ({
              account,
              region,
              freeze: held && { id: held.freeze.id, name: held.freeze.name },
              notBefore: to.toISOString(),
            })),
          },
        }
      })
    } catch (error) {
      // Over, or begun by a worker, since it was looked at.
      if (!(error instanceof NothingMoved) && !(error instanceof AppError)) throw error
    }
  }

  const round = async (): Promise<Date | null> => {
    const now = clock.now()
    const freezes = await liveFreezes(db, now)
    const isActive = freezes.some(({ times }) => windowAt(times, now) !== null)
    if (isActive || (await isAnythingHeld(db))) await enforce()
    return nextChange(freezes, now)
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      let next: Date | null = null
      try {
        next = await round()
      } catch (error) {
        log.warn({ err: error }, 'freezes could not be looked after; trying again')
      }
      const untilNextMs = next === null ? everyMs : next.getTime() - clock.now().getTime()
      await clock.sleep(Math.max(1, Math.min(everyMs, untilNextMs)), stopping.signal)
    }
  }

  /** For who changed a freeze: what can be done about it in a moment is done when this resolves. */
  const enforceNow = async (): Promise<void> => {
    const enforcing = enforce().catch((error: unknown) => {
      log.warn({ err: error }, 'a change of the freezes could not be enforced at once; trying again')
    })
    await Promise.race([enforcing, clock.sleep(mostEnforcingMs, stopping.signal)])
  }

  return {
    enforce,
    enforceNow,
    start: (): void => {
      running = loop()
    },
    stop: async (): Promise<void> => {
      stopping.abort()
      await running
    },
  }
}
export type FreezeKeeper = ReturnType<typeof createFreezeKeeper>

const mostRecorded = 50

class NothingMoved extends Error {}
