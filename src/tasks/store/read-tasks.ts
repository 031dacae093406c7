import type { Total } from '#contracts/list.ts'
import { countedTo } from '#contracts/list.ts'
import type { TaskFilter } from '#contracts/task-request.ts'
import type { Sql } from '#platform/db/database.ts'
import { escapeLike } from '#platform/db/like.ts'
import { totalOf } from '#platform/http/paging.ts'
import { fewest, fewTasks } from './few-tasks.ts'
import type { TaskRecord, TaskStatus, TaskWithTargets } from './shapes.ts'
import { taskColumns } from './shapes.ts'
import type { SearchWindow } from './search-tasks.ts'
import { searchedAtOnce, searchWindow } from './search-tasks.ts'

export const findTask = async (sql: Sql, id: string): Promise<TaskWithTargets | undefined> => {
  const [row] = await sql.query<TaskWithTargets>({
    name: 'tasks.find',
    text: `select ${taskColumns}, targets from all_tasks where id = $1`,
    values: [id],
  })
  return row
}

/** `searchedTo` is the task at which the search for a text stopped for now: older ones weren't looked at. */
export type TaskPage = { rows: TaskRecord[]; searchedTo: string | null }

/** One more than `limit`, newest first, so that the caller knows whether there is a next page. */
export const listTasks = async (
  sql: Sql,
  filter: TaskFilter,
  page: { limit: number; beforeId: string | null },
  searched = searchedAtOnce,
  few = fewest,
): Promise<TaskPage> => {
  const where = conditionOf(filter)
  const list = async (from: SearchWindow | undefined): Promise<TaskRecord[]> => {
    const range = rangeOf(where, { fromId: from?.fromId, beforeId: page.beforeId })
    return sql.query<TaskRecord>({
      text: `${range.hits}select ${taskColumns} from all_tasks t where ${range.text}
        order by id desc limit $${range.values.length + 1}`,
      values: [...range.values, page.limit + 1],
    })
  }
  if (where.search === null) {
    const ids = where.isByPlace
      ? await fewTasks(sql, rangeOf(where, { fromId: undefined, beforeId: page.beforeId }), page.limit + 1, few)
      : null
    return { rows: ids === null ? await list(undefined) : await tasksOf(sql, ids), searchedTo: null }
  }
  const window = await searchWindow(sql, page.beforeId, searched)
  if (window === undefined) return { rows: [], searchedTo: null }
  return { rows: await list(window), searchedTo: window.isAll ? null : window.fromId }
}

const tasksOf = async (sql: Sql, ids: readonly string[]): Promise<TaskRecord[]> =>
  ids.length === 0
    ? []
    : sql.query<TaskRecord>({
        text: `select ${taskColumns} from all_tasks where id = any($1::uuid[]) order by id desc`,
        values: [ids],
      })

/** Of a text only among the newest tasks, which the total's relation says. */
export const countTasksMatching = async (sql: Sql, filter: TaskFilter, searched = searchedAtOnce): Promise<Total> => {
  const where = conditionOf(filter)
  const window = where.search === null ? undefined : await searchWindow(sql, null, searched)
  const range = rangeOf(where, { fromId: window?.fromId, beforeId: null })
  const [row] = await sql.query<{ count: number }>({
    text: `${range.hits}select count(*)::int as count from (
      select 1 from all_tasks t where ${range.text} limit ${countedTo + 1}) x`,
    values: range.values,
  })
  const total = totalOf(row?.count ?? 0)
  return window === undefined || window.isAll ? total : { ...total, relation: 'gte' }
}

type Condition = { parts: string[]; values: unknown[]; search: string | null; isByPlace: boolean }

/**
 * The filter as conditions with their values; every text goes in as a value. Each is written so that an index of the
 * finished tasks (0097-finished-filters.sql) can answer it where it finds few.
 */
const conditionOf = (filter: TaskFilter): Condition => {
  const values: unknown[] = []
  const value = (given: unknown): string => `$${values.push(given)}`
  const parts: string[] = []
  if (filter.status?.length === 1) parts.push(`status = ${value(filter.status[0])}`)
  else if (filter.status !== undefined) parts.push(`status = any(${value(filter.status)}::text[])`)
  if (filter.operation !== undefined) parts.push(`operation = ${value(filter.operation)}`)
  if (filter.account !== undefined) parts.push(`accounts @> array[${value(filter.account)}::text]`)
  if (filter.region !== undefined) parts.push(`regions @> array[${value(filter.region)}::text]`)
  if (filter.requestedBy !== undefined) {
    const who = value(filter.requestedBy)
    parts.push(`(requested_by->>'id' = ${who} or lower(requested_by->>'email') = lower(${who}))`)
  }
  const q = filter.q?.trim() ?? ''
  const isByPlace = filter.account !== undefined || filter.region !== undefined
  return { parts, values, search: q === '' ? null : `%${escapeLike(q)}%`, isByPlace }
}

/**
 * The conditions for the tasks between two ids, and what has to stand before the SELECT. The items are searched once for
 * all tasks: as a condition of each task it was done for each, in every month's partition.
 */
const rangeOf = (
  { parts, values: given, search }: Condition,
  { fromId, beforeId }: { fromId: string | undefined; beforeId: string | null },
): { hits: string; text: string; values: unknown[] } => {
  const values = [...given]
  const value = (one: unknown): string => `$${values.push(one)}`
  const ids = [
    ...(fromId === undefined ? [] : [(column: string) => `${column} >= ${value(fromId)}::uuid`]),
    ...(beforeId === null ? [] : [(column: string) => `${column} < ${value(beforeId)}::uuid`]),
  ]
  const rangeOn = (column: string): string[] => ids.map((condition) => condition(column))
  if (search === null) return { hits: '', text: ['true', ...parts, ...rangeOn('id')].join(' and '), values }
  const text = value(search)
  const hits = `with hits as materialized (select distinct task_id from all_items where ${[
    ...rangeOn('task_id'),
    `(target_id ilike ${text} or target_name ilike ${text})`,
  ].join(' and ')}) `
  const inTask = `(operation ilike ${text} or reason ilike ${text} or id::text ilike ${text} or id in (select task_id from hits))`
  return { hits, text: [...parts, ...rangeOn('id'), inTask].join(' and '), values }
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
