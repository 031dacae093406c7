import type { Risk } from '#contracts/task.ts'
import type { Sql } from '#platform/db/database.ts'

/** A task as other boxes tell of it. */
export type DescribedTask = {
  operation: string
  risk: Risk
  accounts: string[]
  requestedBy: { id: string; email: string }
  reason: string | null
  planHash: string
  startedAt: Date | null
}

/** Tasks by their ids, live or finished; those that are not kept any more are missing. */
export const describeTasks = async (sql: Sql, ids: readonly string[]): Promise<Map<string, DescribedTask>> => {
  const rows = await sql.query<{ id: string } & DescribedTask>({
    name: 'tasks.describe',
    text: `select id, operation, plan->>'risk' as risk, accounts, requested_by as "requestedBy", reason,
        plan->>'planHash' as "planHash", started_at as "startedAt"
      from all_tasks where id = any($1)`,
    values: [ids],
  })
  return new Map(rows.map(({ id, ...task }) => [id, task]))
}
