import { rowsOf } from '#platform/db/columns.ts'
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
  const rows = await sql.query<{ id: string }>({ name: 'tasks.file', text: statement, values: valuesOf(filings) })
  return new Set(rows.map((row) => row.id))
}

const keyRows = rowsOf<{ userId: string; key: string; bodyHash: string; taskId: string }>({
  user_id: ['text', ({ userId }) => userId],
  key: ['text', ({ key }) => key],
  body_hash: ['text', ({ bodyHash }) => bodyHash],
  task_id: ['uuid', ({ taskId }) => taskId],
})

const taskRows = rowsOf<NewTask>({
  id: ['uuid', ({ id }) => id],
  operation: ['text', ({ operation }) => operation],
  operation_version: ['int', ({ operationVersion }) => operationVersion],
  status: ['text', ({ status }) => status],
  params: ['json', ({ params }) => params],
  targets: ['json', ({ targets }) => targets],
  plan: ['json', ({ plan }) => plan],
  accounts: ['textList', ({ accounts }) => accounts],
  regions: ['textList', ({ regions }) => regions],
  requested_by: ['json', ({ requestedBy }) => requestedBy],
  reason: ['text', ({ reason }) => reason],
  priority: ['smallint', ({ priority }) => priority],
  scheduled_for: ['timestamptz', ({ scheduledFor }) => scheduledFor],
  undo_of: ['uuid', ({ undoOf }) => undoOf],
  items: ['int', ({ items }) => items.length],
})

const itemRows = rowsOf<{ task: NewTask; item: NewItem; ordinal: number; claim: FiledWith['claim'] }>({
  task_id: ['uuid', ({ task }) => task.id],
  ordinal: ['int', ({ ordinal }) => ordinal],
  account: ['text', ({ item }) => item.account],
  id: ['uuid', ({ item }) => item.id],
  region: ['text', ({ item }) => item.region],
  target_id: ['text', ({ item }) => item.targetId],
  target_name: ['text', ({ item }) => item.targetName],
  before: ['json', ({ item }) => item.before],
  after: ['json', ({ item }) => item.after],
  priority: ['smallint', ({ task }) => task.priority],
  is_queued: ['bool', ({ task }) => task.status === 'queued'],
  is_scheduled: ['bool', ({ task }) => task.status === 'scheduled'],
  scheduled_for: ['timestamptz', ({ task }) => task.scheduledFor],
  worker: ['uuid', ({ claim }) => claim?.worker],
  claimed_at: ['timestamptz', ({ claim }) => claim?.at],
})

const storyRows = rowsOf<FiledWith>({
  task_id: ['uuid', ({ task }) => task.id],
  accounts: ['textList', ({ task }) => task.accounts],
  actor_id: ['text', ({ actor }) => actor.id],
  actor_email: ['text', ({ actor }) => actor.email],
  actor_via: ['text', ({ actor }) => actor.via],
  credential_id: ['text', ({ actor }) => actor.credentialId],
  request_id: ['text', ({ requestId }) => requestId],
  details: ['json', ({ audit }) => audit],
  event: ['json', ({ event }) => event],
})

const firstTask = 1 + keyRows.count
const firstItem = firstTask + taskRows.count
const firstStory = firstItem + itemRows.count

/** Each table has its own rows: what several of them share the server would have to put aside first. */
const statement = `
  with reserved as (
    insert into idempotency (user_id, key, body_hash, task_id)
    select user_id, key, body_hash, task_id from ${keyRows.from('k')} order by user_id, key
    on conflict do nothing returning task_id),
  refused as materialized (
    select task_id from ${keyRows.from('k')} where task_id not in (select task_id from reserved)),
  filed as (
    insert into tasks (id, operation, operation_version, status, params, targets, plan, accounts, regions,
      requested_by, reason, priority, scheduled_for, undo_of, total, open)
    select id, operation, operation_version, status, params, targets, plan, accounts::text[], regions::text[], requested_by,
      reason, priority, scheduled_for, undo_of, items, items
    from ${taskRows.from('t', firstTask)} where id not in (select task_id from refused)
    returning id),
  with_items as (
    insert into items (account, id, task_id, ordinal, region, target_id, target_name, before, after, status,
      ready_at, priority, worker, attempt, step_started_at)
    select account, id, task_id, ordinal, region, target_id, target_name, before, after,
      case when worker is null then 'pending' else 'running' end,
      case when worker is not null then null
        when is_queued then now()
        when is_scheduled then coalesce(scheduled_for, now()) end,
      priority, worker, case when worker is null then 0 else 1 end, claimed_at
    from ${itemRows.from('i', firstItem)} where task_id not in (select task_id from refused)),
  stories as materialized (
    select * from ${storyRows.from('s', firstStory)} where task_id not in (select task_id from refused)),
  with_audit as (
    insert into audit (${auditColumns})
    select actor_id, actor_email, actor_via, credential_id, 'task.create', 'Task', task_id::text, 'succeeded', request_id, details
    from stories),
  with_events as (
    insert into events (${eventColumns})
    select array['tasks', 'tasks/' || task_id], 'task.created', accounts::text[], event from stories)
  select id from filed`

const valuesOf = (filings: readonly FiledWith[]): Buffer[] => [
  ...keyRows.values(
    filings.flatMap(({ task, idempotency }) => (idempotency === null ? [] : [{ taskId: task.id, ...idempotency }])),
  ),
  ...taskRows.values(filings.map(({ task }) => task)),
  ...itemRows.values(
    filings.flatMap(({ task, claim }) => task.items.map((item, ordinal) => ({ task, item, ordinal, claim }))),
  ),
  ...storyRows.values(filings),
]

/** Whether a filing was refused because another task is taking the same one back at this moment. */
export const isSecondUndo = (error: unknown): boolean =>
  error instanceof Error && 'constraint' in error && error.constraint === 'tasks_live_undo'
