import { z } from 'zod'
import type { LiveEvent } from '#contracts/live.ts'
import { taskStatusSchema } from '#contracts/task.ts'
import { api } from '../api/api.ts'
import { taskMoved } from '../app/notices.ts'
import type { Store } from '../app/store.ts'
import { patchTask } from '../tasks/patch-task.ts'
import { countersSchema } from '../tasks/task-status.ts'
import { cursorAdvanced, isNews } from './live-state.ts'

type Tag = Parameters<typeof api.util.invalidateTags>[0][number]

/** What was invalidated is read again at most this often, however fast events come. */
const gatherMs = 300

const taskEventSchema = z.object({
  id: z.string(),
  status: taskStatusSchema.optional(),
  progress: countersSchema.optional(),
})

/**
 * Which parts of the cache an event makes old. The server sends each event once, under its most specific topic: one under
 * `tasks/<id>` concerns the lists as well.
 */
export const tagsOf = ({ topic, data }: Pick<LiveEvent, 'topic' | 'data'>): Tag[] => {
  const [box, idOfTopic] = topic.split('/')
  if (box === 'tasks') {
    const id = idOfTopic ?? taskEventSchema.safeParse(data).data?.id
    // An event of no task is of the freeze calendar, or of a circuit breaker.
    if (id === undefined) return ['TaskList', 'Freeze', 'Queue']
    return ['TaskList', { type: 'Task', id }, { type: 'TaskItems', id }, { type: 'TaskEvents', id }]
  }
  if (box === 'alerts') return ['Alert']
  if (box === 'resources') return ['Resource', 'Account']
  if (box === 'schedules') return ['Schedule']
  return []
}

/**
 * Takes live events into the store: what an event says about a task is shown at once, and what it only hints at (items,
 * lists, resources) is invalidated, gathered so that a task with thousands of targets costs a few requests a second.
 */
export const createFeed = (store: Store): { take: (event: LiveEvent) => void; refetchAll: () => void } => {
  const gathered = new Map<string, Tag>()
  let timer: ReturnType<typeof setTimeout> | null = null
  const flush = (): void => {
    timer = null
    const tags = [...gathered.values()]
    gathered.clear()
    store.dispatch(api.util.invalidateTags(tags))
  }
  const take = (event: LiveEvent): void => {
    if (!isNews(event.cursor, store.getState().live.cursor)) return
    store.dispatch(cursorAdvanced(event.cursor))
    if (event.topic.startsWith('tasks')) {
      const task = taskEventSchema.safeParse(event.data)
      if (task.success) {
        store.dispatch(taskMoved({ taskId: task.data.id, status: task.data.status, progress: task.data.progress }))
        patchTask(store, task.data)
      }
    }
    for (const tag of tagsOf(event)) gathered.set(JSON.stringify(tag), tag)
    timer ??= setTimeout(flush, gatherMs)
  }
  const refetchAll = (): void => {
    store.dispatch(
      api.util.invalidateTags(['Task', 'TaskItems', 'TaskEvents', 'TaskList', 'Queue', 'Alert', 'Resource', 'Account']),
    )
  }
  return { take, refetchAll }
}
