import type { Risk } from '#contracts/task.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Targets } from '../store/shapes.ts'
import type { Person } from './store.ts'

export type ApprovalRecord = {
  id: string
  schedule_id: string
  status: 'requested' | 'approved' | 'rejected' | 'void'
  operation: string
  targets: Targets
  params: Record<string, unknown>
  most_targets: number
  highest_risk: Risk
  expires_at: Date
  reason: string | null
  needed: number
  requested_by: Person
  requested_at: Date
}

export type VoteRecord = {
  approval_id: string
  by_id: string
  by_email: string
  decision: 'approved' | 'rejected'
  reason: string | null
  self_approved: boolean
  at: Date
}

export const insertStandingApproval = (
  sql: Sql,
  row: Omit<ApprovalRecord, 'status' | 'requested_at'>,
): Promise<unknown> =>
  sql.query({
    name: 'standing-approvals.insert',
    text: `insert into standing_approvals (id, schedule_id, operation, targets, params, most_targets, highest_risk,
        expires_at, reason, needed, requested_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      row.id,
      row.schedule_id,
      row.operation,
      JSON.stringify(row.targets),
      JSON.stringify(row.params),
      row.most_targets,
      row.highest_risk,
      row.expires_at,
      row.reason,
      row.needed,
      JSON.stringify(row.requested_by),
    ],
  })

/** Whatever stands or is asked for of that schedule counts no more. */
export const voidStandingApproval = (sql: Sql, scheduleId: string): Promise<{ id: string }[]> =>
  sql.query({
    name: 'standing-approvals.void',
    text: `update standing_approvals set status = 'void' where schedule_id = $1 and status in ('requested', 'approved') returning id`,
    values: [scheduleId],
  })

export const setApprovalStatus = (sql: Sql, id: string, status: 'approved' | 'rejected'): Promise<unknown> =>
  sql.query({
    name: 'standing-approvals.set-status',
    text: 'update standing_approvals set status = $2 where id = $1',
    values: [id, status],
  })

/** The newest that was asked for, whatever became of it. */
export const newestApproval = async (sql: Sql, scheduleId: string): Promise<ApprovalRecord | undefined> => {
  const [row] = await sql.query<ApprovalRecord>({
    name: 'standing-approvals.newest',
    text: 'select * from standing_approvals where schedule_id = $1 order by id desc limit 1',
    values: [scheduleId],
  })
  return row
}

export const votesOn = (sql: Sql, approvalId: string): Promise<VoteRecord[]> =>
  sql.query({
    name: 'standing-approvals.votes',
    text: 'select * from standing_approval_votes where approval_id = $1 order by at, by_id',
    values: [approvalId],
  })

/** False when that person decided before. */
export const insertVote = async (sql: Sql, vote: Omit<VoteRecord, 'at'>): Promise<boolean> => {
  const rows = await sql.query({
    name: 'standing-approvals.vote',
    text: `insert into standing_approval_votes (approval_id, by_id, by_email, decision, reason, self_approved)
      values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning by_id`,
    values: [vote.approval_id, vote.by_id, vote.by_email, vote.decision, vote.reason, vote.self_approved],
  })
  return rows.length === 1
}
