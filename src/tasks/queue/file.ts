import type { Principal } from '#contracts/principal.ts'
import { createGroupCommit } from '#platform/db/group-commit.ts'
import type { Database, Sql } from '#platform/db/database.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import { actorOf } from '#security/audit.ts'
import { errors } from '../errors.ts'
import type { FiledWith, NewTask } from '../store/file-tasks.ts'
import { fileTasks, isSecondUndo } from '../store/file-tasks.ts'

export type Filing = {
  task: NewTask
  principal: Principal
  requestId: string | null
  idempotency?: { key: string; bodyHash: string }
  /** Written in the transaction of the task, after its rows: what few tasks have. Such a task gets a commit of its own. */
  also?: (sql: Sql) => Promise<void>
}

/**
 * Accepts tasks: task, items, idempotency key, audit entry and event of everybody who files in this moment in one commit.
 * Resolves once that is durable, to true, or to false when the idempotency key was used before (then nothing was filed).
 * Throws `undo_impossible` for a second undo of a task while the first is not over.
 */
export const createFiler = (options: { db: Database; notifier: Notifier; onFiled: () => void }) => {
  const { db, notifier, onFiled } = options

  const tell = (): void => {
    onFiled()
    notifier.nudge('tasks')
    notifier.nudge('events')
  }

  const flush = async (filings: Filing[]): Promise<boolean[]> => {
    const filed = await fileTasks(db, filings.map(rowsOf))
    if (filed.size > 0) tell()
    return filings.map((filing) => filed.has(filing.task.id))
  }

  const fileAlone = (filing: Filing, also: NonNullable<Filing['also']>): Promise<boolean> =>
    db.transaction(async (tx) => {
      const filed = await fileTasks(tx, [rowsOf(filing)])
      if (filed.size === 0) return false
      await also(tx)
      tx.afterCommit(tell)
      return true
    })

  const group = createGroupCommit({ flush, maxBatch: 250, lanes: 2 })
  const file = async (filing: Filing): Promise<boolean> => {
    try {
      return await (filing.also === undefined ? group.add(filing) : fileAlone(filing, filing.also))
    } catch (error) {
      if (!isSecondUndo(error)) throw error
      const { undoOf } = filing.task
      throw errors.undo_impossible(`Task ${undoOf} can't be undone: another task is taking it back.`, { cause: error })
    }
  }
  return { file, idle: group.idle }
}
export type Filer = ReturnType<typeof createFiler>

const rowsOf = ({ task, principal, requestId, idempotency }: Filing): FiledWith => ({
  task,
  idempotency: idempotency ? { userId: principal.userId, ...idempotency } : null,
  actor: actorOf(principal),
  requestId,
  audit: {
    operation: task.operation,
    status: task.status,
    planHash: task.plan.planHash,
    risk: task.plan.risk,
    targets: task.items.length,
    accounts: task.accounts,
    reason: task.reason,
    ...(task.undoOf === null ? {} : { undoOf: task.undoOf }),
  },
  event: {
    id: task.id,
    operation: task.operation,
    status: task.status,
    requestedBy: task.requestedBy.id,
    ...(task.undoOf === null ? {} : { undoOf: task.undoOf }),
  },
})
