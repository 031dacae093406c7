import type { Sql } from '#platform/db/database.ts'
import type { FirstActs } from '../freezes/held-items.ts'
import { holdItems, setTaskStatus } from '../store/control.ts'
import type { TaskRecord, TaskStatus } from '../store/shapes.ts'
import { forgetPausedBy } from '../watch/store.ts'
import type { Acting, Decider } from './decide.ts'
import { decide, requireTransition, wrongState } from './decide.ts'
import { release } from './release.ts'

/** Begins nothing more of a task; what is under way goes on. */
export const pause = async (deps: Decider, acting: Acting): Promise<void> => {
  const { id } = await decide(deps, acting, 'task.pause', async (tx, task) => {
    requireTransition(task, 'paused', 'paused')
    return { task: await pauseTask(tx, task) }
  })
  // Workers put back what they claimed and have not begun.
  deps.notifier.nudge('tasks_paused', id)
}

/** The same in a transaction that has the task's row locked. */
export const pauseTask = async (tx: Sql, task: TaskRecord): Promise<TaskRecord> => {
  await holdItems(tx, task.id)
  return setTaskStatus(tx, task.id, 'paused')
}

/** As the worker's own writes would have it: `waiting` while every open item waits for AWS. */
const statusOfBegun = (task: Pick<TaskRecord, 'waiting' | 'open'>): TaskStatus =>
  task.waiting === task.open ? 'waiting' : 'running'

export const resume = async (deps: Decider & { firstActs: FirstActs }, acting: Acting): Promise<void> => {
  await decide(deps, acting, 'task.resume', async (tx, task) => {
    if (task.status !== 'paused') throw wrongState(task, 'resumed')
    await forgetPausedBy(tx, task.id)
    const status = await release(tx, deps.firstActs, task, deps.now())
    return { task: await setTaskStatus(tx, task.id, task.started_at === null ? status : statusOfBegun(task)) }
  })
}
