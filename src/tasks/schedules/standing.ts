import type { ScheduleDecision, StandingApprovalRequest } from '#contracts/schedule.ts'
import type { Sql } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import type { SelfApproval } from '../approval-rules.ts'
import { errors } from '../errors.ts'
import { approversNeeded, requireApprover } from './approval-rules.ts'
import {
  insertStandingApproval,
  insertVote,
  newestApproval,
  setApprovalStatus,
  voidStandingApproval,
  votesOn,
} from './approval-store.ts'
import { recordSchedule } from './record.ts'
import type { Asker } from './record.ts'
import type { NewRow } from './row.ts'

/** A standing approval that nobody looks at again for longer than this is no approval any more. */
const longestApprovalMs = 366 * 86_400_000

/** Asks others to approve all runs that fit. What was asked for or approved before counts no more. */
export const askApproval = async (
  tx: Sql,
  now: Date,
  asker: Asker,
  row: Pick<NewRow, 'id' | 'name' | 'operation' | 'targets' | 'params'>,
  request: StandingApprovalRequest,
): Promise<void> => {
  const expiresAt = new Date(request.expiresAt)
  if (expiresAt <= now || expiresAt.getTime() > now.getTime() + longestApprovalMs) {
    throw errors.invalid_timing(`expiresAt "${request.expiresAt}" must be within the next 366 days.`, {
      errors: [{ path: 'expiresAt', message: 'must be within the next 366 days', value: request.expiresAt }],
    })
  }
  await voidStandingApproval(tx, row.id)
  const { principal } = asker
  const id = uuidv7()
  await insertStandingApproval(tx, {
    id,
    schedule_id: row.id,
    operation: row.operation,
    targets: row.targets,
    params: row.params,
    most_targets: request.mostTargets,
    highest_risk: request.highestRisk,
    expires_at: expiresAt,
    reason: request.reason ?? null,
    needed: approversNeeded(request.highestRisk),
    requested_by: { id: principal.userId, email: principal.email },
  })
  await recordSchedule(tx, asker, 'request-approval', row, {
    approval: id,
    mostTargets: request.mostTargets,
    highestRisk: request.highestRisk,
    expiresAt: expiresAt.toISOString(),
  })
}

/** One person's decision about what was asked for, under the schedule's lock. */
export const decideStanding = async (
  tx: Sql,
  deps: { now: Date; selfApproval: SelfApproval },
  asker: Asker,
  row: NewRow,
  decision: 'approved' | 'rejected',
  { approvalId, confirmation, reason }: ScheduleDecision,
): Promise<void> => {
  const { now, selfApproval } = deps
  const approval = await newestApproval(tx, row.id)
  if (approval === undefined || approval.status !== 'requested' || approval.id !== approvalId) {
    throw errors.approval_void(
      `Schedule "${row.name}" has no standing approval "${approvalId}" that waits for a decision. Look at it again.`,
    )
  }
  if (decision === 'approved' && approval.expires_at <= now)
    throw errors.approval_expired(`The standing approval would have ended at ${approval.expires_at.toISOString()}.`)
  const approverId = asker.principal.userId
  const { selfApproved } =
    decision === 'rejected'
      ? { selfApproved: false }
      : requireApprover({ approval, ownerId: row.owner.id, approverId, selfApproval, confirmation })
  const isNew = await insertVote(tx, {
    approval_id: approval.id,
    by_id: approverId,
    by_email: asker.principal.email,
    decision,
    reason: reason ?? null,
    self_approved: selfApproved,
  })
  if (!isNew) throw errors.already_decided(`You decided about schedule "${row.name}" before; another person is needed.`)
  const votes = (await votesOn(tx, approval.id)).filter((vote) => vote.decision === 'approved').length
  if (decision === 'rejected' || selfApproved || votes >= approval.needed)
    await setApprovalStatus(tx, approval.id, decision)
  await recordSchedule(tx, asker, decision === 'approved' ? 'approve' : 'reject', row, {
    approval: approval.id,
    mostTargets: approval.most_targets,
    highestRisk: approval.highest_risk,
    expiresAt: approval.expires_at.toISOString(),
    selfApproved,
    approvals: votes,
    needed: approval.needed,
    reason: reason ?? null,
  })
}
