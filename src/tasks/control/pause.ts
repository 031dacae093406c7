import { holdItems, releaseHeldItems, setTaskStatus } from '../store/control.ts'
import type { TaskRecord, TaskStatus } from '../store/shapes.ts'
import type { Acting, Decider } from './decide.ts'
import { decide, requireTransition, wrongState } from './decide.ts'

/** Begins nothing more of a task; what is under way goes on. */
export const pause = async (deps: Decider, acting: Acting): Promise<void> => {
  await decide(deps, acting, 'task.pause', async (tx, task) => {
    requireTransition(task, 'paused', 'paused')
    await holdItems(tx, task.id)
    return { task: await setTaskStatus(tx, task.id, 'paused') }
  })
}

/** As the worker's own writes would have it: `waiting` while every open item waits for AWS. */
const statusOfBegun = (task: Pick<TaskRecord, 'started_at' | 'waiting' | 'open'>): TaskStatus => {
  if (task.started_at === null) return 'queued'
  return task.waiting === task.open ? 'waiting' : 'running'
}

export const resume = async (deps: Decider, acting: Acting): Promise<void> => {
  await decide(deps, acting, 'task.resume', async (tx, task) => {
    if (task.status !== 'paused') throw wrongState(task, 'resumed')
    const now = deps.now()
    const isLater = task.started_at === null && task.scheduled_for !== null && task.scheduled_for > now
    await releaseHeldItems(tx, task.id, isLater && task.scheduled_for ? task.scheduled_for : now)
    return { task: await setTaskStatus(tx, task.id, isLater ? 'scheduled' : statusOfBegun(task)) }
  })
}
