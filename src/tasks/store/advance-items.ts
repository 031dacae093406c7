import type { Sql } from '#platform/db/database.ts'
import { eventsInsert } from '#platform/events/append.ts'
import type { NewEvent } from '#platform/events/append.ts'
import { auditInsert } from '#security/audit.ts'
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
  /** Before this advance. */
  wasInWait: boolean
  steps: FinishedStep[]
  actual: Image | null
  error: { code: string; message: string } | null
}

/**
 * Writes what workers did, and what follows from it, in one statement: one round trip, one commit.
 *
 * 1. Items are advanced as far as they still belong to their claim (same worker, same attempt, still running); what was
 *    taken away meanwhile is left alone and is missing in the answer.
 * 2. The counters of their tasks move by what was really changed (so a repetition counts nothing twice) and, under the
 *    same row lock, their status: `running` when the first item begins (`started` names such tasks), `waiting` while every
 *    open item waits for AWS, and the final status with the last item. Task rows are locked first and in the order of their
 *    ids, so that nobody deadlocks with another worker or with who cancels or pauses the task, and counted from the rows as they were locked: the
 *    statement's snapshot misses what another worker committed while this one waited for the lock.
 * 3. A task that began or ended gets an audit entry (one, where both happen here); a task whose status or counters moved gets an event, and
 *    `progress` are the events of those where only steps went on.
 *
 * How a task ends: `succeeded` when every item succeeded or had nothing left to do, even if somebody cancelled it too late;
 * `cancelled` when it was being cancelled or any item was; `failed` when none succeeded; else `partly_failed`.
 */
export const advanceItems = async (
  sql: Sql,
  work: { advances: readonly Advance[]; started: readonly string[]; progress: readonly NewEvent[] },
): Promise<Set<string>> => {
  const rows = await sql.query<{ id: string }>({
    name: 'items.advance',
    text: statement,
    values: [JSON.stringify(work.advances.map(advanceRow)), work.started, JSON.stringify(work.progress)],
  })
  return new Set(rows.map((row) => row.id))
}

/** More items than this are not listed in one event; the reader fetches them. */
export const mostListedItems = 100

const statement = `
  with given as (
    select * from jsonb_to_recordset($1::jsonb) as a(account text, task_id uuid, ordinal int, worker uuid, attempt int,
      status text, ready_at timestamptz, step int, step_attempt int, step_started_at timestamptz, is_armed bool,
      is_doubtful bool, is_compensating bool, in_wait bool, steps jsonb, actual jsonb, error jsonb)),
  -- Tasks before items, as whoever cancels or pauses a task does it: in the other order the two would deadlock.
  locked as materialized (
    select id from tasks where id in (select task_id from given union select unnest($2::uuid[]))
    order by id for no key update),
  advanced as (
    update items i set status = a.status, ready_at = a.ready_at, step = a.step, step_attempt = a.step_attempt,
      step_started_at = a.step_started_at, is_armed = a.is_armed, is_doubtful = a.is_doubtful,
      is_compensating = a.is_compensating, in_wait = a.in_wait, steps = a.steps, actual = a.actual, error = a.error,
      worker = case when a.status = 'running' then i.worker end
    from given a, (select count(*) from locked) l
    -- Only a running item has a worker. Its status is not asked for: that would offer the planner the index over all
    -- running items instead of the key.
    where i.task_id = a.task_id and i.ordinal = a.ordinal and i.account = a.account and i.worker = a.worker
      and i.attempt = a.attempt
    returning i.id, i.task_id, i.status, i.step, new.in_wait::int - old.in_wait::int as waiting),
  -- One row a task that has to move: what its items did, or only that it begins.
  deltas as (
    select id, sum(waiting)::int as waiting,
      count(*) filter (where status = 'succeeded')::int as succeeded,
      count(*) filter (where status = 'failed')::int as failed,
      count(*) filter (where status = 'skipped')::int as skipped,
      count(*) filter (where status = 'drifted')::int as drifted,
      count(*) filter (where status = 'compensated')::int as compensated,
      count(*) filter (where status = 'cancelled')::int as cancelled,
      coalesce(jsonb_agg(item) filter (where item is not null), '[]') as items
    from (
      select task_id as id, waiting, status, jsonb_build_object('id', id, 'status', status, 'step', step) as item
      from advanced where waiting <> 0 or status not in ('pending', 'running', 'waiting')
      union all
      select unnest($2::uuid[]), 0, null, null) changes
    group by id),
  counted as (
    select t.id, t.total, t.waiting + d.waiting as waiting, t.succeeded + d.succeeded as succeeded,
      t.failed + d.failed as failed, t.skipped + d.skipped as skipped, t.drifted + d.drifted as drifted,
      t.compensated + d.compensated as compensated, t.cancelled + d.cancelled as cancelled,
      t.open - d.succeeded - d.failed - d.skipped - d.drifted - d.compensated - d.cancelled as open, d.items
    from deltas d join tasks t on t.id = d.id
    order by t.id for no key update of t),
  moved as (
    update tasks t set waiting = c.waiting, succeeded = c.succeeded, failed = c.failed, skipped = c.skipped,
      drifted = c.drifted, compensated = c.compensated, cancelled = c.cancelled, open = c.open,
      status = case
        when c.open > 0 and t.status in ('queued', 'scheduled', 'running', 'waiting')
          then case when c.waiting = c.open then 'waiting' else 'running' end
        when c.open > 0 then t.status
        when c.succeeded + c.skipped = c.total then 'succeeded'
        when t.status = 'cancelling' or c.cancelled > 0 then 'cancelled'
        when c.succeeded = 0 then 'failed'
        else 'partly_failed' end,
      started_at = coalesce(t.started_at, now()),
      finished_at = case when c.open = 0 then now() end
    from counted c
    -- A task that began meanwhile, or is over, has nothing new to tell.
    where t.id = c.id and t.finished_at is null and (c.items <> '[]' or t.started_at is null)
    returning t.id, t.operation, t.status, t.requested_by, t.accounts, t.started_at, t.open, c.items, old.started_at is null as begins,
      jsonb_build_object('total', t.total, 'waiting', t.waiting, 'succeeded', t.succeeded, 'failed', t.failed,
        'skipped', t.skipped, 'drifted', t.drifted, 'compensated', t.compensated, 'cancelled', t.cancelled) as progress),
  told as (${eventsInsert(`(
    select jsonb_build_object('topics', array['tasks', 'tasks/' || id], 'type', 'task.changed', 'accounts', accounts,
      'data', jsonb_build_object('id', id, 'operation', operation, 'status', status,
        'requestedBy', requested_by->>'id', 'progress', progress,
        'items', case when jsonb_array_length(items) > ${mostListedItems} then '[]' else items end,
        'more', jsonb_array_length(items) > ${mostListedItems})) as e
    from moved
    union all select e from jsonb_array_elements($3::jsonb) as p(e)) as x`)}),
  audited as (${auditInsert(`(
    select jsonb_build_object('actor', '{"id": "system", "via": "system"}'::jsonb, 'action', 'task.start',
      'subject', jsonb_build_object('type', 'Task', 'id', id), 'outcome', 'succeeded',
      'details', jsonb_build_object('operation', operation, 'requestedBy', requested_by->>'email')) as e
    from moved where begins and open > 0
    union all
    select jsonb_build_object('actor', '{"id": "system", "via": "system"}'::jsonb, 'action', 'task.finish',
      'subject', jsonb_build_object('type', 'Task', 'id', id),
      'outcome', case when status = 'succeeded' then 'succeeded' else 'failed' end,
      'details', jsonb_build_object('operation', operation, 'status', status, 'requestedBy', requested_by->>'email',
        'startedAt', started_at, 'progress', progress))
    from moved where open = 0) as x`)})
  select id from advanced`

const advanceRow = (advance: Advance) => ({
  account: advance.account,
  task_id: advance.taskId,
  ordinal: advance.ordinal,
  worker: advance.worker,
  attempt: advance.attempt,
  status: advance.status,
  ready_at: advance.readyAt,
  step: advance.step,
  step_attempt: advance.stepAttempt,
  step_started_at: advance.stepStartedAt,
  is_armed: advance.isArmed,
  is_doubtful: advance.isDoubtful,
  is_compensating: advance.isCompensating,
  in_wait: advance.inWait,
  steps: advance.steps,
  actual: advance.actual,
  error: advance.error,
})
