import type { Principal } from '#contracts/principal.ts'
import { createGroupCommit } from '#platform/db/group-commit.ts'
import type { Database } from '#platform/db/database.ts'
import { eventsStatement } from '#platform/events/append.ts'
import type { NewEvent } from '#platform/events/append.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import { actorOf, auditStatement } from '#security/audit.ts'
import type { AuditEntry } from '#security/audit.ts'
import type { NewTask } from '../store/file-tasks.ts'
import { insertItems, insertTasks } from '../store/file-tasks.ts'
import { insertIdempotencyKeys } from '../store/idempotency.ts'

export type Filing = {
  task: NewTask
  principal: Principal
  requestId: string | null
  idempotency?: { key: string; bodyHash: string }
}

/**
 * Accepts tasks: task, items, idempotency key, audit entry and event of everybody who files in this moment in one
 * transaction. Resolves once it is committed, to true, or to false when the idempotency key was used before (then nothing
 * was filed).
 */
export const createFiler = (options: { db: Database; notifier: Notifier; onFiled: () => void; now: () => Date }) => {
  const { db, notifier, onFiled, now } = options

  const flush = (filings: Filing[]): Promise<boolean[]> =>
    db.transaction(async (tx) => {
      const free = await reserveKeys(tx, filings)
      const accepted = filings.filter((filing) => free.has(filing))
      if (accepted.length > 0) {
        const tasks = accepted.map((filing) => filing.task)
        tx.fire(insertTasks(tasks))
        tx.fire(insertItems(tasks, now()))
        tx.fire(auditStatement(accepted.map(auditOfFiling)))
        tx.fire(eventsStatement(accepted.map(eventOfFiling)))
        tx.afterCommit(() => {
          onFiled()
          notifier.nudge('tasks')
          notifier.nudge('events')
        })
      }
      return filings.map((filing) => free.has(filing))
    })

  const group = createGroupCommit({ flush, maxBatch: 250, lanes: 2 })
  return { file: group.add, idle: group.idle }
}
export type Filer = ReturnType<typeof createFiler>

/** The filings that may go on: those without a key, and the first with each key that nobody used before. */
const reserveKeys = async (tx: Parameters<typeof insertIdempotencyKeys>[0], filings: readonly Filing[]): Promise<Set<Filing>> => {
  const keyed = new Map<string, Filing>()
  const free = new Set<Filing>()
  for (const filing of filings) {
    if (filing.idempotency === undefined) free.add(filing)
    else {
      const name = `${filing.principal.userId}\n${filing.idempotency.key}`
      if (!keyed.has(name)) keyed.set(name, filing)
    }
  }
  const reserved = await insertIdempotencyKeys(
    tx,
    // Sorted, so that two processes that are offered the same keys can't deadlock.
    [...keyed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { principal, idempotency, task }]) => ({
      userId: principal.userId,
      key: idempotency?.key ?? '',
      bodyHash: idempotency?.bodyHash ?? '',
      taskId: task.id,
    })),
  )
  for (const [name, filing] of keyed) if (reserved.has(name)) free.add(filing)
  return free
}

const auditOfFiling = ({ task, principal, requestId }: Filing): AuditEntry => ({
  actor: actorOf(principal),
  action: 'task.create',
  subject: { type: 'Task', id: task.id },
  outcome: 'succeeded',
  requestId,
  details: {
    operation: task.operation,
    status: task.status,
    planHash: task.plan.planHash,
    risk: task.plan.risk,
    targets: task.items.length,
    accounts: task.accounts,
    reason: task.reason,
    ...(task.undoOf === null ? {} : { undoOf: task.undoOf }),
  },
})

const eventOfFiling = ({ task }: Filing): NewEvent => ({
  topics: ['tasks', `tasks/${task.id}`],
  type: 'task.created',
  accounts: task.accounts,
  data: {
    id: task.id,
    operation: task.operation,
    status: task.status,
    requestedBy: task.requestedBy.id,
    ...(task.undoOf === null ? {} : { undoOf: task.undoOf }),
  },
})
