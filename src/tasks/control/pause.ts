import { holdItems, releaseHeldItems, setTaskStatus } from '../store/control.ts'
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

export const resume = async (deps: Decider, acting: Acting): Promise<void> => {
  await decide(deps, acting, 'task.resume', async (tx, task) => {
    if (task.status !== 'paused') throw wrongState(task, 'resumed')
    const now = deps.now()
    const isLater = task.started_at === null && task.scheduled_for !== null && task.scheduled_for > now
    await releaseHeldItems(tx, task.id, isLater && task.scheduled_for ? task.scheduled_for : now)
    const status = isLater ? 'scheduled' : task.started_at === null ? 'queued' : 'running'
    return { task: await setTaskStatus(tx, task.id, status) }
  })
}
