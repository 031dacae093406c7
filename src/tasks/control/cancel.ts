import type { TaskStatus } from '#contracts/task.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Operation } from '../operation.ts'
import { cancelPendingItems, overdueApprovals, releaseHeldItems, setTaskStatus } from '../store/control.ts'
import type { TaskRecord } from '../store/shapes.ts'
import type { Acting, Decider } from './decide.ts'
import { decide, requireTransition, wrongState } from './decide.ts'

type Deps = Decider & { operation: (name: string, version: number) => Operation | null }

/**
 * Cancels a task: what has not begun to act is cancelled at once, what has is brought to its end (a half-done change is
 * worse than either) and can be undone. The task is over with its last item.
 */
export const cancel = async (deps: Deps, acting: Acting): Promise<void> => {
  const task = await decide(deps, acting, 'task.cancel', async (tx, before) => {
    if (before.status === 'cancelling') throw wrongState(before, 'cancelled again')
    return cancelTask(deps, tx, before)
  })
  if (task.status === 'cancelling') deps.notifier.nudge('tasks_cancelling', task.id)
}

/** The same in a transaction that has the task's row locked. `error` says why, where it wasn't a person's wish. */
export const cancelTask = async (
  deps: Pick<Deps, 'operation' | 'now'>,
  tx: Sql,
  before: TaskRecord,
  error?: { code: string; message: string },
): Promise<{ task: TaskRecord; details?: Record<string, unknown> }> => {
  if (before.status === 'awaiting_approval') return { task: await cancelAll(tx, before, 'cancelled', error) }
  requireTransition(before, 'cancelling', 'cancelled')
  const cancelled = await cancelPendingItems(tx, before.id, firstActingStep(deps, before))
  // A scheduled task may have items in a worker's hands before its row says so.
  const isOver = before.open === cancelled
  // What a pause holds in the middle of its steps must come to its end: nobody can resume it any more.
  if (!isOver) await releaseHeldItems(tx, before.id, deps.now())
  return {
    task: await setTaskStatus(tx, before.id, isOver ? 'cancelled' : 'cancelling', {
      cancelled,
      isFinal: isOver,
      ...(error === undefined ? {} : { error }),
    }),
    details: { cancelledItems: cancelled },
  }
}

/** Ends a task of which nothing has begun. */
export const cancelAll = async (
  tx: Sql,
  task: TaskRecord,
  status: Extract<TaskStatus, 'cancelled' | 'rejected' | 'expired'>,
  error?: { code: string; message: string },
) => {
  const cancelled = await cancelPendingItems(tx, task.id, 0)
  return setTaskStatus(tx, task.id, status, { cancelled, isFinal: true, ...(error === undefined ? {} : { error }) })
}

/** Ends the tasks whose approval did not come while their plan was fresh. */
export const expireApprovals = async (deps: Decider): Promise<void> => {
  for (const taskId of await overdueApprovals(deps.db)) {
    const acting = { principal: null, taskId, requestId: null, reason: 'Not approved within 24 hours.' }
    await decide(deps, acting, 'task.expire', async (tx, task) => {
      requireTransition(task, 'expired', 'expired')
      return { task: await cancelAll(tx, task, 'expired') }
    })
  }
}

const firstActingStep = ({ operation }: Pick<Deps, 'operation'>, task: TaskRecord): number => {
  const index = operation(task.operation, task.operation_version)?.steps.findIndex((step) => step.kind === 'act') ?? 0
  return Math.max(0, index)
}
