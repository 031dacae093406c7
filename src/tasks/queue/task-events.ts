import type { Progress } from '#contracts/task.ts'
import type { NewEvent } from '#platform/events/append.ts'
import type { Advance } from '../store/advance-items.ts'
import type { CountedTask } from '../store/count-tasks.ts'
import type { TaskRecord } from '../store/shapes.ts'

/** More items than this are not listed in one event; the reader fetches them. */
const mostListedItems = 100

/**
 * One event for each task that a commit touched. `task.changed` (topics `tasks` and `tasks/<id>`) when its status or its
 * counters moved, else `task.progress` (only `tasks/<id>`): {id, status?, progress?, items: [{id, status, step}], more}.
 * A wait that merely goes on is not news.
 */
export const eventsOfChanges = (commit: {
  started: readonly TaskRecord[]
  counted: readonly CountedTask[]
  changed: readonly Advance[]
}): NewEvent[] => {
  const tasks = new Map<string, TaskRecord>()
  for (const task of [...commit.started, ...commit.counted]) tasks.set(task.id, task)
  const items = new Map<string, Advance[]>()
  for (const advance of commit.changed) {
    if (advance.status === 'waiting' && advance.stepAttempt > 1) continue
    const list = items.get(advance.taskId)
    if (list) list.push(advance)
    else items.set(advance.taskId, [advance])
  }
  return [...new Set([...tasks.keys(), ...items.keys()])].map((id) => {
    const task = tasks.get(id)
    const changed = items.get(id) ?? []
    return {
      topics: task === undefined ? [`tasks/${id}`] : ['tasks', `tasks/${id}`],
      type: task === undefined ? 'task.progress' : 'task.changed',
      accounts: task?.accounts ?? [...new Set(changed.map((item) => item.account))],
      data: {
        id,
        ...(task === undefined ? {} : statusData(task)),
        items: changed.slice(0, mostListedItems).map((item) => ({ id: item.id, status: item.status, step: item.step })),
        more: changed.length > mostListedItems,
      },
    }
  })
}

/** The event of a change of status that somebody, not a worker, made. */
export const statusEvent = (task: TaskRecord, type = 'task.changed'): NewEvent => ({
  topics: ['tasks', `tasks/${task.id}`],
  type,
  accounts: task.accounts,
  data: { id: task.id, ...statusData(task) },
})

const statusData = (task: TaskRecord) => ({
  operation: task.operation,
  status: task.status,
  requestedBy: task.requested_by.id,
  progress: countersOf(task),
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
