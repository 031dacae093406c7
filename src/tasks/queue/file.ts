import type { Principal } from '#contracts/principal.ts'
import { createGroupCommit } from '#platform/db/group-commit.ts'
import type { Database, Sql } from '#platform/db/database.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import { actorOf } from '#security/audit.ts'
import { errors } from '../errors.ts'
import type { ClaimedItem } from '../store/claim-items.ts'
import type { FiledWith, NewTask } from '../store/file-tasks.ts'
import { fileTasks, isSecondUndo } from '../store/file-tasks.ts'
import type { HandOff } from '../worker/hand-off.ts'

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
 *
 * Where a worker of the same process has places free, the first tasks are filed as in its hands already (hand-off.ts).
 */
export const createFiler = (options: { db: Database; notifier: Notifier; onFiled: () => void; handOff?: HandOff }) => {
  const { db, notifier, onFiled, handOff } = options

  const tell = (): void => {
    onFiled()
    notifier.nudge('tasks')
    notifier.nudge('events')
  }

  const flush = async (filings: Filing[]): Promise<boolean[]> => {
    const handed = handOver(filings, handOff)
    const rows = filings.map((filing) => rowsOf(filing, handed?.claims.get(filing.task.id)))
    let filed: Set<string>
    try {
      filed = await fileTasks(db, rows)
    } catch (error) {
      handed?.reservation.lose()
      throw error
    }
    handed?.reservation.receive(
      [...handed.claims].flatMap(([id, claim]) => (filed.has(id) ? itemsOf(claim.task, claim) : [])),
    )
    const isAllHanded = filings.every(({ task }) => !filed.has(task.id) || handed?.claims.has(task.id))
    if (filed.size > 0 && isAllHanded) notifier.nudge('events')
    else if (filed.size > 0) tell()
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

  const group = createGroupCommit({ flush, maxBatch: 250, lanes: 2, spreadFrom: 20 })
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

/** A task that is filed as in a worker's hands. */
type Claim = { task: NewTask; worker: string; at: Date }

/** The first tasks that may begin at once, as many as have places. */
const handOver = (filings: readonly Filing[], handOff: HandOff | undefined) => {
  const due = filings.filter(({ task }) => task.status === 'queued' && task.items.length > 0)
  const wanted = due.reduce((sum, { task }) => sum + task.items.length, 0)
  const reservation = wanted === 0 ? null : (handOff?.reserve(wanted) ?? null)
  if (reservation === null) return null
  const at = new Date()
  const claims = new Map<string, Claim>()
  let places = reservation.places
  for (const { task } of due) {
    if (task.items.length > places) break
    places -= task.items.length
    claims.set(task.id, { task, worker: reservation.worker, at })
  }
  return { reservation, claims }
}

/** As a claim would have brought them. */
const itemsOf = (task: NewTask, { at }: Claim): ClaimedItem[] =>
  task.items.map((item, ordinal) => ({
    account: item.account,
    id: item.id,
    taskId: task.id,
    ordinal,
    region: item.region,
    targetId: item.targetId,
    before: item.before,
    after: item.after,
    step: 0,
    stepAttempt: 0,
    stepStartedAt: at,
    isArmed: false,
    isDoubtful: false,
    isCompensating: false,
    inWait: false,
    steps: [],
    move: 0,
    attempt: 1,
    recoveries: 0,
    priority: task.priority,
    error: null,
    operation: task.operation,
    operationVersion: task.operationVersion,
    params: task.params,
    taskStatus: 'queued',
    taskItems: task.items.length,
  }))

const rowsOf = ({ task, principal, requestId, idempotency }: Filing, claim?: Claim): FiledWith => ({
  task,
  claim: claim ?? null,
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
