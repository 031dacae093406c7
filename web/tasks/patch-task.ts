import type { Task, TaskRow } from '#contracts/task.ts'
import type { Store } from '../app/store.ts'
import { taskApi } from './endpoints.ts'

/** The fields of a task that a live event may carry. */
export type TaskChange = { id: string } & { [Name in 'status' | 'progress' | 'startedAt' | 'finishedAt']?: Task[Name] | undefined }

/** Shows at once what an event said about a task, in its page and in every list on screen. */
export const patchTask = (store: Store, { id, ...change }: TaskChange): void => {
  const known = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<Pick<TaskRow, 'status' | 'progress'>>
  if (Object.keys(known).length === 0) return
  store.dispatch(taskApi.util.updateQueryData('getTask', id, (task) => void Object.assign(task, known)))
  for (const filter of taskApi.util.selectCachedArgsForQuery(store.getState(), 'listTasks')) {
    store.dispatch(
      taskApi.util.updateQueryData('listTasks', filter, ({ items }) => {
        const row = items.find((each) => each.id === id)
        if (row !== undefined) Object.assign(row, known)
      }),
    )
  }
}
