import type { RunAfter } from '#contracts/bulk.ts'
import type { Principal } from '#contracts/principal.ts'
import { isFinal } from '#contracts/task.ts'
import type { Access } from '#security/access.ts'
import { errors } from '../errors.ts'
import type { TaskService } from './task-service.ts'
import { requireTask } from './tasks.ts'

/**
 * The tasks that a new one waits for: there, and the principal may read them. Since only tasks that exist can be named, none
 * can wait for itself in a circle. Throws `task_not_found`, `forbidden`, or `run_after_impossible` when one that has to
 * succeed has already ended otherwise.
 */
export const requirePredecessors = async (
  deps: { tasks: Pick<TaskService, 'get'>; access: Pick<Access, 'require'> },
  runAfter: readonly RunAfter[],
  principal: Principal,
  requestId: string,
): Promise<void> => {
  for (const { task: id, on } of runAfter) {
    const task = await requireTask(deps, { principal, params: { id }, id: requestId }, 'task.read')
    if (on === 'succeeded' && isFinal(task.status) && task.status !== 'succeeded') {
      throw errors.run_after_impossible(
        `Task ${id} ended as ${task.status.replaceAll('_', ' ')}, so nothing can run after its success.`,
        { errors: [{ path: 'runAfter', message: `ended as ${task.status}`, value: id }] },
      )
    }
  }
}
