import type { Sql } from '#platform/db/database.ts'

export type Version = { operation: string; version: number }

/** Says which versions of operations this process's release knows. */
export const noteKnown = (sql: Sql, versions: readonly Version[]): Promise<unknown> =>
  sql.query({
    name: 'operations.note-known',
    text: `insert into operations_known (operation, version)
      select x.operation, x.version from jsonb_to_recordset($1::jsonb) as x(operation text, version int) order by 1, 2
      on conflict (operation, version) do update set seen_at = now()`,
    values: [JSON.stringify(versions)],
  })

/**
 * Looks which versions are asked for by tasks that have been open for ten minutes and not known to anybody who has been
 * heard of lately, and returns those for which that has been so for long, watched all the time. While no worker at all is
 * heard of nothing is concluded: they may be away, and come back.
 */
export const watchUnknown = (
  sql: Sql,
  limits: { heardWithinSeconds: number; unwatchedSeconds: number; unknownForSeconds: number; openForSeconds: number },
): Promise<Version[]> =>
  sql.query({
    name: 'operations.watch-unknown',
    text: `with heard as materialized (
        select operation, version from operations_known where seen_at > now() - make_interval(secs => $1)),
      unknown as materialized (
        select distinct t.operation, t.operation_version as version from tasks t
        where t.id < uuidv7_floor(now() - make_interval(secs => $4)) and t.finished_at is null
          and t.status not in ('awaiting_approval', 'scheduled', 'paused') and exists (select 1 from heard)
          and not exists (select 1 from heard h where h.operation = t.operation and h.version = t.operation_version)),
      gone as (
        delete from operations_unknown o
        where not exists (select 1 from unknown u where u.operation = o.operation and u.version = o.version)),
      watched as (
        insert into operations_unknown as o (operation, version) select operation, version from unknown
        on conflict (operation, version) do update set checked_at = now(),
          since = case when o.checked_at < now() - make_interval(secs => $2) then now() else o.since end
        returning operation, version, since)
      select operation, version from watched where since <= now() - make_interval(secs => $3)`,
    values: [limits.heardWithinSeconds, limits.unwatchedSeconds, limits.unknownForSeconds, limits.openForSeconds],
  })

export const openTasksOf = async (sql: Sql, { operation, version }: Version, limit: number): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({
    name: 'operations.open-tasks',
    text: `select id from tasks where operation = $1 and operation_version = $2 and finished_at is null
        and status not in ('awaiting_approval', 'scheduled', 'paused') order by id limit $3`,
    values: [operation, version, limit],
  })
  return rows.map(({ id }) => id)
}

/** Ends the items of a task that nobody has in hand; the caller holds the task's lock. */
export const failHeldItems = async (
  sql: Sql,
  taskId: string,
  error: { code: string; message: string },
): Promise<{ failed: number; waiting: number }> => {
  const rows = await sql.query<{ was: boolean }>({
    name: 'items.fail-held',
    text: `update items set status = 'failed', ready_at = null, in_wait = false, error = $2
      where task_id = $1 and status in ('pending', 'waiting') returning old.in_wait as was`,
    values: [taskId, JSON.stringify(error)],
  })
  return { failed: rows.length, waiting: rows.filter(({ was }) => was).length }
}

/** Counts them in their task, which is over with its last item, by the rules of advance-items.ts. */
export const countFailed = (
  sql: Sql,
  taskId: string,
  count: { failed: number; waiting: number },
  error: { code: string; message: string },
): Promise<unknown> =>
  sql.query({
    name: 'tasks.count-failed',
    text: `update tasks t set failed = failed + $2, open = open - $2, waiting = waiting - $3, error = $4,
        started_at = coalesce(started_at, now()), finished_at = case when open = $2 then now() end,
        status = case when open > $2 then status
          when status = 'cancelling' or cancelled > 0 then 'cancelled'
          when succeeded = 0 then 'failed' else 'partly_failed' end
      where id = $1`,
    values: [taskId, count.failed, count.waiting, JSON.stringify(error)],
  })
