import type { Sql } from '#platform/db/database.ts'
import { eventColumns } from '#platform/events/append.ts'
import { auditColumns } from '#security/audit.ts'
import type { AuditActor } from '#security/audit.ts'
import type { Image, Targets, TaskPlan, TaskStatus } from './shapes.ts'

/** A task about to be filed, as its row will be. */
export type NewTask = {
  id: string
  operation: string
  operationVersion: number
  status: Extract<TaskStatus, 'queued' | 'scheduled' | 'awaiting_approval'>
  params: Record<string, unknown>
  targets: Targets
  plan: TaskPlan
  accounts: string[]
  regions: string[]
  requestedBy: { id: string; email: string }
  reason: string | null
  priority: number
  scheduledFor: Date | null
  undoOf: string | null
  items: NewItem[]
}

export type NewItem = {
  id: string
  account: string
  region: string
  targetId: string
  targetName: string | null
  before: Image
  after: Image
}

/** What is written with a task: its idempotency key, where it has one, and the contents of its audit entry and its event. */
export type FiledWith = {
  task: NewTask
  idempotency: { userId: string; key: string; bodyHash: string } | null
  /** The worker that has its items in hand from the first moment on; null when they wait for a claim. */
  claim: { worker: string; at: Date } | null
  actor: AuditActor
  requestId: string | null
  audit: Record<string, unknown>
  event: Record<string, unknown>
}

/**
 * Files tasks: idempotency keys, tasks, items, audit entries and events in one statement, so one round trip and one commit.
 * Returns the ids of those that were filed; missing are those whose idempotency key was used before.
 *
 * Keys are reserved in their order, so that two processes that are offered the same ones can't deadlock.
 *
 * An item is in a worker's hands already, or may be claimed at once (by the clock that claims go by, the database's), at the scheduled time, or, while the task
 * awaits approval, when somebody releases it.
 */
export const fileTasks = async (sql: Sql, filings: readonly FiledWith[]): Promise<Set<string>> => {
  const rows = await sql.query<{ id: string }>({
    name: 'tasks.file',
    // Everything hangs on its task's own object, so nothing has to be joined.
    text: `with given as materialized (
        select * from json_to_recordset($1::json) as t(id uuid, operation text, operation_version int, status text,
          params json, targets json, plan json, accounts text[], regions text[], requested_by json, reason text,
          priority smallint, scheduled_for timestamptz, undo_of uuid, items json, item_count int, worker uuid, claimed_at timestamptz, actor_id text,
          actor_email text, actor_via text, credential_id text, request_id text, audit json, event json, user_id text,
          key text, body_hash text)),
      reserved as (
        insert into idempotency (user_id, key, body_hash, task_id)
        select user_id, key, body_hash, id from given where key is not null order by user_id, key
        on conflict do nothing returning task_id),
      accepted as materialized (
        select * from given g where g.key is null or exists (select 1 from reserved r where r.task_id = g.id)),
      filed as (
        insert into tasks (id, operation, operation_version, status, params, targets, plan, accounts, regions,
          requested_by, reason, priority, scheduled_for, undo_of, total, open)
        select id, operation, operation_version, status, params, targets, plan, accounts, regions, requested_by, reason,
          priority, scheduled_for, undo_of, item_count, item_count
        from accepted returning id),
      with_items as (
        insert into items (account, id, task_id, ordinal, region, target_id, target_name, before, after, status,
          ready_at, priority, worker, attempt, step_started_at)
        select i.account, i.id, t.id, i.ordinal, i.region, i.target_id, i.target_name, i.before, i.after,
          case when t.worker is null then 'pending' else 'running' end,
          case when t.worker is not null then null
            when t.status = 'queued' then now()
            when t.status = 'scheduled' then coalesce(t.scheduled_for, now()) end,
          t.priority, t.worker, case when t.worker is null then 0 else 1 end, t.claimed_at
        from accepted t, json_to_recordset(t.items) as i(account text, id uuid, ordinal int, region text, target_id text,
          target_name text, before json, after json)),
      with_audit as (
        insert into audit (${auditColumns})
        select actor_id, actor_email, actor_via, credential_id, 'task.create', 'Task', id::text, 'succeeded', request_id, audit
        from accepted),
      with_events as (
        insert into events (${eventColumns})
        select array['tasks', 'tasks/' || id], 'task.created', accounts, event from accepted)
      select id from filed`,
    values: [JSON.stringify(filings.map(taskRow))],
  })
  return new Set(rows.map((row) => row.id))
}

/** What is left out is null. */
const taskRow = ({ task, idempotency, claim, actor, requestId, audit, event }: FiledWith) => ({
  id: task.id,
  operation: task.operation,
  operation_version: task.operationVersion,
  status: task.status,
  params: task.params,
  targets: task.targets,
  plan: task.plan,
  accounts: task.accounts,
  regions: task.regions,
  requested_by: task.requestedBy,
  reason: task.reason ?? undefined,
  priority: task.priority,
  scheduled_for: task.scheduledFor ?? undefined,
  undo_of: task.undoOf ?? undefined,
  items: task.items.map((item, ordinal) => ({
    account: item.account,
    id: item.id,
    ordinal,
    region: item.region,
    target_id: item.targetId,
    target_name: item.targetName ?? undefined,
    before: item.before,
    after: item.after,
  })),
  item_count: task.items.length,
  worker: claim?.worker,
  claimed_at: claim?.at,
  actor_id: actor.id,
  actor_email: actor.email,
  actor_via: actor.via,
  credential_id: actor.credentialId,
  request_id: requestId ?? undefined,
  audit,
  event,
  user_id: idempotency?.userId,
  key: idempotency?.key,
  body_hash: idempotency?.bodyHash,
})

/** Whether a filing was refused because another task is taking the same one back at this moment. */
export const isSecondUndo = (error: unknown): boolean =>
  error instanceof Error && 'constraint' in error && error.constraint === 'tasks_live_undo'
