import type { Sql } from '#platform/db/database.ts'
import type { Advance } from './advance-items.ts'

/** Whether an advance only takes an item from one step to the next: nothing of its task's own row moves with it. */
export const isStepOnly = (advance: Advance): boolean => advance.status === 'running' && !advance.wasInWait

/**
 * Records that items went on to their next step. Most writes of a worker are of this kind, so they have a statement of their
 * own: the one that moves the tasks as well costs three times as much. Fenced like that one; returns what was written.
 */
export const advanceSteps = async (sql: Sql, advances: readonly Advance[]): Promise<Set<string>> => {
  const rows = await sql.query<{ id: string }>({
    name: 'items.advance-steps',
    text: `update items i set step = a.step, step_attempt = a.step_attempt, step_started_at = a.step_started_at,
        is_armed = a.is_armed, is_doubtful = a.is_doubtful, is_compensating = a.is_compensating, steps = a.steps,
        actual = a.actual, error = a.error
      from jsonb_to_recordset($1::jsonb) as a(account text, task_id uuid, ordinal int, worker uuid, attempt int, step int,
        step_attempt int, step_started_at timestamptz, is_armed bool, is_doubtful bool, is_compensating bool, steps jsonb,
        actual jsonb, error jsonb)
      where i.task_id = a.task_id and i.ordinal = a.ordinal and i.account = a.account and i.worker = a.worker
        and i.attempt = a.attempt
      returning i.id`,
    values: [JSON.stringify(advances.map(stepRow))],
  })
  return new Set(rows.map((row) => row.id))
}

const stepRow = (advance: Advance) => ({
  account: advance.account,
  task_id: advance.taskId,
  ordinal: advance.ordinal,
  worker: advance.worker,
  attempt: advance.attempt,
  step: advance.step,
  step_attempt: advance.stepAttempt,
  step_started_at: advance.stepStartedAt,
  is_armed: advance.isArmed,
  is_doubtful: advance.isDoubtful,
  is_compensating: advance.isCompensating,
  steps: advance.steps,
  actual: advance.actual,
  error: advance.error,
})
