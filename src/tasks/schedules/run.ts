import type { Principal } from '#contracts/principal.ts'
import { AppError, messageOf } from '#platform/app-error.ts'
import type { Database, Sql } from '#platform/db/database.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { Log } from '#platform/log.ts'
import { appendAudit, systemActor } from '#security/audit.ts'
import type { Alarms } from '../alarms.ts'
import { maySelfApprove } from '../approval-rules.ts'
import type { SelfApproval } from '../approval-rules.ts'
import type { Planner, StoredPlan } from '../plan.ts'
import { fitsStandingApproval } from '../standing-approval.ts'
import { newestApproval, votesOn } from './approval-store.ts'
import { endRun, openTaskOf, putOffRun } from './run-store.ts'
import type { RunRecord } from './run-store.ts'
import { appendScheduleEvents, tellOfSchedules } from './schedule-event.ts'
import type { ScheduleNews } from './schedule-event.ts'
import { findSchedule, otherHalf, setEnabled, timingOf } from './store.ts'
import type { ScheduleRecord } from './store.ts'
import { nextRun } from './timing.ts'

/** The user as of now, or null when they are gone or may not sign in; narrowed to these scopes. */
export type PrincipalOf = (userId: string, scopes: readonly string[] | null) => Promise<Principal | null>

/** Files a task as everybody's are filed; what `also` does commits with it, and undoes it where it throws. */
export type FilePlanned = (filing: {
  principal: Principal
  stored: StoredPlan
  reason: string | null
  priority: number
  also: (sql: Sql, taskId: string) => Promise<void>
}) => Promise<{ id: string }>

/** A run that takes longer than this to plan is taken up by somebody else. Its task is filed once all the same. */
export const runLeaseSeconds = 120
/** Pauses before the next try, where something passes: AWS or the database is away. */
const retrySeconds = [15, 60, 300, 900]
const waitForPreviousSeconds = 15
/** A run that was taken up so often and never came to an end may be what kills its processes. */
const mostAttempts = 10

type End = { status: 'skipped' | 'failed'; why: string }

/**
 * Makes one run: plans anew, as the schedule's owner with the rights that they have now, and files the task. The run is
 * marked in the transaction of its task, so there is one task a run, whoever dies when.
 */
export const createRunner = (deps: {
  db: Database
  now: () => Date
  log: Log
  planner: Pick<Planner, 'prepare'>
  file: FilePlanned
  principalOf: PrincipalOf
  selfApproval: SelfApproval
  alarms: Alarms | undefined
  notifier: Pick<Notifier, 'nudge'>
}) => {
  const { db, now, log, planner, alarms } = deps

  const end = async (run: RunRecord, schedule: ScheduleRecord, { status, why }: End): Promise<void> => {
    const isMine = await db.transaction(async (tx) => {
      if (!(await endRun(tx, run.id, { status, why, taskId: null }))) return false
      await appendAudit(tx, [
        {
          actor: systemActor,
          action: 'schedule.run',
          subject: { type: 'Schedule', id: schedule.id },
          outcome: status === 'failed' ? 'failed' : 'succeeded',
          details: { name: schedule.name, dueAt: run.due_at.toISOString(), status, why },
        },
      ])
      await tellOfSchedules(tx, deps.notifier, [newsOf(run, { status, task: null })])
      return true
    })
    if (isMine && status === 'failed') {
      await tell(schedule, `Schedule "${schedule.name}" could not run`, `Due at ${run.due_at.toISOString()}: ${why}`)
    }
  }

  const tell = async (schedule: ScheduleRecord, title: string, detail: string): Promise<void> => {
    await alarms?.raise({
      key: alarmKey(schedule.id),
      severity: 'warning',
      title,
      detail,
      source: 'tasks',
      subject: { type: 'Schedule', id: schedule.id },
    })
  }

  /** Nobody is left whose rights it could have. */
  const stop = async (run: RunRecord, schedule: ScheduleRecord): Promise<void> => {
    const why = `${schedule.owner.email} is disabled or gone: it runs with nobody's rights.`
    await db.transaction(async (tx) => {
      await setEnabled(tx, schedule.id, { isEnabled: false, stoppedReason: why, nextRunAt: null })
      await endRun(tx, run.id, { status: 'failed', why, taskId: null })
      await appendAudit(tx, [
        {
          actor: systemActor,
          action: 'schedule.stop',
          subject: { type: 'Schedule', id: schedule.id },
          outcome: 'succeeded',
          details: { name: schedule.name, why },
        },
      ])
      await tellOfSchedules(tx, deps.notifier, [newsOf(run, { status: 'failed', task: null })])
    })
    await tell(schedule, `Schedule "${schedule.name}" was stopped`, `${why} Somebody else has to take it over.`)
  }

  /** The plan with what its standing approval says of it, and why it needs an approval all the same. */
  const approved = async (
    schedule: ScheduleRecord,
    stored: StoredPlan,
  ): Promise<{ stored: StoredPlan; why: string | null }> => {
    const { approvals } = stored.plan
    if (approvals.needed === 0) return { stored, why: null }
    const approval = await newestApproval(db, schedule.id)
    if (approval === undefined || approval.status !== 'approved') return { stored, why: approvals.reason }
    const votes = (await votesOn(db, approval.id)).filter(({ decision }) => decision === 'approved')
    if (votes.some((vote) => vote.self_approved) && !maySelfApprove(deps.selfApproval, stored.accounts))
      return {
        stored,
        why: 'The standing approval was given by its own requester, which a real account does not go with.',
      }
    const fit = fitsStandingApproval(
      stored,
      {
        operation: approval.operation,
        targets: approval.targets,
        params: approval.params,
        mostTargets: approval.most_targets,
        highestRisk: approval.highest_risk,
        expiresAt: approval.expires_at.toISOString(),
      },
      now(),
    )
    if (!fit.fits) return { stored, why: fit.why }
    const who = votes.map((vote) => vote.by_email).join(' and ')
    const reason = `Fits the standing approval ${approval.id} of its schedule, given by ${who}.`
    return {
      stored: { ...stored, plan: { ...stored.plan, approvals: { needed: 0, reason, confirmation: null } } },
      why: reason,
    }
  }

  const file = async (run: RunRecord, schedule: ScheduleRecord, principal: Principal): Promise<void> => {
    const { operation, targets, params } = schedule
    const planned = await planner.prepare({ principal, operation, targets, params, requestId: run.id })
    if (planned.plan.targets.length === 0) {
      const [first] = planned.plan.excluded
      const why = first
        ? `${planned.plan.excluded.length} targets, none left: ${first.id} ${first.why}`
        : 'Nothing matches.'
      return end(run, schedule, { status: 'skipped', why })
    }
    const { stored, why } = await approved(schedule, planned)
    await deps.file({
      principal,
      stored,
      reason: schedule.reason ?? `Schedule "${schedule.name}"`,
      priority: schedule.priority,
      also: async (tx, taskId) => {
        if (!(await endRun(tx, run.id, { status: 'filed', why, taskId }))) throw new AlreadyFiled()
        // Who reads the feed is woken by the news of the task.
        await appendScheduleEvents(tx, [newsOf(run, { status: 'filed', task: taskId })])
      },
    })
    await alarms?.resolve(alarmKey(schedule.id))
  }

  /** When the other half of its plan came after this run was due: what is stopped late would be stopped in the daytime. */
  const otherHalfSince = async (run: RunRecord, schedule: ScheduleRecord): Promise<Date | null> => {
    if (schedule.on_off_plan_id === null) return null
    const other = await otherHalf(db, schedule)
    const since = other === undefined ? null : nextRun(timingOf(other), run.due_at)
    return since !== null && since <= now() ? since : null
  }

  const attempt = async (run: RunRecord, schedule: ScheduleRecord): Promise<void> => {
    if (!schedule.is_enabled && run.trigger === 'time')
      return end(run, schedule, { status: 'skipped', why: 'The schedule was paused meanwhile.' })
    const since = run.trigger === 'time' ? await otherHalfSince(run, schedule) : null
    if (since !== null)
      return end(run, schedule, {
        status: 'skipped',
        why: `It comes too late: the other half of its on/off plan was due since, at ${since.toISOString()}.`,
      })
    const principal = await deps.principalOf(schedule.owner.id, schedule.owner_scopes)
    if (principal === null) return stop(run, schedule)
    const open = schedule.overlap === 'skip' ? await openTaskOf(db, schedule.id) : null
    if (open !== null && run.is_made_up) {
      await putOffRun(db, run.id, new Date(now().getTime() + waitForPreviousSeconds * 1000), false)
      return
    }
    if (open !== null)
      return end(run, schedule, { status: 'skipped', why: `Task ${open} of the run before is not over yet.` })
    await file(run, schedule, principal)
  }

  return async (run: RunRecord): Promise<void> => {
    const schedule = await findSchedule(db, run.schedule_id)
    if (schedule === undefined) return // deleted, and its runs with it
    if (run.attempts > mostAttempts)
      return end(run, schedule, {
        status: 'failed',
        why: `It was begun ${mostAttempts} times and never came to an end.`,
      })
    try {
      await attempt(run, schedule)
    } catch (error) {
      if (error instanceof AlreadyFiled) return
      const again = retrySeconds[run.attempts - 1]
      if (again !== undefined && mayPass(error)) {
        log.warn({ err: error, schedule: schedule.id, run: run.id }, 'a scheduled run is tried again')
        await putOffRun(db, run.id, new Date(now().getTime() + again * 1000), true)
        return
      }
      if (!(error instanceof AppError)) log.error({ err: error, schedule: schedule.id }, 'a scheduled run failed')
      const why =
        error instanceof AppError ? `${error.message} (${error.code})` : `It failed inside: ${messageOf(error)}`
      // A freeze is meant to keep it from running: nothing is wrong.
      const status = error instanceof AppError && error.code === 'frozen' ? 'skipped' : 'failed'
      await end(run, schedule, { status, why: why.slice(0, 2000) })
    }
  }
}

const newsOf = ({ id, schedule_id: schedule }: RunRecord, became: Omit<NonNullable<ScheduleNews['run']>, 'id'>) => ({
  schedule,
  verb: 'run',
  run: { id, ...became },
})

/** Another process filed this run while we planned it. */
class AlreadyFiled extends Error {}

const alarmKey = (scheduleId: string): string => `tasks/schedule/${scheduleId}`

/** Whether the same may succeed later: refusals stay, what is away comes back. */
const mayPass = (error: unknown): boolean => !(error instanceof AppError) || error.isRetryable || error.status >= 500
