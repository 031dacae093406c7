import type { Total } from '#contracts/list.ts'
import { countedTo } from '#contracts/list.ts'
import type { TaskFilter } from '#contracts/task-request.ts'
import type { Sql } from '#platform/db/database.ts'
import { escapeLike } from '#platform/db/like.ts'
import { totalOf } from '#platform/http/paging.ts'
import type { TaskRecord, TaskStatus, TaskWithTargets } from './shapes.ts'
import { taskColumns } from './shapes.ts'

export const findTask = async (sql: Sql, id: string): Promise<TaskWithTargets | undefined> => {
  const [row] = await sql.query<TaskWithTargets>({
    name: 'tasks.find',
    text: `select ${taskColumns}, targets from all_tasks where id = $1`,
    values: [id],
  })
  return row
}

/** One more than `limit`, newest first, so that the caller knows whether there is a next page. */
export const listTasks = (
  sql: Sql,
  filter: TaskFilter,
  page: { limit: number; beforeId: string | null },
): Promise<TaskRecord[]> => {
  const where = conditionOf(filter)
  const values = [...where.values, page.beforeId, page.limit + 1]
  return sql.query<TaskRecord>({
    text: `select ${taskColumns} from all_tasks t
      where ${where.text} and ($${values.length - 1}::uuid is null or id < $${values.length - 1})
      order by id desc limit $${values.length}`,
    values,
  })
}

export const countTasksMatching = async (sql: Sql, filter: TaskFilter): Promise<Total> => {
  const where = conditionOf(filter)
  const [row] = await sql.query<{ count: number }>({
    text: `select count(*)::int as count from (select 1 from all_tasks t where ${where.text} limit ${countedTo + 1}) x`,
    values: where.values,
  })
  return totalOf(row?.count ?? 0)
}

/** The filter as a condition with its values; every text goes in as a value. */
const conditionOf = (filter: TaskFilter): { text: string; values: unknown[] } => {
  const values: unknown[] = []
  const value = (given: unknown): string => `$${values.push(given)}`
  const parts = ['true']
  if (filter.status !== undefined) parts.push(`status = any(${value(filter.status)}::text[])`)
  if (filter.operation !== undefined) parts.push(`operation = ${value(filter.operation)}`)
  if (filter.account !== undefined) parts.push(`${value(filter.account)} = any(accounts)`)
  if (filter.region !== undefined) parts.push(`${value(filter.region)} = any(regions)`)
  if (filter.requestedBy !== undefined) {
    const who = value(filter.requestedBy)
    parts.push(`(requested_by->>'id' = ${who} or lower(requested_by->>'email') = lower(${who}))`)
  }
  if (filter.q !== undefined && filter.q.trim() !== '') {
    const text = value(`%${escapeLike(filter.q.trim())}%`)
    parts.push(`(operation ilike ${text} or reason ilike ${text} or id::text ilike ${text} or exists (
      select 1 from all_items i where i.task_id = t.id and (i.target_id ilike ${text} or i.target_name ilike ${text})))`)
  }
  return { text: parts.join(' and '), values }
}

/** How many items of these tasks a worker has in hand right now. */
export const runningItems = async (sql: Sql, taskIds: readonly string[]): Promise<Map<string, number>> => {
  if (taskIds.length === 0) return new Map()
  const rows = await sql.query<{ id: string; count: number }>({
    name: 'items.running-of',
    text: `select task_id as id, count(*)::int as count from items
      where task_id = any($1) and status = 'running' and not in_wait group by task_id`,
    values: [taskIds],
  })
  return new Map(rows.map((row) => [row.id, row.count]))
}

export type ApprovalRecord = {
  task_id: string
  by_id: string
  by_email: string
  decision: 'approved' | 'rejected'
  plan_hash: string
  reason: string | null
  self_approved: boolean
  at: Date
}

export const approvalsOf = (sql: Sql, taskIds: readonly string[]): Promise<ApprovalRecord[]> =>
  sql.query({
    name: 'approvals.of',
    text: 'select * from task_approvals where task_id = any($1) order by at',
    values: [taskIds],
  })

/** What was done to take a task back: by which tasks, the newest first, and the targets of which they did. */
export type Undos = { tasks: { id: string; status: TaskStatus }[]; takenBack: ReadonlySet<string> }

export const undosOf = async (sql: Sql, id: string): Promise<Undos> => {
  const tasks = await sql.query<Undos['tasks'][number]>({
    name: 'tasks.undos-of',
    text: 'select id, status from all_tasks where undo_of = $1 order by id desc',
    values: [id],
  })
  if (tasks.length === 0) return { tasks, takenBack: new Set() }
  const targets = await sql.query<{ id: string }>({
    name: 'items.taken-back',
    text: `select distinct target_id as id from all_items where task_id = any($1) and status = 'succeeded'`,
    values: [tasks.map((task) => task.id)],
  })
  return { tasks, takenBack: new Set(targets.map((target) => target.id)) }
}

export const queueCounts = async (sql: Sql) => {
  const [tasks, items, workers] = await Promise.all([
    sql.query<{ status: string; count: number }>({
      text: `select status, count(*)::int as count from tasks where finished_at is null group by status`,
    }),
    sql.query<{ status: string; count: number; oldest: number | null }>({
      text: `select status, count(*)::int as count,
          max(extract(epoch from now() - ready_at)) filter (where ready_at <= now())::float8 as oldest
        from items where status in ('pending', 'running', 'waiting') group by status`,
    }),
    sql.query<{ id: string; host: string; pid: number; started_at: Date; lease_until: Date; items: number }>({
      text: `select w.*, (select count(*)::int from items i where i.worker = w.id and i.status = 'running') as items
        from workers w where lease_until > now() order by started_at`,
    }),
  ])
  return { tasks, items, workers }
}
