import type { Progress } from '#contracts/task.ts'
import type { NewEvent } from '#platform/events/append.ts'
import type { TaskRecord } from '../store/shapes.ts'

/** The event of a change of status that somebody, not a worker, made. Workers' events: ../store/advance-items.ts. */
export const statusEvent = (task: TaskRecord): NewEvent => ({
  topics: ['tasks', `tasks/${task.id}`],
  type: 'task.changed',
  accounts: task.accounts,
  data: {
    id: task.id,
    operation: task.operation,
    status: task.status,
    requestedBy: task.requested_by.id,
    progress: countersOf(task),
  },
})

/** The counters that a task's row holds. What is neither over nor waiting is pending or running. */
export const countersOf = (task: TaskRecord): Omit<Progress, 'pending' | 'running'> => ({
  total: task.total,
  waiting: task.waiting,
  succeeded: task.succeeded,
  failed: task.failed,
  skipped: task.skipped,
  drifted: task.drifted,
  compensated: task.compensated,
  cancelled: task.cancelled,
})
