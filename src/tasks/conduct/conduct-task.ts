import type { Transaction } from '#platform/db/database.ts'
import { appendEvents } from '#platform/events/append.ts'
import { appendAudit, systemActor } from '#security/audit.ts'
import type { Alarms } from '../alarms.ts'
import { delayOf } from '../approvals/store.ts'
import { cancelTask } from '../control/cancel.ts'
import type { Decider } from '../control/decide.ts'
import { pauseTask } from '../control/pause.ts'
import type { FirstActs } from '../freezes/held-items.ts'
import { applyFreezes, statusOfUnbegun } from '../freezes/hold.ts'
import type { Operation } from '../operation.ts'
import { statusEvent } from '../queue/task-events.ts'
import {
  closeConduct,
  endAfter,
  endWave,
  lockConduct,
  noteStop,
  predecessorsOf,
  releaseWave,
  soakAndAccounts,
} from '../store/conducted-tasks.ts'
import type { Conduct } from '../store/conducted-tasks.ts'
import { lockTask, setTaskStatus } from '../store/control.ts'
import type { TaskRecord } from '../store/shapes.ts'
import type { AlarmState } from '../watch/alarm-states.ts'
import { judge } from '../watch/judge.ts'
import type { Judgement } from '../watch/judge.ts'
import {
  findWatch,
  lookAtEndOf,
  notePausedBy,
  noteProblem,
  noteQuiet,
  takeLook,
  watchedAccounts,
} from '../watch/store.ts'
import { nextStep } from './next-step.ts'
import type { NextStep } from './next-step.ts'

/** The longest time between two looks at the alarms of a task, in cloud seconds: alarms are evaluated every 10 to 60. */
const lookEverySeconds = 30
/** And the shortest, in wall time, however fast the cloud's clock runs. */
const leastPauseMs = 500

export type ConductDeps = Decider & {
  /** Where it is told of a task that was paused. */
  alarms: Alarms
  /** How alarms are right now, by ARN. */
  alarmStates: (ids: readonly string[]) => Promise<AlarmState[]>
  operation: (name: string, version: number) => Operation | null
  firstActs: FirstActs
  /** Wall milliseconds that so many seconds of cloud time take, where they take longest. */
  wallMs: (accounts: readonly string[], cloudSeconds: number) => Promise<number>
  /** Files the undo of a task that was stopped; says why where that is impossible. */
  undo: (task: TaskRecord) => Promise<string | null>
}

/**
 * Does what is next about one task, with its audit entry and event, in one transaction; nothing when another conductor has
 * it in hand. The row of the conduct is locked before that of the task, by conductors only.
 */
export const conductTask = async (deps: ConductDeps, taskId: string): Promise<void> => {
  const soakMs = await soakOf(deps, taskId)
  const look = await lookAtAlarms(deps, taskId)
  const done = await deps.db.transaction(async (tx): Promise<Done | null> => {
    const conduct = await lockConduct(tx, taskId)
    if (conduct === undefined) return null
    const task = await lockTask(tx, taskId)
    const watch = await findWatch(tx, taskId)
    const step = nextStep(
      conduct,
      task,
      conduct.is_after ? await predecessorsOf(tx, taskId) : [],
      deps.now(),
      watch && { look, quietAt: watch.quiet_at },
    )
    return { step, task: await carryOut(deps, tx, { conduct, task, step, soakMs }), isWatched: watch !== undefined }
  })
  if (done?.step.kind === 'close' && done.isWatched) await deps.alarms.resolve(alertKey(taskId))
  if (done?.step.kind === 'close' && done.step.isUndoDue && done.task !== undefined) {
    // Planning takes time and reads AWS, so not in the transaction. Killed in between, the next one to look finds the undo.
    const problem = await deps.undo(done.task)
    await closeConduct(deps.db, taskId, problem)
  }
}

type Done = { step: NextStep; task: TaskRecord | undefined; isWatched: boolean }

const carryOut = async (
  deps: ConductDeps,
  tx: Transaction,
  { conduct, task, step, soakMs }: { conduct: Conduct; task: TaskRecord | undefined; step: NextStep; soakMs: number },
): Promise<TaskRecord | undefined> => {
  const taskId = conduct.task_id
  if (step.kind === 'wait') return task
  if (step.kind === 'close' || task === undefined) {
    if (step.kind === 'close' && !step.isUndoDue) await closeConduct(tx, taskId, null)
    return task
  }
  switch (step.kind) {
    case 'stop': {
      await noteStop(tx, taskId, step.code)
      const { task: stopped, details } = await cancelTask(deps, tx, task, { code: step.code, message: step.message })
      await tell(deps, tx, {
        before: task,
        after: stopped,
        action: 'task.stop',
        details: { ...details, reason: step.message },
      })
      if (stopped.status === 'cancelling') tx.afterCommit(() => deps.notifier.nudge('tasks_cancelling', taskId))
      return stopped
    }
    case 'pause': {
      await notePausedBy(tx, taskId, step.why, step.known)
      const paused = await pauseTask(tx, task)
      await tell(deps, tx, { before: task, after: paused, action: 'task.pause', details: { reason: step.why } })
      await deps.alarms.raise(
        {
          key: alertKey(taskId),
          severity: 'warning',
          title: `${task.operation} is paused: an alarm went off`,
          detail: `${step.why} Task ${taskId} begins nothing more until somebody resumes or cancels it.`,
          source: 'tasks',
          subject: { type: 'Task', id: taskId },
        },
        tx,
      )
      tx.afterCommit(() => deps.notifier.nudge('tasks_paused', taskId))
      return paused
    }
    case 'soak': {
      const until = new Date(deps.now().getTime() + soakMs)
      await endWave(tx, taskId, until)
      await lookAtEndOf(tx, taskId, until)
      const soaking = await setTaskStatus(tx, taskId, 'waiting')
      await tell(deps, tx, {
        before: task,
        after: soaking,
        action: 'task.soak',
        details: { wave: conduct.released, until: until.toISOString() },
      })
      return soaking
    }
    case 'end-after':
      await endAfter(tx, taskId, step)
      return task
    case 'release': {
      const isFirst = conduct.released === 0
      if (!isFirst && conduct.soak_until === null) await endWave(tx, taskId, null)
      const now = deps.now()
      const notBefore = isFirst ? latest(task.scheduled_for, await delayOf(tx, taskId)) : null
      await releaseWave(tx, conduct, { ...step, notBefore })
      await applyFreezes(tx, deps.firstActs, taskId, now)
      const status = task.started_at === null ? await statusOfUnbegun(tx, taskId, now) : 'running'
      const released = await setTaskStatus(tx, taskId, status)
      await tell(deps, tx, {
        before: task,
        after: released,
        action: isFirst ? 'task.begin' : 'task.release',
        details: { wave: conduct.released + 1, of: conduct.wave_ends.length, targets: step.to - conduct.released_to },
      })
      return released
    }
  }
}

const latest = (a: Date | null, b: Date | null): Date | null => (a === null || (b !== null && b > a) ? b : a)

const tell = async (
  { notifier }: ConductDeps,
  tx: Transaction,
  {
    before,
    after,
    action,
    details,
  }: { before: TaskRecord; after: TaskRecord; action: string; details: Record<string, unknown> },
): Promise<void> => {
  await appendAudit(tx, [
    {
      actor: systemActor,
      action,
      subject: { type: 'Task', id: after.id },
      outcome: 'succeeded',
      requestId: null,
      details: { operation: after.operation, from: before.status, to: after.status, ...details },
    },
  ])
  await appendEvents(tx, [statusEvent(after)])
  tx.afterCommit(() => {
    notifier.nudge('events')
    notifier.nudge('tasks')
  })
}

/** Asked before the transaction: accounts and their clocks are another box's. */
const soakOf = async (deps: ConductDeps, taskId: string): Promise<number> => {
  const soak = await soakAndAccounts(deps.db, taskId)
  return soak === undefined || soak.seconds === 0 ? 0 : deps.wallMs(soak.accounts, soak.seconds)
}

const alertKey = (taskId: string): string => `tasks/watch/${taskId}`

/** Where a look at the alarms is due: what came of it. AWS is asked outside of any transaction, by one conductor. */
const lookAtAlarms = async (deps: ConductDeps, taskId: string): Promise<Judgement | undefined> => {
  const watched = await watchedAccounts(deps.db, taskId)
  if (watched === undefined) return undefined
  const pauseMs = Math.max(leastPauseMs, await deps.wallMs(watched.accounts, lookEverySeconds))
  const due = await takeLook(deps.db, taskId, pauseMs)
  if (due === undefined) return undefined
  const judgement = judge(await deps.alarmStates(due.alarms), due.known)
  if (judgement.kind === 'quiet') {
    await noteQuiet(deps.db, taskId, due.at, judgement.known)
    // It was resumed, so somebody has looked.
    if (Object.keys(due.known).length > 0) await deps.alarms.resolve(alertKey(taskId))
  }
  if (judgement.kind === 'unread') await noteProblem(deps.db, taskId, judgement.why)
  return judgement
}
