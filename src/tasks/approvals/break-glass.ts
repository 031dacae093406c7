import type { Principal } from '#contracts/principal.ts'
import type { BreakGlassRequest } from '#contracts/task-request.ts'
import { AppError } from '#platform/app-error.ts'
import type { Sql } from '#platform/db/database.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import type { Alarms } from '../alarms.ts'
import { cancelAll } from '../control/cancel.ts'
import type { Decider } from '../control/decide.ts'
import { decide, requireTransition } from '../control/decide.ts'
import { errors } from '../errors.ts'
import { passFreezes } from '../freezes/held-items.ts'
import { approvedBeforehand } from '../plan/approvals.ts'
import type { StoredPlan } from '../plan.ts'
import { insertBreakGlass, overdueBreakGlass, takeUnalerted } from './store.ts'
import type { Unalerted } from './store.ts'

/**
 * Breaking the glass: in an emergency who has the right `task.breakGlass` files a task without the approvals, the delay and
 * regardless of the freezes that would hold it. It takes a reason, must begin within a time limit, is on record as what it
 * is, and everybody is told by a critical alert.
 */
export type BreakGlass = { stored: StoredPlan; beginBy: Date; also: (sql: Sql, taskId: string) => Promise<void> }

export const breakGlass = (input: {
  principal: Principal
  stored: StoredPlan
  request: BreakGlassRequest
  scheduledFor: Date | null
  requestId: string | null
  now: Date
}): BreakGlass => {
  const { principal, stored, request, scheduledFor, requestId, now } = input
  const { reason, minutes } = request
  const beginBy = new Date(now.getTime() + minutes * 60_000)
  if (scheduledFor !== null && scheduledFor > beginBy) {
    throw errors.break_glass_limit(
      `A break-glass task has to begin within ${minutes} minutes; it is scheduled for ${scheduledFor.toISOString()}.`,
      { errors: [{ path: 'scheduledFor', message: `at ${beginBy.toISOString()} at the latest`, value: scheduledFor }] },
    )
  }
  const { approvals, planHash, risk } = stored.plan
  return {
    stored: approvedBeforehand(stored, `Break-glass by ${principal.email}: ${reason}`),
    beginBy,
    also: async (sql, taskId) => {
      await insertBreakGlass(sql, { taskId, byId: principal.userId, byEmail: principal.email, reason, beginBy })
      await passFreezes(sql, taskId, 'break-glass')
      await appendAudit(sql, [
        {
          actor: actorOf(principal),
          action: 'task.breakGlass',
          subject: { type: 'Task', id: taskId },
          outcome: 'succeeded',
          requestId,
          details: {
            operation: stored.plan.operation,
            planHash,
            risk,
            targets: stored.plan.targets.length,
            reason,
            beginBy: beginBy.toISOString(),
            approvalsSkipped: approvals.needed,
            delaySecondsSkipped: stored.plan.delaySeconds ?? 0,
            ...(stored.plan.freeze === undefined ? {} : { freezeSkipped: stored.plan.freeze }),
          },
        },
      ])
    },
  }
}

const mostRounds = 20

/** Tells of every broken glass, once: the alert and the mark that it was raised commit together. */
export const alertBreakGlass = async (deps: Decider & { alarms: Alarms }): Promise<void> => {
  for (let round = 0; round < mostRounds; round++) {
    const told = await deps.db.transaction(async (tx) => {
      const rows = await takeUnalerted(tx)
      for (const row of rows) await deps.alarms.raise(alarmOf(row), tx)
      return rows.length
    })
    if (told === 0) return
  }
}

const alarmOf = ({ taskId, email, reason, beginBy, operation, risk, targets }: Unalerted) => ({
  key: `tasks/break-glass/${taskId}`,
  severity: 'critical' as const,
  title: `Break-glass: ${email} runs ${operation} on ${targets === 1 ? '1 target' : `${targets} targets`}`,
  detail: `Class ${risk}, without approvals, delay or freezes, to begin by ${beginBy.toISOString()}. Reason: ${reason}`,
  source: 'tasks',
  subject: { type: 'Task', id: taskId },
})

/** Ends the break-glass tasks of which nothing began within their time: what was an emergency may be none any more. */
export const expireBreakGlass = async (deps: Decider): Promise<void> => {
  for (const taskId of await overdueBreakGlass(deps.db, deps.now())) {
    const acting = { principal: null, taskId, requestId: null, reason: 'Did not begin within its time limit.' }
    try {
      await decide(deps, acting, 'task.expire', async (tx, task) => {
        requireTransition(task, 'expired', 'expired')
        const after = await cancelAll(tx, task, 'expired')
        if (after.open > 0) throw new HasBegun()
        return { task: after }
      })
    } catch (error) {
      // A worker has some of it in hand: it began after all. Or somebody ended it.
      if (!(error instanceof HasBegun) && !(error instanceof AppError)) throw error
    }
  }
}

class HasBegun extends Error {}
