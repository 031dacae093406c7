import type { Database } from '#platform/db/database.ts'
import type { Alarms } from '../alarms.ts'
import { listStuck, watchProgress } from './store.ts'

/** No task is called stuck before this, whatever its plan expects. */
const leastSeconds = 600
/** A plan's expectation is an estimate. */
const factor = 3
/** The oldest tasks are looked at first; a queue with more than this has other troubles. */
const most = 2_000
const key = 'tasks/stuck'
const named = 5

/**
 * Finds tasks that don't move for longer than they should, and tells of them in one alert, which ends by itself when none is
 * left. Nothing is done to the task: whoever looks decides.
 */
export const detectStuck = async (
  deps: { db: Database; alarms: Alarms },
  limits: { leastSeconds?: number; factor?: number } = {},
): Promise<void> => {
  const { db, alarms } = deps
  const found = await watchProgress(db, { leastSeconds, factor, most, ...limits })
  const stuck = await listStuck(db, most)
  if (stuck.length === 0) return alarms.resolve(key)
  if (found.length === 0) return
  const list = stuck.slice(0, named).map(({ id, why }) => `Task ${id}: ${why}`)
  await alarms.raise({
    key,
    severity: 'warning',
    title: stuck.length === 1 ? 'A task makes no progress' : `${stuck.length} tasks make no progress`,
    detail: [...list, ...(stuck.length > named ? [`And ${stuck.length - named} more.`] : [])].join('\n'),
    source: 'tasks',
    subject: { type: 'Task', id: stuck[0]?.id ?? '' },
  })
}
