import type { RunAfter } from '#contracts/bulk.ts'
import type { Sql } from '#platform/db/database.ts'
import { mostFailures } from '../plan/rollout.ts'
import { insertConduct, insertPredecessors } from '../store/conducted-tasks.ts'
import type { NewTask } from '../store/file-tasks.ts'
import { insertWatch } from '../watch/store.ts'

/**
 * Writes, in the transaction of a new task, what a conductor needs to look after it: its waves, its budget, the alarms that
 * are watched and the tasks that it waits for. Undefined for a task that has none of these; such tasks cost nothing more.
 */
export const conductedWith = (
  { id, plan, items }: Pick<NewTask, 'id' | 'plan' | 'items'>,
  runAfter: readonly RunAfter[],
): ((sql: Sql) => Promise<void>) | undefined => {
  const { waves = [], soakSeconds = 0, errorBudget = null, onBudget = 'stop', watchAlarms = [] } = plan
  const isPlain = waves.length < 2 && errorBudget === null && watchAlarms.length === 0
  if (isPlain && runAfter.length === 0) return undefined
  const waveEnds = endsOf(waves.length < 2 ? [items.length] : waves.map(({ size }) => size))
  const isAfter = runAfter.length > 0
  return async (sql) => {
    await insertConduct(sql, {
      taskId: id,
      waveEnds,
      released: isAfter ? 0 : 1,
      soakSeconds,
      errorBudget,
      onBudget,
      mostFailures: isAfter ? null : mostFailures(errorBudget, waveEnds[0] ?? 0),
      isAfter,
    })
    if (watchAlarms.length > 0) await insertWatch(sql, id, watchAlarms)
    if (isAfter) await insertPredecessors(sql, id, runAfter)
  }
}

/** Running sums: for each wave the ordinal after its last item. */
const endsOf = (sizes: readonly number[]): number[] => {
  let end = 0
  return sizes.map((size) => (end += size))
}
