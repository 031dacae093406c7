import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Listener } from '#platform/db/listen.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { Log } from '#platform/log.ts'
import { moveOn, nextWork, takeDueSchedules } from './due-store.ts'
import { runsOfDue } from './due.ts'
import { deleteOldRuns, insertRuns, takeRun } from './run-store.ts'
import type { RunRecord } from './run-store.ts'
import { runLeaseSeconds } from './run.ts'
import { tellOfSchedules } from './schedule-event.ts'
import { schedulesChannel } from './schedules.ts'

/** Between two looks at the table when nothing is due: a notification that got lost, or a clock that jumped, costs this. */
const longestSleepMs = 5_000
const shortestSleepMs = 5
/** Schedules whose times are moved on in one transaction. */
const batch = 50
/** Runs that are planned at a time in this process. */
const concurrency = 4
const runDays = 90
const purgeEveryMs = 3_600_000

/**
 * Runs schedules in any number of processes. Two moves, each its own commit: a time that came becomes a row (unique for
 * schedule and time) together with the schedule's next time; and a row that waits becomes a task. Whoever dies between them
 * leaves a row that somebody else finds.
 *
 * It sleeps until the next time, not from poll to poll.
 */
export const createScheduleLoop = (deps: {
  db: Database
  clock: Clock
  log: Log
  listener: Pick<Listener, 'on' | 'onReconnect'>
  notifier: Pick<Notifier, 'nudge'>
  run: (run: RunRecord) => Promise<void>
}) => {
  const { db, clock, log, listener } = deps
  const stopping = new AbortController()
  const underway = new Set<Promise<void>>()
  let napping = new AbortController()
  let isWanted = false
  let looping: Promise<void> = Promise.resolve()
  let purgedMs = -Infinity
  let unsubscribe: (() => void)[] = []

  const wake = (): void => {
    isWanted = true
    napping.abort()
  }

  /** Times that came become runs. */
  const advance = async (): Promise<number> =>
    db.transaction(async (tx) => {
      const now = clock.now()
      const due = await takeDueSchedules(tx, now, batch)
      if (due.length === 0) return 0
      const moved = due.map((schedule) => ({ schedule, ...runsOfDue(schedule, now) }))
      await insertRuns(
        tx,
        moved.flatMap(({ runs }) => runs),
      )
      for (const { schedule, nextRunAt } of moved) await moveOn(tx, schedule.id, nextRunAt)
      await tellOfSchedules(
        tx,
        deps.notifier,
        moved.map(({ schedule }) => ({ schedule: schedule.id, verb: 'due' })),
      )
      return due.length
    })

  /** Runs that are ready are begun, as many as there is room for. False when there is none. */
  const begin = async (): Promise<boolean> => {
    if (underway.size >= concurrency) return false
    const run = await takeRun(db, clock.now(), runLeaseSeconds)
    if (run === undefined) return false
    const work = deps
      .run(run)
      // It is ready again when its lease is over.
      .catch((error: unknown) => log.warn({ err: error, run: run.id }, 'a scheduled run was left'))
      .finally(() => {
        underway.delete(work)
        wake()
      })
    underway.add(work)
    return true
  }

  const nap = async (): Promise<void> => {
    if (!isWanted) {
      const next = underway.size >= concurrency ? null : await nextWork(db)
      const dueMs = next === null ? Infinity : next.getTime() - clock.now().getTime()
      napping = new AbortController()
      const signal = AbortSignal.any([napping.signal, stopping.signal])
      if (!isWanted) await clock.sleep(Math.min(Math.max(dueMs, shortestSleepMs), longestSleepMs), signal)
    }
    isWanted = false
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        while ((await advance()) === batch && !stopping.signal.aborted);
        while (!stopping.signal.aborted && (await begin()));
        if (clock.monotonicMs() - purgedMs > purgeEveryMs) {
          purgedMs = clock.monotonicMs()
          await deleteOldRuns(db, runDays)
        }
        await nap()
      } catch (error) {
        log.warn({ err: error }, 'schedules pause for a moment')
        await clock.sleep(1_000, stopping.signal)
      }
    }
  }

  return {
    start: (): void => {
      unsubscribe = [listener.on(schedulesChannel, wake), listener.onReconnect(wake)]
      looping = loop()
    },
    /** All that is due now, to its end; for tests. */
    round: async (): Promise<void> => {
      await advance()
      while (await begin()) {
        while (await begin());
        await Promise.all(underway)
      }
    },
    stop: async (): Promise<void> => {
      stopping.abort()
      for (const end of unsubscribe) end()
      await looping
      await Promise.all(underway)
    },
  }
}
