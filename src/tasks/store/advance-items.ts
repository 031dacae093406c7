import { rowsOf } from '#platform/db/columns.ts'
import type { Sql } from '#platform/db/database.ts'
import type { NewEvent } from '#platform/events/append.ts'
import { eventColumns, eventsInsert } from '#platform/events/append.ts'
import { auditColumns } from '#security/audit.ts'
import { heldColumn, ofItsClaim, progressAssignments, progressColumns } from './journal.ts'
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
  /** Counts what was recorded of the item, over all its claims. */
  move: number
  status: ItemStatus
  readyAt: Date | null
  /** Of a `pending` item: kept until somebody resumes its task; due at once if that has happened meanwhile. */
  isHeld?: boolean
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
 *    ids, so that nobody deadlocks with another worker or with who cancels or pauses the task. What another worker
 *    committed while this one waited for the lock counts: an UPDATE goes by the newest version of the row.
 * 3. A task that began or ended gets an audit entry (one, where both happen here); a task whose status or counters moved gets an event, and
 *    `progress` are the events of those where only steps went on.
 *
 * How a task ends: `succeeded` when every item succeeded or had nothing left to do, even if somebody cancelled it too late;
 * `cancelled` when it was being cancelled or any item was; `failed` when none succeeded; else `partly_failed`.
 *
 * Texts are put together as texts: to take jsonb apart and put it together costs more.
 */
export const advanceItems = async (
  sql: Sql,
  work: { advances: readonly Advance[]; started: readonly string[]; progress: readonly NewEvent[] },
): Promise<Set<string>> => {
  const rows = await sql.query<{ id: string }>({
    name: 'items.advance',
    text: statement,
    values: [work.started, JSON.stringify(work.progress), ...advanceRows.values(work.advances)],
  })
  return new Set(rows.map((row) => row.id))
}

/** More items than this are not listed in one event; the reader fetches them. */
export const mostListedItems = 100

const advanceRows = rowsOf<Advance>({
  ...progressColumns,
  status: ['text', ({ status }) => status],
  ready_at: ['timestamptz', ({ readyAt }) => readyAt],
  is_held: ['bool', ({ isHeld }) => isHeld],
  in_wait: ['bool', ({ inWait }) => inWait],
})

/** A task's counters as JSON, from the columns of `t`. */
const progressJson = `'{"total":' || t.total || ',"waiting":' || t.waiting || ',"succeeded":' || t.succeeded
  || ',"failed":' || t.failed || ',"skipped":' || t.skipped || ',"drifted":' || t.drifted
  || ',"compensated":' || t.compensated || ',"cancelled":' || t.cancelled || '}'`

const statement = `
  with given as materialized (
    select *, ${heldColumn} from ${advanceRows.from('a', 3)}),
  -- Tasks before items, as whoever cancels or pauses a task does it: in the other order the two would deadlock.
  locked as materialized (
    select id, status from tasks where id in (select task_id from given union select unnest($1::uuid[]))
    order by id for no key update),
  advanced as (
    update items i set status = a.status, in_wait = a.in_wait, ${progressAssignments('a')},
      ready_at = case
        when a.is_held then case when (select k.status from locked k where k.id = a.task_id) <> 'paused' then now() end
        else a.ready_at end,
      worker = case when a.status in ('pending', 'waiting') then null else i.worker end
    from given a
    -- Counted once, before the first item is touched; as a row to join it would be counted for each item.
    where (select count(*) from locked) >= 0 and ${ofItsClaim('a')} and i.move <= a.move
    returning i.id, i.task_id, i.status, i.step, new.in_wait::int - old.in_wait::int as waiting),
  -- One row a task that has to move: what its items did, or only that it begins.
  deltas as (
    select task_id as id, sum(waiting)::int as waiting,
      sum((status = 'succeeded')::int)::int as succeeded, sum((status = 'failed')::int)::int as failed,
      sum((status = 'skipped')::int)::int as skipped, sum((status = 'drifted')::int)::int as drifted,
      sum((status = 'compensated')::int)::int as compensated, sum((status = 'cancelled')::int)::int as cancelled,
      sum((status not in ('pending', 'running', 'waiting'))::int)::int as closed,
      count(id) as items,
      string_agg('{"id":"' || id || '","status":"' || status || '","step":' || step || '}', ',') as listed
    from (
      select id, task_id, status, step, waiting
      from advanced where waiting <> 0 or status not in ('pending', 'running', 'waiting')
      union all
      select null, unnest($1::uuid[]), 'running', 0, 0) changes
    group by task_id order by task_id),
  moved as (
    update tasks t set waiting = t.waiting + d.waiting, succeeded = t.succeeded + d.succeeded,
      failed = t.failed + d.failed, skipped = t.skipped + d.skipped, drifted = t.drifted + d.drifted,
      compensated = t.compensated + d.compensated, cancelled = t.cancelled + d.cancelled, open = t.open - d.closed,
      status = case
        when t.open > d.closed and t.status in ('queued', 'scheduled', 'running', 'waiting')
          then case when t.waiting + d.waiting = t.open - d.closed then 'waiting' else 'running' end
        when t.open > d.closed then t.status
        when t.succeeded + d.succeeded + t.skipped + d.skipped = t.total then 'succeeded'
        when t.status = 'cancelling' or t.cancelled + d.cancelled > 0 then 'cancelled'
        when t.succeeded + d.succeeded = 0 then 'failed'
        else 'partly_failed' end,
      started_at = coalesce(t.started_at, now()),
      finished_at = case when t.open = d.closed then now() end
    from deltas d
    -- A task that began meanwhile, or is over, has nothing new to tell.
    where t.id = d.id and t.finished_at is null and (d.items > 0 or t.started_at is null)
    returning t.id, t.status, t.accounts, t.requested_by, t.started_at, t.open, old.started_at is null as begins,
      d.items, d.listed, '"operation":' || to_json(t.operation) || ',"status":"' || t.status || '"' as what,
      ${progressJson} as progress),
  told as (
    insert into events (${eventColumns})
    select array['tasks', 'tasks/' || id], 'task.changed', accounts,
      ('{"id":"' || id || '",' || what || ',"requestedBy":' || coalesce(to_json(requested_by->>'id')::text, 'null') || ',"progress":' || progress
        || ',"items":[' || case when items between 1 and ${mostListedItems} then listed else '' end
        || '],"more":' || (items > ${mostListedItems}) || '}')::json
    from moved),
  told_progress as (${eventsInsert('json_array_elements($2::json) as x(e)')}),
  audited as (
    insert into audit (${auditColumns})
    select 'system', null, 'system', null, case when open = 0 then 'task.finish' else 'task.start' end, 'Task', id::text,
      case when open > 0 or status = 'succeeded' then 'succeeded' else 'failed' end, null,
      ('{' || what || ',"requestedBy":' || coalesce(to_json(requested_by->>'email')::text, 'null')
        || case when open > 0 then '' else ',"startedAt":' || to_json(started_at) || ',"progress":' || progress end
        || '}')::json
    from moved where begins or open = 0)
  select id from advanced`
