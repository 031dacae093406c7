import type { DeadLetter, DeadLetterDetails, DeadLetterFilter, RequeueRequest } from '#contracts/dead-letter.ts'
import type { List, PageQuery } from '#contracts/list.ts'
import { countedTo } from '#contracts/list.ts'
import type { Principal } from '#contracts/principal.ts'
import type { FiledTask } from '#contracts/task-request.ts'
import type { Item } from '#contracts/task.ts'
import type { Database } from '#platform/db/database.ts'
import { decodePosition, pageOf, totalOf } from '#platform/http/paging.ts'
import { isUuid, uuidShape } from '#platform/ids.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import { errors } from '../errors.ts'
import type { TaskService } from '../http/task-service.ts'
import type { Planner } from '../plan.ts'
import { findTask } from '../store/read-tasks.ts'
import { countDeadLetters, decideDeadLetter, findDeadLetter, listDeadLetters } from './store.ts'
import type { DeadLetterRecord } from './store.ts'

type Asker = { principal: Principal; requestId: string }

/** What people do with dead letters: look, file a new task for the target, or say that nothing is to be done. */
export const createDeadLetters = (deps: {
  db: Database
  planner: Pick<Planner, 'prepare'>
  file: TaskService['file']
  items: TaskService['items']
}) => {
  const { db, planner } = deps

  const record = async (id: string): Promise<DeadLetterRecord> => {
    const row = isUuid(id) ? await findDeadLetter(db, id) : undefined
    if (row === undefined) throw errors.dead_letter_not_found(`There is no dead letter "${id.slice(0, 100)}".`)
    return row
  }

  const requireOpen = (row: DeadLetterRecord): void => {
    if (row.status !== 'open') throw decided(row)
  }

  const itemOf = async ({ id, task_id, ordinal }: DeadLetterRecord): Promise<Item | null> => {
    // The page that begins with it.
    const cursor = Buffer.from(JSON.stringify([String(ordinal - 1)])).toString('base64url')
    const page = ordinal === 0 ? { limit: 1 } : { limit: 1, cursor }
    const { items } = await deps.items(task_id, page).catch(() => ({ items: [] }))
    return items.find((item) => item.id === id) ?? null
  }

  return {
    record,

    get: async (id: string): Promise<DeadLetterDetails> => {
      const row = await record(id)
      return { ...viewOf(row), item: await itemOf(row) }
    },

    list: async (filter: DeadLetterFilter, { limit, cursor }: PageQuery): Promise<List<DeadLetter>> => {
      const beforeId = decodePosition(cursor, uuidShape)
      const [found, count] = await Promise.all([
        listDeadLetters(db, filter, { limit, beforeId }),
        countDeadLetters(db, filter, countedTo + 1),
      ])
      const { page, nextCursor } = pageOf(found, limit, (row) => [row.id])
      return { items: page.map(viewOf), nextCursor, total: totalOf(count) }
    },

    /**
     * Files a task of its own for the target: planned anew, with all checks and with the rights of who asks. It repeats an
     * effect of which nobody knows whether it took place only when they say so.
     */
    requeue: async (
      { principal, requestId }: Asker,
      id: string,
      { reason, repeatEffect }: RequeueRequest,
    ): Promise<FiledTask> => {
      const row = await record(id)
      requireOpen(row)
      const origin = await findTask(db, row.task_id)
      if (origin === undefined) throw errors.task_not_found(`Task ${row.task_id} is not kept any more: file a new one.`)
      if (origin.undo_of !== null) {
        throw errors.dead_letter_is_undo(
          `Task ${row.task_id} takes back task ${origin.undo_of}: undo that one again (POST /api/v1/tasks/${origin.undo_of}/undo).`,
        )
      }
      if (row.cause === 'outcome_unknown' && !repeatEffect) {
        throw errors.effect_unknown(
          `Nobody knows whether ${row.operation} took effect on ${row.target_id}. Look at it, and send repeatEffect: true if it may happen twice.`,
          { errors: [{ path: 'repeatEffect', message: 'must be true to risk a second effect', value: false }] },
        )
      }
      const stored = await planner.prepare({
        principal,
        operation: row.operation,
        targets: { ids: [row.target_id], account: row.account },
        params: origin.params,
        requestId,
      })
      if (stored.plan.targets.length === 0) {
        const why = stored.plan.excluded[0]?.why ?? 'it is not there any more'
        throw errors.nothing_to_do(`Nothing is to be done for ${row.target_id}: ${why}. You may dismiss it.`)
      }
      const { isNew: _isNew, ...filed } = await deps.file({
        principal,
        stored,
        reason,
        priority: origin.priority,
        requestId,
        also: async (tx, taskId) => {
          const by = { id: principal.userId, email: principal.email }
          if (!(await decideDeadLetter(tx, id, { status: 'requeued', by, reason, requeuedAs: taskId })))
            throw decided(row)
          await audit(tx, { principal, requestId }, 'requeue', row, { reason, task: taskId, repeatEffect })
        },
      })
      return filed
    },

    dismiss: async (asker: Asker, id: string, reason: string): Promise<DeadLetterDetails> => {
      const row = await record(id)
      requireOpen(row)
      await db.transaction(async (tx) => {
        const by = { id: asker.principal.userId, email: asker.principal.email }
        if (!(await decideDeadLetter(tx, id, { status: 'dismissed', by, reason, requeuedAs: null }))) throw decided(row)
        await audit(tx, asker, 'dismiss', row, { reason })
      })
      const after = await record(id)
      return { ...viewOf(after), item: await itemOf(after) }
    },
  }
}
export type DeadLetters = ReturnType<typeof createDeadLetters>

const decided = ({ id }: DeadLetterRecord) =>
  errors.dead_letter_state(`Somebody decided about dead letter ${id} before. Look at it again.`)

const audit = (
  tx: Parameters<typeof appendAudit>[0],
  { principal, requestId }: Asker,
  verb: string,
  row: DeadLetterRecord,
  details: Record<string, unknown>,
): Promise<void> =>
  appendAudit(tx, [
    {
      actor: actorOf(principal),
      action: `dead-letter.${verb}`,
      subject: { type: 'Task', id: row.task_id },
      outcome: 'succeeded',
      requestId,
      details: { item: row.id, target: row.target_id, operation: row.operation, cause: row.cause, ...details },
    },
  ])

const viewOf = (row: DeadLetterRecord): DeadLetter => ({
  id: row.id,
  task: row.task_id,
  operation: row.operation,
  target: { id: row.target_id, name: row.target_name, account: row.account, region: row.region },
  cause: row.cause,
  error: row.error,
  step: row.step,
  attempts: row.attempts,
  workersLost: row.workers_lost,
  requestedBy: row.requested_by,
  foundAt: row.found_at.toISOString(),
  status: row.status,
  decidedAt: row.decided_at?.toISOString() ?? null,
  decidedBy: row.decided_by,
  reason: row.decision_reason,
  requeuedAs: row.requeued_as,
  links: { self: `/api/v1/dead-letters/${row.id}`, task: `/api/v1/tasks/${row.task_id}` },
})
