import type { Sql } from '#platform/db/database.ts'
import type { TaskRecord, TaskStatus } from './shapes.ts'
import { taskColumns } from './shapes.ts'

/** A task's row, locked until the end of the transaction; undefined when there is none among the live ones. */
export const lockTask = async (sql: Sql, id: string): Promise<TaskRecord | undefined> => {
  const [row] = await sql.query<TaskRecord>({
    name: 'tasks.lock',
    text: `select ${taskColumns} from tasks where id = $1 for no key update`,
    values: [id],
  })
  return row
}

/**
 * Sets a task's status. `closed` items (cancelled before they began) move the counters along; with the last one the task
 * is over.
 */
export const setTaskStatus = async (
  sql: Sql,
  id: string,
  status: TaskStatus,
  more: { cancelled?: number; isFinal?: boolean; error?: { code: string; message: string } } = {},
): Promise<TaskRecord> => {
  const [row] = await sql.query<TaskRecord>({
    name: 'tasks.set-status',
    text: `update tasks set status = $2, cancelled = cancelled + $3, open = open - $3,
        finished_at = case when $4 then now() else finished_at end, error = coalesce($5::jsonb, error)
      where id = $1 returning ${taskColumns}`,
    values: [id, status, more.cancelled ?? 0, more.isFinal ?? false, more.error ? JSON.stringify(more.error) : null],
  })
  if (!row) throw new Error(`task ${id} vanished under its lock`)
  return row
}

/** Lets the held items of a task be claimed from that moment on; not those of waves that are not released yet. */
export const releaseHeldItems = (sql: Sql, taskId: string, readyAt: Date): Promise<unknown> =>
  sql.query({
    name: 'items.release-held',
    text: `update items set ready_at = $2 where task_id = $1 and status = 'pending' and ready_at is null
      and ordinal < coalesce((select released_to from conducted_tasks where task_id = $1), 2147483647)`,
    values: [taskId, readyAt],
  })

/** Keeps workers from claiming what a task has not begun. */
export const holdItems = (sql: Sql, taskId: string): Promise<unknown> =>
  sql.query({
    name: 'items.hold',
    text: `update items set ready_at = null where task_id = $1 and status = 'pending' and not is_compensating`,
    values: [taskId],
  })

/**
 * Cancels what has not begun to act; returns how many. What may have had an effect, or is being taken back, goes on. Doubt
 * about a step before the first that acts is none.
 */
export const cancelPendingItems = async (sql: Sql, taskId: string, firstActingStep: number): Promise<number> => {
  const rows = await sql.query({
    name: 'items.cancel-pending',
    text: `update items set status = 'cancelled', ready_at = null
      where task_id = $1 and status = 'pending' and not is_compensating
        and (step < $2 or (step = $2 and not is_doubtful))
      returning id`,
    values: [taskId, firstActingStep],
  })
  return rows.length
}

/** Which of these tasks somebody is cancelling or has paused. */
export const decidedTasks = async (
  sql: Sql,
  ids: readonly string[],
): Promise<{ id: string; status: 'cancelling' | 'paused' }[]> =>
  ids.length === 0
    ? []
    : sql.query({
        name: 'tasks.decided',
        text: `select id, status from tasks where id = any($1) and status in ('cancelling', 'paused')`,
        values: [ids],
      })

/** Tasks whose approval did not come in time. */
export const overdueApprovals = async (sql: Sql): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({
    text: `select id from tasks where status = 'awaiting_approval' and (plan->>'expiresAt')::timestamptz < now() limit 100`,
  })
  return rows.map((row) => row.id)
}

/** An approval; empty when this person has decided before. */
export const insertApproval = (
  sql: Sql,
  approval: {
    taskId: string
    byId: string
    byEmail: string
    planHash: string
    reason: string | null
    selfApproved: boolean
  },
): Promise<unknown[]> =>
  sql.query({
    text: `insert into task_approvals (task_id, by_id, by_email, decision, plan_hash, reason, self_approved)
      values ($1, $2, $3, 'approved', $4, $5, $6) on conflict do nothing returning task_id`,
    values: [
      approval.taskId,
      approval.byId,
      approval.byEmail,
      approval.planHash,
      approval.reason,
      approval.selfApproved,
    ],
  })

/** A rejection; who approved before has thought better of it. */
export const insertRejection = (
  sql: Sql,
  rejection: { taskId: string; byId: string; byEmail: string; planHash: string; reason: string | null },
): Promise<unknown> =>
  sql.query({
    text: `insert into task_approvals (task_id, by_id, by_email, decision, plan_hash, reason, self_approved)
      values ($1, $2, $3, 'rejected', $4, $5, false)
      on conflict (task_id, by_id) do update set decision = 'rejected', reason = excluded.reason, self_approved = false, at = now()`,
    values: [rejection.taskId, rejection.byId, rejection.byEmail, rejection.planHash, rejection.reason],
  })
