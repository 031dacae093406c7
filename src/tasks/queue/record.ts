import { createGroupCommit } from '#platform/db/group-commit.ts'
import type { Database } from '#platform/db/database.ts'
import { eventsStatement } from '#platform/events/append.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import { auditStatement } from '#security/audit.ts'
import type { Advance } from '../store/advance-items.ts'
import { advanceItems } from '../store/advance-items.ts'
import { countTasks, startTasks } from '../store/count-tasks.ts'
import { auditOfEngine } from './audit-entries.ts'
import { eventsOfChanges } from './task-events.ts'

type Entry = { kind: 'start'; taskId: string } | { kind: 'advance'; advance: Advance }

/**
 * Writes what workers did: step results, item states, the counters and states of their tasks, audit entries and events, of
 * everybody who waits in this moment, in one transaction. Resolves to false when the item had been taken away meanwhile
 * (fenced) and nothing was written for it.
 */
export const createRecorder = (options: { db: Database; notifier: Notifier }) => {
  const { db, notifier } = options

  const flush = async (entries: Entry[]): Promise<boolean[]> =>
    db.transaction(async (tx) => {
      const starts = new Set(entries.flatMap((entry) => (entry.kind === 'start' ? [entry.taskId] : [])))
      const advances = entries.flatMap((entry) => (entry.kind === 'advance' ? [entry.advance] : []))
      const [started, advanced] = await Promise.all([
        starts.size === 0 ? [] : startTasks(tx, [...starts]),
        advances.length === 0 ? [] : advanceItems(tx, advances),
      ])
      const counted = await countTasks(tx, advanced)
      const written = new Set(advanced.map((item) => item.id))
      const changed = advances.filter((advance) => written.has(advance.id))
      const audit = auditOfEngine(started, counted)
      if (audit.length > 0) tx.fire(auditStatement(audit))
      const events = eventsOfChanges({ started, counted, changed })
      if (events.length > 0) tx.fire(eventsStatement(events))
      tx.afterCommit(() => notifier.nudge('events'))
      return entries.map((entry) => entry.kind === 'start' || written.has(entry.advance.id))
    })

  const group = createGroupCommit({ flush, maxBatch: 500, lanes: 2 })
  return {
    started: (taskId: string): Promise<boolean> => group.add({ kind: 'start', taskId }),
    advance: (advance: Advance): Promise<boolean> => group.add({ kind: 'advance', advance }),
    idle: group.idle,
  }
}
export type Recorder = ReturnType<typeof createRecorder>
