import type { ExpectedEnd } from '#contracts/expected-end.ts'
import type { Item, ItemStatus, PlanTarget, Progress, StepRecord, Task, TaskRow } from '#contracts/task.ts'
import type { Governance } from '../approvals/store.ts'
import { isReplannable } from '../control/replan.ts'
import type { Operation } from '../operation.ts'
import { countersOf } from '../queue/task-events.ts'
import type { Conduct } from '../store/conducted-tasks.ts'
import type { ItemRecord } from '../store/read-items.ts'
import type { ApprovalRecord } from '../store/read-tasks.ts'
import type { TaskRecord, TaskWithTargets } from '../store/shapes.ts'
import { expectedEnd } from './expected-end.ts'
import type { PlaceEnds } from './expected-end.ts'
import { breakGlassOf, waitOf } from './governance-view.ts'

/** All counters, with what is open split into what workers have in hand and what they don't. */
export const progressOf = (task: TaskRecord, running: number): Progress => {
  const open = Math.max(0, task.open - task.waiting)
  const inHand = Math.min(running, open)
  return { ...countersOf(task), running: inHand, pending: open - inHand }
}

const linksOf = (task: TaskRecord): Record<string, string> => {
  const self = `/api/v1/tasks/${task.id}`
  return {
    self,
    items: `${self}/items`,
    events: `${self}/events`,
    console: `/tasks/${task.id}`,
    ...(isReplannable(task) ? { replan: `${self}/replan` } : {}),
  }
}

/** What stands beside the task's own row. */
type Beside = {
  running: number
  governance: Governance | undefined
  conduct: Conduct | undefined
  places: readonly PlaceEnds[]
  now: Date
}

const endOf = (task: TaskRecord, { governance, conduct, places, now }: Beside): ExpectedEnd => {
  const { notBefore } = waitOf(task, governance, now)
  const { status, started_at: startedAt, total, plan } = task
  const held = notBefore === null ? null : new Date(notBefore)
  return expectedEnd({ status, startedAt, notBefore: held, total, plan, conduct, places }, now)
}

const common = (task: TaskRecord, beside: Beside) => ({
  id: task.id,
  operation: task.operation,
  status: task.status,
  params: task.params,
  progress: progressOf(task, beside.running),
  requestedBy: task.requested_by,
  reason: task.reason,
  priority: task.priority,
  createdAt: task.created_at.toISOString(),
  startedAt: task.started_at?.toISOString() ?? null,
  finishedAt: task.finished_at?.toISOString() ?? null,
  ...waitOf(task, beside.governance, beside.now),
  ...endOf(task, beside),
  ...breakGlassOf(beside.governance),
  ...(task.error === null ? {} : { error: task.error }),
  ...(task.undo_of === null ? {} : { undoOf: task.undo_of }),
  links: linksOf(task),
})

export const taskRowOf = (task: TaskRecord, beside: Beside): TaskRow => {
  const { planHash, risk, undo, approvals } = task.plan
  return { ...common(task, beside), plan: { planHash, risk, undo, approvals }, accounts: task.accounts }
}

export const taskOf = (
  task: TaskWithTargets,
  more: Beside & {
    targets: PlanTarget[]
    approvals: ApprovalRecord[]
    undo: { possible: boolean; why: string | null; task: string | null }
  },
): Task => {
  const { operation: _operation, operationVersion: _version, steps, accounts: _accounts, ...plan } = task.plan
  return {
    ...common(task, more),
    targets: task.targets,
    plan: { ...plan, targets: more.targets },
    steps,
    approvals: more.approvals.map((approval) => ({
      by: { id: approval.by_id, email: approval.by_email },
      decision: approval.decision,
      planHash: approval.plan_hash,
      reason: approval.reason,
      selfApproved: approval.self_approved,
      at: approval.at.toISOString(),
    })),
    undo: { label: plan.undo, ...more.undo },
  }
}

/** An item with a record for every step of the plan: those that are over, the current one, those to come. */
export const itemOf = (item: ItemRecord, task: TaskRecord, undo: UndoOfTask): Item => {
  const status = shownStatus(item)
  const itemUndo = undoOfItem(item, status, undo)
  return {
    id: item.id,
    target: { id: item.target_id, name: item.target_name, account: item.account, region: item.region },
    status,
    steps: stepsOf(item, task),
    before: item.before,
    after: item.actual ?? (isOver(status) ? null : item.after),
    undo: { label: undo.labelOf?.(item.before, item.after) ?? task.plan.undo, ...itemUndo },
    ...(item.error === null || status === 'succeeded' ? {} : { error: item.error }),
  }
}

type UndoOfTask = {
  possible: boolean
  why: string | null
  takenBack: ReadonlySet<string>
  labelOf?: Operation['undo']['labelOf']
}

const undoOfItem = (item: ItemRecord, status: ItemStatus, { possible, why, takenBack }: UndoOfTask) => {
  if (takenBack.has(item.target_id)) return { possible: false, why: 'It was taken back already.' }
  if (status === 'succeeded' || !isOver(status)) return { possible, why }
  return { possible: false, why: 'It did not succeed, so there is nothing to take back.' }
}

const isOver = (status: ItemStatus): boolean => status !== 'pending' && status !== 'running' && status !== 'waiting'

/** An item that is polled for a moment still waits, as far as anybody is concerned. */
const shownStatus = (item: ItemRecord): ItemStatus =>
  item.status === 'running' && item.in_wait ? 'waiting' : item.status

const stepsOf = (item: ItemRecord, task: TaskRecord): StepRecord[] => {
  const records = new Map(item.steps.map((step) => [step.name, step]))
  return task.plan.steps.map(({ name }, index) => {
    const done = records.get(name)
    if (done) return done
    const isCurrent = index === item.step && !isOver(item.status) && !item.is_compensating
    const isBegun = isCurrent && (item.status !== 'pending' || item.step_attempt > 0)
    return {
      name,
      status: !isBegun ? 'pending' : shownStatus(item) === 'running' ? 'running' : 'waiting',
      attempt: isBegun ? item.step_attempt + (item.status === 'running' ? 1 : 0) : 0,
      startedAt: isBegun ? (item.step_started_at?.toISOString() ?? null) : null,
      finishedAt: null,
      ...(isBegun && item.error !== null ? { error: item.error } : {}),
    }
  })
}
