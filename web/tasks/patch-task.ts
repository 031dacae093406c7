import type { Progress, TaskStatus } from '#contracts/task.ts'
import type { Store } from '../app/store.ts'
import { taskApi } from './endpoints.ts'
import type { Counters } from './task-status.ts'

/** What a live event says about a task. */
export type TaskChange = { id: string; status?: TaskStatus | undefined; progress?: Counters | undefined }

/** Events don't tell what is pending from what is running: as many run as ran before, until the task is read again. */
const merged = (before: Progress, { pending: _pending, running: _running, ...told }: Counters): Progress => {
  const over = told.succeeded + told.failed + told.skipped + told.drifted + told.compensated + told.cancelled
  const rest = Math.max(0, told.total - over - told.waiting)
  const running = Math.min(before.running, rest)
  return { ...told, running, pending: rest - running }
}

const change = (task: { status: TaskStatus; progress: Progress }, { status, progress }: TaskChange): void => {
  if (status !== undefined) task.status = status
  if (progress !== undefined) task.progress = merged(task.progress, progress)
}

/** Shows at once what an event said about a task, in its page and in every list on screen. */
export const patchTask = (store: Store, told: TaskChange): void => {
  store.dispatch(taskApi.util.updateQueryData('getTask', told.id, (task) => change(task, told)))
  for (const filter of taskApi.util.selectCachedArgsForQuery(store.getState(), 'listTasks')) {
    store.dispatch(
      taskApi.util.updateQueryData('listTasks', filter, ({ items }) => {
        const row = items.find(({ id }) => id === told.id)
        if (row !== undefined) change(row, told)
      }),
    )
  }
}
