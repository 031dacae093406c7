import type { Sql } from '#platform/db/database.ts'

/** Nothing of the task begins before, once it is approved. */
export const putDelay = (sql: Sql, taskId: string, notBefore: Date): Promise<unknown> =>
  sql.query({
    text: `insert into task_delays (task_id, not_before) values ($1, $2)
      on conflict (task_id) do update set not_before = excluded.not_before`,
    values: [taskId, notBefore],
  })

export const delayOf = async (sql: Sql, taskId: string): Promise<Date | null> => {
  const [row] = await sql.query<{ notBefore: Date }>({
    name: 'delays.of',
    text: 'select not_before as "notBefore" from task_delays where task_id = $1',
    values: [taskId],
  })
  return row?.notBefore ?? null
}

export const insertBreakGlass = (
  sql: Sql,
  row: { taskId: string; byId: string; byEmail: string; reason: string; beginBy: Date },
): Promise<unknown> =>
  sql.query({
    text: `insert into task_break_glass (task_id, by_id, by_email, reason, begin_by) values ($1, $2, $3, $4, $5)`,
    values: [row.taskId, row.byId, row.byEmail, row.reason, row.beginBy],
  })

/** Break-glass tasks of which nothing has begun although their time is over. */
export const overdueBreakGlass = async (sql: Sql, now: Date): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({
    text: `select t.id from task_break_glass g join tasks t on t.id = g.task_id
      where g.begin_by <= $1 and t.started_at is null and t.status in ('scheduled', 'queued', 'paused') limit 100`,
    values: [now],
  })
  return rows.map((row) => row.id)
}

export type Unalerted = {
  taskId: string
  email: string
  reason: string
  beginBy: Date
  operation: string
  risk: string
  targets: number
}

/** Takes, in the caller's transaction, the broken glasses that nobody was told of yet. */
export const takeUnalerted = (sql: Sql): Promise<Unalerted[]> =>
  sql.query<Unalerted>({
    text: `update task_break_glass g set alerted_at = now() from all_tasks t
      where g.task_id in (
          select task_id from task_break_glass where alerted_at is null order by at limit 50 for update skip locked)
        and t.id = g.task_id
      returning g.task_id as "taskId", g.by_email as email, g.reason, g.begin_by as "beginBy", t.operation,
        t.plan->>'risk' as risk, t.total as targets`,
  })

/** What stands beside the rows of tasks: why they wait, and whether glass was broken for them. */
export type Governance = {
  id: string
  delayUntil: Date | null
  breakGlass: { email: string; userId: string; reason: string; beginBy: Date; at: Date } | null
  freezeName: string | null
  freezeUntil: Date | null
  passes: string | null
}

export const governanceOf = async (sql: Sql, ids: readonly string[]): Promise<Map<string, Governance>> => {
  if (ids.length === 0) return new Map()
  const rows = await sql.query<
    Omit<Governance, 'breakGlass'> & {
      email: string | null
      userId: string | null
      reason: string | null
      beginBy: Date | null
      at: Date | null
    }
  >({
    name: 'tasks.governance',
    text: `select x.id, d.not_before as "delayUntil", g.by_email as email, g.by_id as "userId", g.reason,
        g.begin_by as "beginBy", g.at, h.freeze_name as "freezeName", h.until as "freezeUntil", p.why as passes
      from unnest($1::uuid[]) as x(id)
      left join task_delays d on d.task_id = x.id
      left join task_break_glass g on g.task_id = x.id
      left join task_freeze_passes p on p.task_id = x.id
      left join lateral (
        select freeze_name, until from task_freeze_holds where task_id = x.id order by until desc limit 1) h on true
      where d.task_id is not null or g.task_id is not null or h.until is not null or p.task_id is not null`,
    values: [ids],
  })
  return new Map(
    rows.map(({ email, userId, reason, beginBy, at, ...row }) => [
      row.id,
      {
        ...row,
        breakGlass:
          email === null || userId === null || reason === null || beginBy === null || at === null
            ? null
            : { email, userId, reason, beginBy, at },
      },
    ]),
  )
}
