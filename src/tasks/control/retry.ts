import type { Principal } from '#contracts/principal.ts'
import type { FiledTask, RetryStatus } from '#contracts/task-request.ts'
import { isFinal } from '#contracts/task.ts'
import type { Database } from '#platform/db/database.ts'
import { errors } from '../errors.ts'
import type { TaskService } from '../http/task-service.ts'
import type { Operation } from '../operation.ts'
import { differences } from '../operations/images.ts'
import type { PreApproved } from '../plan/approvals.ts'
import type { Planner, StoredPlan } from '../plan.ts'
import { listItems } from '../store/read-items.ts'
import type { ItemRecord } from '../store/read-items.ts'
import { approvalsOf, findTask } from '../store/read-tasks.ts'
import { insertRetry, targetsRetried } from '../store/retries.ts'
import type { TaskWithTargets } from '../store/shapes.ts'
import { wrongState } from './decide.ts'

const approvedForMs = 24 * 3_600_000
const mostItems = 10_000
const mostNamed = 50

/** Items that did not come to what was asked for, which another try may change. */
const retried: readonly RetryStatus[] = ['failed', 'compensated', 'drifted', 'cancelled']
/** Unless the request says which: what failed, whether or not it was taken back. */
const retriedByDefault: readonly RetryStatus[] = ['failed', 'compensated']

export type Retrying = {
  principal: Principal
  taskId: string
  items?: string[]
  statuses?: readonly RetryStatus[]
  /** Somebody says that effects of which nobody knows whether they took place may be done once more. */
  repeatEffect?: boolean
  reason?: string
  requestId: string
}

/**
 * Files a task for what failed of another one, with a fresh plan and all its checks. What was cancelled or has drifted is
 * tried only when it is asked for, and what may have taken effect without anybody knowing only when somebody says so.
 *
 * It needs no approval when its origin was approved, was over less than a day ago, and the fresh plan is a part of what was
 * approved: each target as it was then and to become what it was to become, in no higher class.
 */
export const retry = async (
  deps: {
    db: Database
    planner: Pick<Planner, 'prepare'>
    file: TaskService['file']
    operation: (name: string, version: number) => Operation | null
    now: () => Date
  },
  retrying: Retrying,
): Promise<FiledTask> => {
  const { principal, taskId, reason, requestId } = retrying
  const task = await findTask(deps.db, taskId)
  if (task === undefined) throw errors.task_not_found(`There is no task "${taskId}".`)
  if (!isFinal(task.status)) throw wrongState(task, 'tried again before it is over')
  if (task.undo_of !== null) {
    throw errors.retry_impossible(
      `Task ${taskId} takes back task ${task.undo_of}: undo that one again for what is left of it.`,
    )
  }
  const operation = deps.operation(task.operation, task.operation_version)
  if (operation === null) {
    throw errors.retry_impossible(
      `Version ${task.operation_version} of ${task.operation} is not known to this release. Make a new plan.`,
    )
  }
  const chosen = await chosenItems(deps.db, task, operation, retrying)
  const prepare = (preApproved: PreApproved | null): Promise<StoredPlan> =>
    deps.planner.prepare({
      principal,
      operation: task.operation,
      targets: { ids: chosen.map((item) => item.target_id) },
      params: task.params,
      // Where the images say what is asked for, the parameters may be gone.
      desired: new Map(chosen.map((item) => [item.target_id, { before: null, after: item.after }])),
      retryOf: taskId,
      requestId,
      ...(preApproved === null ? {} : { preApproved }),
    })
  const preApproved = await approvedWith(deps, task)
  const covered = await prepare(preApproved)
  const isCovered = preApproved === null || isPartOf(covered, chosen)
  const stored = isCovered ? covered : await prepare(null)
  if (stored.plan.targets.length === 0) throw nothingLeft(taskId, stored)

  const { isNew: _isNew, ...filed } = await deps.file({
    principal,
    stored,
    reason: reason ?? `Retry of task ${taskId}`,
    priority: task.priority,
    requestId,
    also: async (sql, id) => {
      if (await insertRetry(sql, id, taskId)) return
      throw errors.retry_impossible(`Task ${taskId} is being tried again by another task that is not over.`)
    },
  })
  return filed
}

/** Those that were asked for, or what failed, of the items that no other retry has done already. */
const chosenItems = async (
  db: Database,
  task: TaskWithTargets,
  operation: Operation,
  { items: ids, statuses = retriedByDefault, repeatEffect = false }: Retrying,
): Promise<ItemRecord[]> => {
  const [found, done] = await Promise.all([
    listItems(db, task.id, { limit: mostItems, afterOrdinal: -1, status: retried }),
    targetsRetried(db, task.id),
  ])
  const open = found.filter((item) => !done.has(item.target_id))
  if (ids === undefined) {
    const wanted = open.filter((item) => statuses.some((status) => status === item.status))
    const chosen = wanted.filter((item) => repeatEffect || !isUnknown(item, operation))
    if (chosen.length > 0) return chosen
    throw errors.retry_impossible(
      wanted.length > 0
        ? `Nobody knows whether ${wanted.length} targets of task ${task.id} were acted on: send "repeatEffect": true to do it once more.`
        : `Nothing of task ${task.id} is ${statuses.join(' or ')} and not tried again already.`,
    )
  }
  const named = new Set(ids)
  const chosen = open.filter((item) => named.delete(item.id) || named.delete(item.target_id))
  const [first] = named
  if (first !== undefined) {
    throw errors.retry_impossible(
      `"${first}" is not an item of task ${task.id} that failed, drifted or was cancelled and is still to be tried again.`,
      { errors: namedErrors([...named], 'is not an item that can be tried again') },
    )
  }
  const unknown = repeatEffect ? [] : chosen.filter((item) => isUnknown(item, operation))
  if (unknown.length > 0) {
    throw errors.retry_impossible(
      `Nobody knows whether "${unknown[0]?.target_id}" was acted on: send "repeatEffect": true to do it once more.`,
      {
        errors: namedErrors(
          unknown.map((item) => item.target_id),
          'may have taken effect already',
        ),
      },
    )
  }
  return chosen
}

const namedErrors = (values: readonly string[], message: string) =>
  values.slice(0, mostNamed).map((value) => ({ path: 'items', message, value }))

/** Ends of an item of which nobody can tell whether a step that can't be read back has acted. */
const unknownEnds = ['outcome_unknown', 'worker_lost', 'result_unrecordable', 'account_not_found']

const isUnknown = (item: ItemRecord, operation: Operation): boolean =>
  item.error?.code === 'outcome_unknown' ||
  (unknownEnds.includes(item.error?.code ?? '') &&
    operation.steps.some((step) => step.kind === 'act' && step.effect === 'at-most-once'))

/** Whether each target of the plan is as the origin's plan had it: as it was, and to become what it was to become. */
const isPartOf = ({ plan }: StoredPlan, chosen: readonly ItemRecord[]): boolean => {
  const origins = new Map(chosen.map((item) => [item.target_id, item]))
  return plan.targets.every(({ id, before, after }) => {
    const origin = origins.get(id)
    return (
      origin !== undefined &&
      differences(origin.before, before).length === 0 &&
      differences(origin.after, after).length === 0
    )
  })
}

const approvedWith = async (
  deps: { db: Database; now: () => Date },
  task: TaskWithTargets,
): Promise<PreApproved | null> => {
  const approvals = (await approvalsOf(deps.db, [task.id])).filter((approval) => approval.decision === 'approved')
  const newest = approvals.at(-1)
  if (newest === undefined || task.finished_at === null) return null
  const since = Math.max(newest.at.getTime(), task.finished_at.getTime())
  if (deps.now().getTime() - since > approvedForMs) return null
  const why = `It tries again what failed of task ${task.id}, which ${newest.by_email} approved and which was over less than 24 hours ago.`
  return { why, highestRisk: task.plan.risk }
}

const nothingLeft = (taskId: string, { plan }: StoredPlan) => {
  const [first] = plan.excluded
  return errors.nothing_to_do(
    `Nothing of task ${taskId} is left to try again${first ? ` (${first.id}: ${first.why})` : ''}.`,
    {
      errors: plan.excluded.slice(0, mostNamed).map(({ id, why: message }) => ({ path: 'items', message, value: id })),
    },
  )
}
