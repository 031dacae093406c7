import type { Risk } from '#contracts/task.ts'
import type { Sql } from '#platform/db/database.ts'

/** The risk classes of those tasks that freezes can hold: not of what passes them. */
export const frozenTasks = async (sql: Sql, taskIds: readonly string[]): Promise<Map<string, Risk>> => {
  const rows = await sql.query<{ id: string; risk: Risk }>({
    name: 'tasks.freezable',
    text: `select t.id, t.plan->>'risk' as risk from tasks t
      where t.id = any($1) and not exists (select 1 from task_freeze_passes p where p.task_id = t.id)`,
    values: [taskIds],
  })
  return new Map(rows.map(({ id, risk }) => [id, risk]))
}
