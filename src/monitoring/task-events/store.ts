import type { TaskWebhookEvent, TaskWebhookFilter } from '#contracts/alert.ts'
import type { Sql } from '#platform/db/database.ts'
import type { LoggedTaskEvent, ToldState } from './news.ts'

export type Position = { xid: string; id: string }

/**
 * Takes or keeps the office of telling, for so long, and returns where it stands; undefined while another process has it.
 */
export const holdPosition = async (
  sql: Sql,
  holder: string,
  leaseSeconds: number,
): Promise<(Position & { isOld: boolean }) | undefined> => {
  const [row] = await sql.query<Position & { isOld: boolean }>({
    name: 'task-webhooks.hold',
    text: `update task_webhook_position set holder = $1, lease_until = now() + make_interval(secs => $2)
      where holder = $1 or lease_until < now()
      returning xid::text, id::text, moved_at < now() - interval '30 seconds' as "isOld"`,
    values: [holder, leaseSeconds],
  })
  return row
}

/** False when another process moved it meanwhile: then nothing of this transaction may stand. */
export const movePosition = async (sql: Sql, holder: string, from: Position, to: Position): Promise<boolean> => {
  const rows = await sql.query({
    name: 'task-webhooks.move',
    text: `update task_webhook_position set xid = $4::text::xid8, id = $5::bigint, moved_at = now()
      where holder = $1 and xid = $2::text::xid8 and id = $3::bigint returning is_only`,
    values: [holder, from.xid, from.id, to.xid, to.id],
  })
  return rows.length === 1
}

export type LoggedEvent = LoggedTaskEvent & Position & { at: Date; accounts: string[] }

/**
 * The next events of tasks, in the order of the log, and the position after what was looked at. Only those that nothing can
 * come before any more: below the oldest transaction that is still open.
 */
export const readTaskEvents = async (
  sql: Sql,
  after: Position,
  limit: number,
): Promise<{ events: LoggedEvent[]; last: Position | null; isFull: boolean }> => {
  const rows = await sql.query<LoggedEvent & { isOfTasks: boolean }>({
    name: 'task-webhooks.next',
    text: `select e.xid::text, e.id::text, e.at, e.type, e.accounts, e.topics[1] = 'tasks' as "isOfTasks",
        case when e.topics[1] = 'tasks' then e.data end as data
      from events e
      where (e.xid, e.id) > ($1::text::xid8, $2::bigint) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
      order by e.xid, e.id limit $3`,
    values: [after.xid, after.id, limit],
  })
  const last = rows.at(-1)
  return {
    events: rows.filter((row) => row.isOfTasks),
    last: last ? { xid: last.xid, id: last.id } : null,
    isFull: rows.length === limit,
  }
}

/** The position before which every event is visible. */
export const horizon = async (sql: Sql): Promise<Position> => {
  const [row] = await sql.query<{ xid: string }>({
    text: 'select pg_snapshot_xmin(pg_current_snapshot())::text as xid',
  })
  return { xid: row?.xid ?? '0', id: '0' }
}

/** Whether events after that position were dropped, by their retention, before they were read. */
export const wasCutOff = async (sql: Sql, position: Position): Promise<boolean> => {
  const rows = await sql.query({
    name: 'task-webhooks.cut-off',
    text: 'select 1 from events_dropped where (xid, id) > ($1::text::xid8, $2::bigint)',
    values: [position.xid, position.id],
  })
  return rows.length > 0
}

export type Subscriber = {
  id: string
  name: string
  owner: { id: string; email: string }
  scopes: string[] | null
  events: TaskWebhookEvent[]
  filter: Partial<TaskWebhookFilter>
  subscribedAt: Date
}

export const listSubscribers = (sql: Sql): Promise<Subscriber[]> =>
  sql.query({
    name: 'task-webhooks.subscribers',
    text: `select id, name, owner, owner_scopes as scopes, task_events as events, task_filter as filter,
        subscribed_at as "subscribedAt"
      from notification_channels where is_enabled and task_events <> '{}' and owner is not null order by id`,
  })

export const readStates = async (sql: Sql, taskIds: readonly string[]): Promise<Map<string, ToldState>> => {
  const rows = await sql.query<{ id: string } & ToldState>({
    name: 'task-webhooks.states',
    text: `select task_id as id, is_started as "isStarted", has_drifted as "hasDrifted" from task_webhook_states
      where task_id = any($1)`,
    values: [taskIds],
  })
  return new Map(rows.map(({ id, ...state }) => [id, state]))
}

export const writeStates = (sql: Sql, states: ReadonlyMap<string, ToldState>): Promise<unknown> =>
  sql.query({
    name: 'task-webhooks.write-states',
    text: `insert into task_webhook_states (task_id, is_started, has_drifted)
      select x.id, x."isStarted", x."hasDrifted"
      from jsonb_to_recordset($1::jsonb) as x(id uuid, "isStarted" boolean, "hasDrifted" boolean)
      on conflict (task_id) do update set is_started = excluded.is_started, has_drifted = excluded.has_drifted, updated_at = now()`,
    values: [JSON.stringify([...states].map(([id, state]) => ({ id, ...state })))],
  })

export const forgetStates = (sql: Sql, taskIds: readonly string[]): Promise<unknown> =>
  sql.query({
    name: 'task-webhooks.forget-states',
    text: `delete from task_webhook_states where task_id = any($1) or updated_at < now() - interval '60 days'`,
    values: [taskIds],
  })
