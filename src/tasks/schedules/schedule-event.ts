import type { Sql, Transaction } from '#platform/db/database.ts'
import { appendEvents } from '#platform/events/append.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { RunRecord } from './run-store.ts'

/** What became of a schedule, or of one of its runs, as the live feed tells it. */
export type ScheduleNews = {
  schedule: string
  /** "create", "change", "pause", ... as in the audit log; "due": a time of its came; "run": a run is over. */
  verb: string
  run?: { id: string; status: RunRecord['status']; task: string | null }
}

/** Written in the transaction of what it tells of, so that it is told exactly when it is so. */
export const appendScheduleEvents = (sql: Sql, news: readonly ScheduleNews[]): Promise<void> =>
  appendEvents(
    sql,
    news.map(({ schedule, verb, run }) => ({
      topics: ['schedules'],
      type: run === undefined ? 'schedule.changed' : 'schedule.run',
      data: { schedule, verb, ...(run === undefined ? {} : { run }) },
    })),
  )

/** The same, and wakes the readers after the commit. */
export const tellOfSchedules = async (
  tx: Transaction,
  notifier: Pick<Notifier, 'nudge'>,
  news: readonly ScheduleNews[],
): Promise<void> => {
  await appendScheduleEvents(tx, news)
  tx.afterCommit(() => notifier.nudge('events'))
}
