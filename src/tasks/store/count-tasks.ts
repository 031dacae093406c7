import type { Sql } from '#platform/db/database.ts'
import type { Advanced } from './advance-items.ts'
import type { TaskRecord, TaskStatus } from './shapes.ts'
import { taskColumns } from './shapes.ts'

/** The tasks that were queued, scheduled or waiting and of which a worker now has something in hand. */
export const startTasks = (sql: Sql, ids: readonly string[]): Promise<TaskRecord[]> =>
  sql.query<TaskRecord>({
    name: 'tasks.start',
    text: `with locked as (select id from tasks where id = any($1) order by id for no key update)
      update tasks t set status = 'running', started_at = coalesce(t.started_at, now())
      from locked where t.id = locked.id and t.status in ('queued', 'scheduled')
      returning ${qualified}`,
    values: [ids],
  })

/** A task after its counters moved, with the status it had before. */
export type CountedTask = TaskRecord & { previousStatus: TaskStatus }

/**
 * Moves the counters of tasks by what their items did and, under the same row lock, their status: `waiting` while every
 * open item waits for AWS, and the final status when the last item is over. Rows are locked in the order of their ids, so
 * two workers that end items of the same tasks can't deadlock.
 *
 * How a task ends: `cancelled` when it was being cancelled or any item was; `succeeded` when every item succeeded or had
 * nothing left to do; `failed` when none succeeded; else `partly_failed`.
 */
export const countTasks = (sql: Sql, advanced: readonly Advanced[]): Promise<CountedTask[]> => {
  const deltas = sumByTask(advanced)
  if (deltas.length === 0) return Promise.resolve([])
  return sql.query<CountedTask>({
    name: 'tasks.count',
    text: `with d as (
        select * from unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[])
          as d(id, waiting, succeeded, failed, skipped, drifted, compensated, cancelled)),
      locked as (
        select id, total, open, waiting, succeeded, failed, skipped, drifted, compensated, cancelled
        from tasks where id = any($1) order by id for no key update),
      counted as (
        -- From the rows as they were locked, not from tasks again: that would be the statement's snapshot, which misses
        -- what another worker committed while we waited for the lock.
        select l.id, l.total, l.waiting + d.waiting as waiting, l.succeeded + d.succeeded as succeeded,
          l.failed + d.failed as failed, l.skipped + d.skipped as skipped, l.drifted + d.drifted as drifted,
          l.compensated + d.compensated as compensated, l.cancelled + d.cancelled as cancelled,
          l.open - d.succeeded - d.failed - d.skipped - d.drifted - d.compensated - d.cancelled as open
        from locked l join d on d.id = l.id)
      update tasks t set waiting = c.waiting, succeeded = c.succeeded, failed = c.failed, skipped = c.skipped,
        drifted = c.drifted, compensated = c.compensated, cancelled = c.cancelled, open = c.open,
        status = case
          when c.open > 0 and t.status in ('queued', 'scheduled', 'running') and c.waiting = c.open then 'waiting'
          when c.open > 0 and t.status = 'waiting' and c.waiting < c.open then 'running'
          when c.open > 0 then t.status
          when t.status = 'cancelling' or c.cancelled > 0 then 'cancelled'
          when c.succeeded + c.skipped = c.total then 'succeeded'
          when c.succeeded = 0 then 'failed'
          else 'partly_failed' end,
        started_at = coalesce(t.started_at, now()),
        finished_at = case when c.open = 0 then now() end
      from counted c where t.id = c.id
      returning ${qualified}, old.status as "previousStatus"`,
    values: [
      deltas.map((d) => d.id),
      deltas.map((d) => d.waiting),
      deltas.map((d) => d.succeeded),
      deltas.map((d) => d.failed),
      deltas.map((d) => d.skipped),
      deltas.map((d) => d.drifted),
      deltas.map((d) => d.compensated),
      deltas.map((d) => d.cancelled),
    ],
  })
}

const qualified = taskColumns
  .split(',')
  .map((column) => `t.${column.trim()}`)
  .join(', ')

type Delta = {
  id: string
  waiting: number
  succeeded: number
  failed: number
  skipped: number
  drifted: number
  compensated: number
  cancelled: number
}

const sumByTask = (advanced: readonly Advanced[]): Delta[] => {
  const byTask = new Map<string, Delta>()
  for (const { taskId, status, waitingDelta } of advanced) {
    const isOpen = status === 'pending' || status === 'running' || status === 'waiting'
    if (isOpen && waitingDelta === 0) continue
    const delta = byTask.get(taskId) ?? {
      id: taskId,
      waiting: 0,
      succeeded: 0,
      failed: 0,
      skipped: 0,
      drifted: 0,
      compensated: 0,
      cancelled: 0,
    }
    delta.waiting += waitingDelta
    if (!isOpen) delta[status] += 1
    byTask.set(taskId, delta)
  }
  return [...byTask.values()]
}
