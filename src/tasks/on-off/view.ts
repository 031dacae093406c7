import type { Half, OnOffPlan } from '#contracts/on-off-plan.ts'
import { previewedRuns } from '#contracts/schedule.ts'
import type { ApprovalRecord } from '../schedules/approval-store.ts'
import type { RunRecord } from '../schedules/run-store.ts'
import { timingOf } from '../schedules/store.ts'
import type { ScheduleRecord } from '../schedules/store.ts'
import { nextRuns } from '../schedules/timing.ts'
import { runOf, statusOf } from '../schedules/view.ts'
import { savingsOf } from './savings.ts'
import type { OnOffRecord } from './store.ts'
import type { OnOffTimes } from './times.ts'

export type HalfRecords = {
  schedule: ScheduleRecord
  lastRun: RunRecord | undefined
  approval: ApprovalRecord | undefined
}

export const timesOf = (
  row: Pick<OnOffRecord, 'days' | 'off_at' | 'on_at' | 'time_zone' | 'except_dates'>,
): OnOffTimes => ({
  days: row.days,
  offAt: row.off_at,
  onAt: row.on_at,
  timeZone: row.time_zone,
  exceptDates: row.except_dates,
})

const halfOf = ({ schedule, lastRun, approval }: HalfRecords, now: Date): Half => ({
  schedule: schedule.id,
  operation: schedule.operation,
  cron: schedule.cron ?? '',
  status: statusOf(schedule),
  stoppedReason: schedule.stopped_reason,
  nextRuns: schedule.is_enabled
    ? nextRuns(timingOf(schedule), now, previewedRuns).map((time) => time.toISOString())
    : [],
  lastRun: lastRun === undefined ? null : runOf(lastRun),
  standingApproval:
    approval === undefined
      ? null
      : {
          id: approval.id,
          status: approval.status,
          mostTargets: approval.most_targets,
          highestRisk: approval.highest_risk,
          expiresAt: approval.expires_at.toISOString(),
        },
  links: { self: `/api/v1/schedules/${schedule.id}`, console: `/schedules/${schedule.id}` },
})

const worstFirst = ['stopped', 'paused', 'finished', 'active'] as const

export const onOffPlanOf = (row: OnOffRecord, off: HalfRecords, on: HalfRecords, now: Date): OnOffPlan => {
  const statuses = [statusOf(off.schedule), statusOf(on.schedule)]
  return {
    id: row.id,
    name: row.name,
    owner: off.schedule.owner,
    operationOff: row.operation_off,
    operationOn: row.operation_on,
    targets: row.targets,
    days: row.days,
    offAt: row.off_at,
    onAt: row.on_at,
    timeZone: row.time_zone,
    exceptDates: row.except_dates,
    reason: row.reason,
    status: worstFirst.find((status) => statuses.includes(status)) ?? 'active',
    off: halfOf(off, now),
    on: halfOf(on, now),
    savings: savingsOf(timesOf(row), row.estimate),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    links: { self: `/api/v1/on-off-plans/${row.id}`, console: '/on-off-plans' },
  }
}
