import type { Plan, StepRecord, TaskStatus } from '#contracts/task.ts'
import type { PlanAccount } from '../approval-rules.ts'

export type { Image, Risk, StepRecord, TaskStatus, ItemStatus, UndoLabel } from '#contracts/task.ts'
import type { Targets } from '#contracts/resource.ts'

export type { Targets }

/** What a task keeps of its plan: all but the targets, which are its items, and the accounts that approval rules ask for. */
export type TaskPlan = Omit<Plan, 'targets' | 'params' | 'links' | 'freeze'> & { accounts: PlanAccount[] }

/** The columns of a task's row that the API shows. Times are Date, as the driver gives them. */
export type TaskRecord = {
  id: string
  operation: string
  operation_version: number
  status: TaskStatus
  params: Record<string, unknown>
  plan: TaskPlan
  accounts: string[]
  requested_by: { id: string; email: string }
  reason: string | null
  priority: number
  scheduled_for: Date | null
  undo_of: string | null
  created_at: Date
  started_at: Date | null
  finished_at: Date | null
  error: { code: string; message: string } | null
  total: number
  open: number
  waiting: number
  succeeded: number
  failed: number
  skipped: number
  drifted: number
  compensated: number
  cancelled: number
}

/** With the selector as it was asked, which may be long. */
export type TaskWithTargets = TaskRecord & { targets: Targets }

export const taskColumns = `id, operation, operation_version, status, params, plan, accounts, requested_by, reason,
  priority, scheduled_for, undo_of, created_at, started_at, finished_at, error, total, open, waiting, succeeded, failed,
  skipped, drifted, compensated, cancelled`

/** A step that is over, as it stands in the item's row. */
export type FinishedStep = StepRecord
