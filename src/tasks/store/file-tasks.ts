import type { Statement } from '#platform/db/database.ts'
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

export const insertTasks = (tasks: readonly NewTask[]): Statement => ({
    name: 'tasks.insert',
    text: `insert into tasks (id, operation, operation_version, status, params, targets, plan, accounts, regions, requested_by,
        reason, priority, scheduled_for, undo_of, total, open)
      select id, operation, operation_version, status, params, targets, plan, string_to_array(accounts, ','),
        string_to_array(regions, ','), requested_by, reason, priority, scheduled_for, undo_of, total, total
      from unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::jsonb[], $6::jsonb[], $7::jsonb[], $8::text[],
        $9::jsonb[], $10::text[], $11::smallint[], $12::timestamptz[], $13::uuid[], $14::int[],
        $15::text[])
      as t(id, operation, operation_version, status, params, targets, plan, accounts, requested_by, reason, priority,
        scheduled_for, undo_of, total, regions)`,
    values: [
      tasks.map((task) => task.id),
      tasks.map((task) => task.operation),
      tasks.map((task) => task.operationVersion),
      tasks.map((task) => task.status),
      tasks.map((task) => JSON.stringify(task.params)),
      tasks.map((task) => JSON.stringify(task.targets)),
      tasks.map((task) => JSON.stringify(task.plan)),
      tasks.map((task) => task.accounts.join(',')), // unnest would flatten an array of arrays
      tasks.map((task) => JSON.stringify(task.requestedBy)),
      tasks.map((task) => task.reason),
      tasks.map((task) => task.priority),
      tasks.map((task) => task.scheduledFor),
      tasks.map((task) => task.undoOf),
      tasks.map((task) => task.items.length),
      tasks.map((task) => task.regions.join(',')),
    ],
})

/** When an item of a new task may be claimed: at once, at the scheduled time, or (null) when somebody releases it. */
const readyAt = (task: NewTask, now: Date): Date | null => {
  switch (task.status) {
    case 'queued':
      return now
    case 'scheduled':
      return task.scheduledFor ?? now
    case 'awaiting_approval':
      return null
  }
}

export const insertItems = (tasks: readonly NewTask[], now: Date): Statement => {
  const rows = tasks.flatMap((task) => task.items.map((item, ordinal) => ({ task, item, ordinal })))
  return {
    name: 'items.insert',
    text: `insert into items (account, id, task_id, ordinal, region, target_id, target_name, before, after, status,
        ready_at, priority)
      select account, id, task_id, ordinal, region, target_id, target_name, before, after, 'pending', ready_at, priority
      from unnest($1::text[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::jsonb[],
        $9::jsonb[], $10::timestamptz[], $11::smallint[])
      as i(account, id, task_id, ordinal, region, target_id, target_name, before, after, ready_at, priority)`,
    values: [
      rows.map(({ item }) => item.account),
      rows.map(({ item }) => item.id),
      rows.map(({ task }) => task.id),
      rows.map(({ ordinal }) => ordinal),
      rows.map(({ item }) => item.region),
      rows.map(({ item }) => item.targetId),
      rows.map(({ item }) => item.targetName),
      rows.map(({ item }) => JSON.stringify(item.before)),
      rows.map(({ item }) => JSON.stringify(item.after)),
      rows.map(({ task }) => readyAt(task, now)),
      rows.map(({ task }) => task.priority),
    ],
  }
}
