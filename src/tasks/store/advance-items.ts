import type { Sql } from '#platform/db/database.ts'
import type { FinishedStep, Image, ItemStatus } from './shapes.ts'

/** What a worker writes about an item it holds: the whole of the item's changing columns. */
export type Advance = {
  account: string
  id: string
  taskId: string
  ordinal: number
  worker: string
  /** The claim's fencing number. */
  attempt: number
  status: ItemStatus
  readyAt: Date | null
  step: number
  stepAttempt: number
  stepStartedAt: Date | null
  isArmed: boolean
  isDoubtful: boolean
  isCompensating: boolean
  inWait: boolean
  steps: FinishedStep[]
  actual: Image | null
  error: { code: string; message: string } | null
}

/** What the advance changed, for the task's counters: told by the database, so a repetition counts nothing twice. */
export type Advanced = { id: string; taskId: string; status: ItemStatus; waitingDelta: number }

/** Writes what still belongs to its claim (same worker, same attempt, still running); the rest was taken away meanwhile. */
export const advanceItems = (sql: Sql, advances: readonly Advance[]): Promise<Advanced[]> =>
  sql.query<Advanced>({
    name: 'items.advance',
    text: `update items i set status = a.status, ready_at = a.ready_at, step = a.step, step_attempt = a.step_attempt,
        step_started_at = a.step_started_at, is_armed = a.is_armed, is_doubtful = a.is_doubtful,
        is_compensating = a.is_compensating, in_wait = a.in_wait, steps = a.steps, actual = a.actual, error = a.error,
        worker = case when a.status = 'running' then i.worker end
      from unnest($1::text[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::timestamptz[], $7::int[], $8::int[],
        $9::timestamptz[], $10::bool[], $11::bool[], $12::bool[], $13::bool[], $14::jsonb[], $15::jsonb[], $16::jsonb[],
        $17::int[])
      as a(account, task_id, worker, attempt, status, ready_at, step, step_attempt, step_started_at, is_armed, is_doubtful,
        is_compensating, in_wait, steps, actual, error, ordinal)
      where i.task_id = a.task_id and i.ordinal = a.ordinal and i.account = a.account and i.worker = a.worker and i.attempt = a.attempt
        and i.status = 'running'
      returning i.id, i.task_id as "taskId", i.status,
        (new.in_wait and new.status in ('waiting', 'running'))::int - old.in_wait::int as "waitingDelta"`,
    values: [
      advances.map((a) => a.account),
      advances.map((a) => a.taskId),
      advances.map((a) => a.worker),
      advances.map((a) => a.attempt),
      advances.map((a) => a.status),
      advances.map((a) => a.readyAt),
      advances.map((a) => a.step),
      advances.map((a) => a.stepAttempt),
      advances.map((a) => a.stepStartedAt),
      advances.map((a) => a.isArmed),
      advances.map((a) => a.isDoubtful),
      advances.map((a) => a.isCompensating),
      advances.map((a) => a.inWait),
      advances.map((a) => JSON.stringify(a.steps)),
      advances.map((a) => (a.actual === null ? null : JSON.stringify(a.actual))),
      advances.map((a) => (a.error === null ? null : JSON.stringify(a.error))),
      advances.map((a) => a.ordinal),
    ],
  })
