import type { Sql } from '#platform/db/database.ts'
import { delayOf } from '../approvals/store.ts'
import type { FirstActs } from '../freezes/held-items.ts'
import { applyFreezes, statusOfUnbegun } from '../freezes/hold.ts'
import { isAfterOthers } from '../store/conducted-tasks.ts'
import { releaseHeldItems } from '../store/control.ts'
import type { TaskRecord } from '../store/shapes.ts'

/**
 * Lets what is held of a task begin: at its set time, after its delay and after the freezes that hold it, whichever is last.
 * What waits for other tasks, or for an earlier wave, stays held.
 * Returns the status of the task, were nothing of it begun.
 */
export const release = async (
  tx: Sql,
  firstActs: FirstActs,
  task: TaskRecord,
  now: Date,
): Promise<'scheduled' | 'queued'> => {
  const from = [task.scheduled_for, await delayOf(tx, task.id)].reduce<Date>(
    (last, at) => (at !== null && at > last ? at : last),
    now,
  )
  await releaseHeldItems(tx, task.id, from)
  await applyFreezes(tx, firstActs, task.id, now)
  if (await isAfterOthers(tx, task.id)) return 'scheduled'
  return statusOfUnbegun(tx, task.id, now)
}
