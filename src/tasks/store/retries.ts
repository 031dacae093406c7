import type { Sql } from '#platform/db/database.ts'
import type { TaskStatus } from './shapes.ts'

/** The task whose failed items this one tries again, or null. */
export const retryOf = async (sql: Sql, taskId: string): Promise<string | null> => {
  const [row] = await sql.query<{ origin: string }>({
    name: 'retries.origin',
    text: `select retry_of as origin from task_retries where task_id = $1`,
    values: [taskId],
  })
  return row?.origin ?? null
}

/** The tasks that try this one again, the newest first. */
export const retriesOf = (sql: Sql, taskId: string): Promise<{ id: string; status: TaskStatus }[]> =>
  sql.query({
    name: 'retries.of',
    text: `select t.id, t.status from task_retries r join all_tasks t on t.id = r.task_id
      where r.retry_of = $1 order by t.id desc limit 100`,
    values: [taskId],
  })

/** Targets that a retry of the task has done already. */
export const targetsRetried = async (sql: Sql, taskId: string): Promise<Set<string>> => {
  const rows = await sql.query<{ id: string }>({
    name: 'retries.targets',
    text: `select distinct i.target_id as id from task_retries r join all_items i on i.task_id = r.task_id
      where r.retry_of = $1 and i.status = 'succeeded'`,
    values: [taskId],
  })
  return new Set(rows.map((row) => row.id))
}

/**
 * Links a new task to the one that it tries again, in its transaction; false when another retry of it is not over. Whoever
 * comes second waits for the first to commit, and then sees it.
 */
export const insertRetry = async (sql: Sql, taskId: string, origin: string): Promise<boolean> => {
  await sql.query({
    name: 'retries.lock',
    text: `select pg_advisory_xact_lock(hashtextextended('retry of ' || $1, 0))`,
    values: [origin],
  })
  const rows = await sql.query({
    name: 'retries.insert',
    text: `insert into task_retries (task_id, retry_of)
      select $1, $2 where not exists (
        select 1 from task_retries r join tasks t on t.id = r.task_id
        where r.retry_of = $2 and t.finished_at is null)
      returning task_id`,
    values: [taskId, origin],
  })
  return rows.length > 0
}
