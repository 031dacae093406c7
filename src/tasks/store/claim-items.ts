import type { Sql } from '#platform/db/database.ts'
import type { FinishedStep, Image, TaskStatus } from './shapes.ts'

/** An item in a worker's hands, with what it needs of its task. */
export type ClaimedItem = {
  account: string
  id: string
  taskId: string
  /** Its place in the plan; with the task's id and the account it is the row's key. */
  ordinal: number
  region: string
  targetId: string
  before: Image
  after: Image
  step: number
  stepAttempt: number
  stepStartedAt: Date | null
  isArmed: boolean
  isDoubtful: boolean
  isCompensating: boolean
  inWait: boolean
  steps: FinishedStep[]
  /** How much was recorded of the item so far. */
  move: number
  /** Fencing number of this claim. */
  attempt: number
  recoveries: number
  priority: number
  operation: string
  operationVersion: number
  params: Record<string, unknown>
  taskStatus: TaskStatus
  /** How many items its task has in all. */
  taskItems: number
  error: { code: string; message: string } | null
}

/**
 * Takes up to `limit` items that are due: first by priority, then by the time they became ready. Rows that another worker
 * is just taking are skipped, not waited for. The parameters of a task come once, with the first of its items: a bulk
 * task's may be long. Of tasks in `without` it takes nothing: the worker has enough of them in hand.
 */
export const claimItems = async (
  sql: Sql,
  worker: string,
  limit: number,
  without: readonly string[] = [],
): Promise<ClaimedItem[]> => {
  const rows = await sql.query<ClaimedRow>({
    name: 'items.claim',
    text: `with due as materialized (
        select task_id, ordinal, account from items
        where status in ('pending', 'waiting') and ready_at <= now() and task_id <> all ($3::uuid[])
        order by priority desc, ready_at, task_id, ordinal
        limit $2
        for no key update skip locked),
      listed as (select *, row_number() over (partition by task_id) as nth from due),
      -- Joined with nothing else: with the task at hand as well the planner, who knows that most tasks have one item, looks
      -- through all items of a large one for each.
      claimed as (
        update items i set status = 'running', ready_at = null, worker = $1, attempt = i.attempt + 1,
          step_started_at = coalesce(i.step_started_at, now())
        from listed l
        where i.task_id = l.task_id and i.ordinal = l.ordinal and i.account = l.account
        returning i.*, l.nth)
      select i.account, i.id, i.task_id as "taskId", i.ordinal, i.region, i.target_id as "targetId", i.before, i.after, i.step,
        i.step_attempt as "stepAttempt", i.step_started_at as "stepStartedAt", i.is_armed as "isArmed",
        i.is_doubtful as "isDoubtful", i.is_compensating as "isCompensating", i.in_wait as "inWait", i.steps, i.move,
        i.attempt, i.recoveries, i.priority, i.error, t.operation, t.operation_version as "operationVersion",
        t.status as "taskStatus", t.total as "taskItems", case when i.nth = 1 then t.params end as params
      from claimed i, tasks t where t.id = i.task_id`,
    values: [worker, limit, without],
  })
  const params = new Map(rows.flatMap((row) => (row.params === null ? [] : [[row.taskId, row.params] as const])))
  // The first item of each task brought them.
  return rows.map((row) => ({ ...row, params: params.get(row.taskId)! }))
}

type ClaimedRow = Omit<ClaimedItem, 'params'> & { params: Record<string, unknown> | null }
