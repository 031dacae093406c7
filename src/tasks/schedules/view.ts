import type { ScheduleApproval, ScheduleRow, ScheduleRun } from '#contracts/schedule.ts'
import { confirmationOf } from '../approval-rules.ts'
import type { ApprovalRecord, VoteRecord } from './approval-store.ts'
import type { RunRecord } from './run-store.ts'
import type { ScheduleRecord } from './store.ts'

const iso = (time: Date | null): string | null => time?.toISOString() ?? null

export const runOf = (row: RunRecord): ScheduleRun => ({
  id: row.id,
  schedule: row.schedule_id,
  dueAt: row.due_at.toISOString(),
  trigger: row.trigger,
  status: row.status,
  why: row.why,
  missed: row.missed,
  task: row.task_id,
  createdAt: row.created_at.toISOString(),
  finishedAt: iso(row.finished_at),
})

export const scheduleRowOf = (row: ScheduleRecord, lastRun: RunRecord | undefined): ScheduleRow => {
  const self = `/api/v1/schedules/${row.id}`
  return {
    id: row.id,
    name: row.name,
    owner: row.owner,
    operation: row.operation,
    targets: row.targets,
    params: row.params,
    cron: row.cron,
    at: iso(row.at),
    timeZone: row.time_zone,
    startsAt: iso(row.starts_at),
    endsAt: iso(row.ends_at),
    skipDates: row.skip_dates,
    missedRuns: row.missed_runs,
    overlap: row.overlap,
    priority: row.priority,
    reason: row.reason,
    status: statusOf(row),
    stoppedReason: row.stopped_reason,
    onOffPlan: row.on_off_plan_id,
    nextRunAt: row.is_enabled ? iso(row.next_run_at) : null,
    lastRun: lastRun === undefined ? null : runOf(lastRun),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    links: { self, runs: `${self}/runs`, console: `/schedules/${row.id}` },
  }
}

/** As `wanted` in store.ts has it. */
export const statusOf = (row: ScheduleRecord): ScheduleRow['status'] => {
  if (row.is_enabled) return row.next_run_at === null ? 'finished' : 'active'
  return row.stopped_reason === null ? 'paused' : 'stopped'
}

export const approvalViewOf = (row: ApprovalRecord, votes: readonly VoteRecord[]): ScheduleApproval => ({
  id: row.id,
  status: row.status,
  operation: row.operation,
  targets: row.targets,
  params: row.params,
  mostTargets: row.most_targets,
  highestRisk: row.highest_risk,
  expiresAt: row.expires_at.toISOString(),
  reason: row.reason,
  needed: row.needed,
  confirmation: confirmationOf(row.operation, row.most_targets),
  requestedBy: row.requested_by,
  requestedAt: row.requested_at.toISOString(),
  decisions: votes.map((vote) => ({
    by: { id: vote.by_id, email: vote.by_email },
    decision: vote.decision,
    reason: vote.reason,
    selfApproved: vote.self_approved,
    at: vote.at.toISOString(),
  })),
})
