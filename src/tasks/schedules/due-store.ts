import type { Sql } from '#platform/db/database.ts'
import { isFirst } from './run-store.ts'
import type { ScheduleRecord } from './store.ts'

/** Schedules whose time has come, locked; those that another process is just taking are left to it. */
export const takeDueSchedules = (sql: Sql, now: Date, limit: number): Promise<ScheduleRecord[]> =>
  sql.query({
    name: 'schedules.take-due',
    text: `select * from schedules where is_enabled and next_run_at <= $1
      order by next_run_at limit $2 for no key update skip locked`,
    values: [now, limit],
  })

export const moveOn = (sql: Sql, id: string, nextRunAt: Date | null): Promise<unknown> =>
  sql.query({
    name: 'schedules.move-on',
    text: 'update schedules set next_run_at = $2 where id = $1',
    values: [id, nextRunAt],
  })

/** When the loop has something to do next: a schedule's time, or a run that waits. */
export const nextWork = async (sql: Sql): Promise<Date | null> => {
  const [row] = await sql.query<{ at: Date | null }>({
    name: 'schedules.next-work',
    text: `select least((select min(next_run_at) from schedules where is_enabled),
      (select min(ready_at) from schedule_runs r where status = 'pending' and ${isFirst})) as at`,
  })
  return row?.at ?? null
}
