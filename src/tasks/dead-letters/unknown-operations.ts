import type { Log } from '#platform/log.ts'
import type { Decider } from '../control/decide.ts'
import { decide } from '../control/decide.ts'
import { lockTask } from '../store/control.ts'
import { countFailed, failHeldItems, openTasksOf, watchUnknown } from './unknown-store.ts'

/** A worker that hasn't said for so long what it knows is not counted on. */
const heardWithinSeconds = 180
/** Where nobody watched for longer than this, the time counts anew. */
const unwatchedSeconds = 600
/** A roll-out, or a roll-back, is over by then. */
const unknownForSeconds = 3_600
/** Younger tasks are not looked at: that keeps the look cheap. */
const openForSeconds = 600
/** Tasks that are ended in one round; the next takes more. */
const mostTasks = 200

/**
 * Ends tasks of operations, or versions of operations, that no living worker has known for an hour: a release that knew them
 * is gone for good. Their items become dead letters. What they did before is left as it is.
 */
export const endUnknownOperations = async (
  deps: Decider & { log: Log },
  limits: Partial<Parameters<typeof watchUnknown>[1]> = {},
): Promise<void> => {
  const found = await watchUnknown(deps.db, {
    heardWithinSeconds,
    unwatchedSeconds,
    unknownForSeconds,
    openForSeconds,
    ...limits,
  })
  for (const version of found) {
    const error = {
      code: 'operation_unknown',
      message: `No worker has known version ${version.version} of ${version.operation} for an hour. What was done before is left as it is.`,
    }
    const tasks = await openTasksOf(deps.db, version, mostTasks)
    deps.log.warn({ ...version, tasks: tasks.length }, 'ends tasks that no release knows')
    for (const taskId of tasks) {
      const acting = { principal: null, taskId, requestId: null, reason: error.message }
      await decide(deps, acting, 'task.end', async (tx, task) => {
        const count = await failHeldItems(tx, taskId, error)
        await countFailed(tx, taskId, count, error)
        return { task: (await lockTask(tx, taskId)) ?? task, details: { failedItems: count.failed } }
      })
    }
  }
}
