import type { Sql } from '#platform/db/database.ts'

export type RunRecord = {
  id: string
  schedule_id: string
  due_at: Date
  trigger: 'time' | 'manual'
  is_made_up: boolean
  status: 'pending' | 'filed' | 'skipped' | 'failed'
  why: string | null
  missed: number
  task_id: string | null
  attempts: number
  created_at: Date
  finished_at: Date | null
}

export type NewRun = Pick<RunRecord, 'id' | 'schedule_id' | 'due_at' | 'trigger' | 'is_made_up' | 'missed'> & {
  status: 'pending' | 'skipped'
  why: string | null
  readyAt: Date
}

/** A run that is there already, of the same schedule and time, stays the only one. */
export const insertRuns = (sql: Sql, runs: readonly NewRun[]): Promise<{ id: string }[]> =>
  sql.query({
    name: 'schedule-runs.insert',
    text: `insert into schedule_runs (id, schedule_id, due_at, trigger, is_made_up, missed, status, why, ready_at, finished_at)
      select x.id, x.schedule_id, x.due_at, x.trigger, x.is_made_up, x.missed, x.status, x.why, x."readyAt",
        case when x.status <> 'pending' then now() end
      from jsonb_to_recordset($1::jsonb) as x(id uuid, schedule_id uuid, due_at timestamptz, trigger text,
        is_made_up boolean, missed int, status text, why text, "readyAt" timestamptz)
      on conflict do nothing returning id`,
    values: [JSON.stringify(runs)],
  })

/** Runs of one schedule come one after another: of a run `r`, that no earlier one waits. */
export const isFirst = `not exists (select 1 from schedule_runs e
  where e.schedule_id = r.schedule_id and e.status = 'pending' and e.due_at < r.due_at)`

/**
 * Takes one run that is ready, for so long: when the process dies it is ready again. Runs of one schedule come one after
 * another, in the order of their times.
 */
export const takeRun = async (sql: Sql, now: Date, leaseSeconds: number): Promise<RunRecord | undefined> => {
  const [row] = await sql.query<RunRecord>({
    name: 'schedule-runs.take',
    text: `update schedule_runs set attempts = attempts + 1, ready_at = $1::timestamptz + make_interval(secs => $2)
      where id = (
        select r.id from schedule_runs r where r.status = 'pending' and r.ready_at <= $1
          and ${isFirst}
        order by r.ready_at limit 1 for update skip locked)
      returning *`,
    values: [now, leaseSeconds],
  })
  return row
}

/** `isCounted`: this was a try, of which there are only some. */
export const putOffRun = (sql: Sql, id: string, until: Date, isCounted: boolean): Promise<unknown> =>
  sql.query({
    name: 'schedule-runs.put-off',
    text: `update schedule_runs set ready_at = $2, attempts = attempts - case when $3 then 0 else 1 end
      where id = $1 and status = 'pending'`,
    values: [id, until, isCounted],
  })

/** False when it is over already: somebody else ended it meanwhile. */
export const endRun = async (
  sql: Sql,
  id: string,
  end: { status: 'filed' | 'skipped' | 'failed'; why: string | null; taskId: string | null },
): Promise<boolean> => {
  const rows = await sql.query({
    name: 'schedule-runs.end',
    text: `update schedule_runs set status = $2, why = $3, task_id = $4, finished_at = now()
      where id = $1 and status = 'pending' returning id`,
    values: [id, end.status, end.why, end.taskId],
  })
  return rows.length === 1
}

/** A task that an earlier run of this schedule filed and that is not over. */
export const openTaskOf = async (sql: Sql, scheduleId: string): Promise<string | null> => {
  const [row] = await sql.query<{ id: string }>({
    name: 'schedule-runs.open-task',
    text: `select t.id from tasks t where t.finished_at is null and t.id in (
        select task_id from schedule_runs where schedule_id = $1 and task_id is not null order by id desc limit 50)
      limit 1`,
    values: [scheduleId],
  })
  return row?.id ?? null
}

/** Newest first; one more than `limit`. */
export const listRuns = (
  sql: Sql,
  scheduleId: string,
  page: { limit: number; beforeId: string | null },
): Promise<RunRecord[]> =>
  sql.query({
    name: 'schedule-runs.list',
    text: `select * from schedule_runs where schedule_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
    values: [scheduleId, page.beforeId, page.limit + 1],
  })

export const countRuns = async (sql: Sql, scheduleId: string, most: number): Promise<number> => {
  const [row] = await sql.query<{ count: number }>({
    name: 'schedule-runs.count',
    text: `select count(*)::int as count from (select 1 from schedule_runs where schedule_id = $1 limit $2) x`,
    values: [scheduleId, most],
  })
  return row?.count ?? 0
}

/** The newest run of each of these schedules. */
export const lastRuns = async (sql: Sql, scheduleIds: readonly string[]): Promise<Map<string, RunRecord>> => {
  const rows = await sql.query<RunRecord>({
    name: 'schedule-runs.last',
    text: `select r.* from unnest($1::uuid[]) as s(id), lateral (
      select * from schedule_runs where schedule_id = s.id order by id desc limit 1) r`,
    values: [scheduleIds],
  })
  return new Map(rows.map((row) => [row.schedule_id, row]))
}

/** Runs are kept for so many days. */
export const deleteOldRuns = (sql: Sql, days: number): Promise<unknown> =>
  sql.query({
    text: `delete from schedule_runs where id in (
      select id from schedule_runs where finished_at < now() - make_interval(days => $1) limit 1000)`,
    values: [days],
  })
