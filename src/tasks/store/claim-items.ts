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
  /** Fencing number of this claim. */
  attempt: number
  recoveries: number
  priority: number
  operation: string
  operationVersion: number
  params: Record<string, unknown>
  taskStatus: TaskStatus
  error: { code: string; message: string } | null
}

/**
 * Takes up to `limit` items that are due: first by priority, then by the time they became ready. Rows that another worker
 * is just taking are skipped, not waited for.
 */
export const claimItems = (sql: Sql, worker: string, limit: number): Promise<ClaimedItem[]> =>
  sql.query<ClaimedItem>({
    name: 'items.claim',
    text: `with due as (
        select task_id, ordinal, account from items
        where status in ('pending', 'waiting') and ready_at <= now()
        order by priority desc, ready_at, task_id, ordinal
        limit $2
        for no key update skip locked)
      update items i set status = 'running', worker = $1, attempt = i.attempt + 1,
        step_started_at = coalesce(i.step_started_at, now())
      from due, tasks t
      where i.task_id = due.task_id and i.ordinal = due.ordinal and i.account = due.account and t.id = due.task_id
      returning i.account, i.id, i.task_id as "taskId", i.ordinal, i.region, i.target_id as "targetId", i.before, i.after, i.step,
        i.step_attempt as "stepAttempt", i.step_started_at as "stepStartedAt", i.is_armed as "isArmed",
        i.is_doubtful as "isDoubtful", i.is_compensating as "isCompensating", i.in_wait as "inWait", i.steps, i.attempt,
        i.recoveries, i.priority, i.error, t.operation, t.operation_version as "operationVersion", t.params,
        t.status as "taskStatus"`,
    values: [worker, limit],
  })
