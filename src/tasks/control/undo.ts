import type { Principal } from '#contracts/principal.ts'
import type { FiledTask } from '#contracts/task-request.ts'
import { isFinal } from '#contracts/task.ts'
import type { Database } from '#platform/db/database.ts'
import { errors } from '../errors.ts'
import type { Operation } from '../operation.ts'
import type { Planner } from '../plan.ts'
import type { PreApproved } from '../plan/approvals.ts'
import type { ItemRecord } from '../store/read-items.ts'
import { listItems } from '../store/read-items.ts'
import type { TaskRecord, TaskWithTargets } from '../store/shapes.ts'
import type { Undos } from '../store/read-tasks.ts'
import { approvalsOf, findTask, undosOf } from '../store/read-tasks.ts'
import { passFreezes } from '../freezes/held-items.ts'
import { requireNotFrozen } from '../freezes/require-not-frozen.ts'
import { newTask } from './new-task.ts'
import type { Filer } from '../queue/file.ts'

/** Within this time after its approval, or its end where that was later, the undo of an approved task is approved with it. */
const approvedForMs = 24 * 3_600_000

/** Within this time no freeze holds an undo: taking back what was just done is how an incident ends. */
const passesForMs = 24 * 3_600_000
const mostItems = 10_000

/** What an undo of this task could do, and why not where it can't. */
export const undoability = (
  task: Pick<TaskRecord, 'status' | 'succeeded' | 'undo_of' | 'operation'>,
  operation: Operation | null,
  undos: Undos,
): { possible: boolean; why: string | null } => {
  if (operation === null) return { possible: false, why: `This release does not know ${task.operation} any more.` }
  if (operation.undo.inverse === null) return { possible: false, why: operation.undo.note ?? 'It has no undo.' }
  if (!isFinal(task.status)) return { possible: false, why: 'It is not over yet.' }
  if (task.succeeded === 0)
    return { possible: false, why: 'Nothing of it succeeded, so there is nothing to take back.' }
  const live = undos.tasks.find(({ status }) => !isFinal(status))
  if (live) return { possible: false, why: `Task ${live.id} is taking it back.` }
  if (undos.takenBack.size >= task.succeeded) {
    return { possible: false, why: 'All of it was taken back already.' }
  }
  return { possible: true, why: null }
}

type Undoing = { principal: Principal; taskId: string; items?: string[]; reason?: string; requestId: string }

/**
 * Files the task that takes another one back: the inverse operation on what succeeded, with the whole envelope of its own
 * (rights, guards, live state, plan). It is approved with its origin for a day, unless its risk is higher.
 */
export const undo = async (
  deps: {
    db: Database
    planner: Planner
    filer: Filer
    operation: (name: string, version: number) => Operation | null
    now: () => Date
  },
  { principal, taskId, items, reason, requestId }: Undoing,
): Promise<FiledTask> => {
  const task = await findTask(deps.db, taskId)
  if (task === undefined) throw errors.task_not_found(`There is no task "${taskId}".`)
  const operation = deps.operation(task.operation, task.operation_version)
  const undos = await undosOf(deps.db, taskId)
  const { possible, why } = undoability(task, operation, undos)
  if (!possible || operation?.undo.inverse == null)
    throw errors.undo_impossible(`Task ${taskId} can't be undone: ${why}`)

  const chosen = await chosenItems(deps.db, task, undos, items)
  const inverse = operation.undo.inverse(task.params)
  const preApproved = await approvedWith(deps, task)
  const stored = await deps.planner.prepare({
    principal,
    operation: inverse.operation,
    targets: { ids: chosen.map((item) => item.target_id) },
    params: inverse.params,
    undoOf: taskId,
    ...(preApproved === null ? {} : { preApproved }),
    ...(operation.undo.images
      ? {
          desired: new Map(
            chosen.map((item) => [item.target_id, { before: item.actual ?? item.after, after: item.before }]),
          ),
        }
      : {}),
  })
  if (stored.plan.targets.length === 0) {
    const [first] = stored.plan.excluded
    throw errors.nothing_to_do(
      `Nothing of task ${taskId} is left to take back${first ? ` (${first.id}: ${first.why})` : ''}.`,
      {
        errors: stored.plan.excluded
          .slice(0, 50)
          .map(({ id, why: message }) => ({ path: 'items', message, value: id })),
      },
    )
  }
  const filed = newTask({
    principal,
    stored,
    reason: reason ?? `Undo of task ${taskId}`,
    priority: task.priority,
    scheduledFor: null,
    undoOf: taskId,
    now: deps.now(),
  })
  const passes = isFresh(task, deps.now())
  if (!passes) {
    requireNotFrozen(stored.plan.freeze, { targets: filed.items.length, scheduledFor: null, isUndo: true })
  }
  await deps.filer.file({
    task: filed,
    principal,
    requestId,
    ...(passes ? { also: (sql) => passFreezes(sql, filed.id, 'takes back what ended less than 24 hours before') } : {}),
  })
  return { id: filed.id, status: filed.status, planHash: filed.plan.planHash }
}

/** Those that were asked for, or all, of the items that succeeded and are not taken back yet. */
const chosenItems = async (
  db: Database,
  task: TaskWithTargets,
  { takenBack }: Undos,
  ids: string[] | undefined,
): Promise<ItemRecord[]> => {
  const succeeded = await listItems(db, task.id, { limit: mostItems, afterOrdinal: -1, status: ['succeeded'] })
  const done = succeeded.filter((item) => !takenBack.has(item.target_id))
  if (ids === undefined) return done
  const wanted = new Set(ids)
  const chosen = done.filter((item) => wanted.delete(item.id) || wanted.delete(item.target_id))
  const [unknown] = wanted
  if (unknown !== undefined) {
    throw errors.undo_impossible(
      `"${unknown}" is not an item of task ${task.id} that succeeded and is still to be taken back.`,
      {
        errors: [...wanted].slice(0, 50).map((value) => ({
          path: 'items',
          message: 'is not an item that succeeded and is still to be taken back',
          value,
        })),
      },
    )
  }
  return chosen
}

const isFresh = ({ finished_at: finishedAt }: TaskRecord, now: Date): boolean =>
  finishedAt !== null && now.getTime() - finishedAt.getTime() <= passesForMs

/** The approval of the task, while it covers an undo. After a delay or at a set time the task runs long after its approval. */
const approvedWith = async (deps: { db: Database; now: () => Date }, task: TaskRecord): Promise<PreApproved | null> => {
  const approvals = (await approvalsOf(deps.db, [task.id])).filter((approval) => approval.decision === 'approved')
  const newest = approvals.at(-1)
  if (newest === undefined || task.finished_at === null) return null
  const since = Math.max(newest.at.getTime(), task.finished_at.getTime())
  if (deps.now().getTime() - since > approvedForMs) return null
  const why = `It takes back task ${task.id}, which ${newest.by_email} approved and which was over less than 24 hours ago.`
  return { why, highestRisk: task.plan.risk }
}
