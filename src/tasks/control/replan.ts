import type { Principal } from '#contracts/principal.ts'
import type { Plan } from '#contracts/task.ts'
import { isFinal } from '#contracts/task.ts'
import type { Database } from '#platform/db/database.ts'
import { errors } from '../errors.ts'
import type { Planner } from '../plan.ts'
import { listItems } from '../store/read-items.ts'
import { findTask } from '../store/read-tasks.ts'
import type { TaskRecord } from '../store/shapes.ts'

const mostItems = 10_000

/** Whether there is something to plan again: targets that had changed since the plan and were therefore not touched. */
export const isReplannable = (task: Pick<TaskRecord, 'status' | 'drifted' | 'undo_of'>): boolean =>
  isFinal(task.status) && task.drifted > 0 && task.undo_of === null

/** A fresh plan of the same operation for only those targets of a task that drifted, as they are now. */
export const replan = async (
  deps: { db: Database; planner: Planner },
  { principal, taskId, requestId }: { principal: Principal; taskId: string; requestId: string },
): Promise<Plan> => {
  const task = await findTask(deps.db, taskId)
  if (task === undefined) throw errors.task_not_found(`There is no task "${taskId}".`)
  if (!isReplannable(task)) throw errors.replan_impossible(`Task ${taskId} can't be planned again: ${whyNot(task)}`)
  const drifted = await listItems(deps.db, taskId, { limit: mostItems, afterOrdinal: -1, status: ['drifted'] })
  return deps.planner.plan({
    principal,
    operation: task.operation,
    targets: { ids: drifted.map((item) => item.target_id) },
    params: task.params,
    // Where the images say what is asked for, the parameters may be gone.
    desired: new Map(drifted.map((item) => [item.target_id, { before: null, after: item.after }])),
    requestId,
  })
}

const whyNot = (task: TaskRecord): string => {
  if (!isFinal(task.status)) return 'it is not over yet.'
  if (task.drifted === 0) return 'none of its targets had changed since its plan.'
  return `it takes back task ${task.undo_of}. Undo that task again; what can still be taken back is planned anew.`
}
