import type { Channel, ChannelChanges, TaskWebhookFilter } from '#contracts/alert.ts'
import type { Sql } from '#platform/db/database.ts'

type ChannelRow = Omit<Channel, 'createdAt' | 'lastDelivery' | 'failingSince'> & {
  createdAt: Date
  failingSince: Date | null
  lastAt: Date | null
  lastStatus: 'pending' | 'delivered' | 'failed' | null
  lastAttempts: number | null
  lastError: string | null
}

const columns = `c.id, c.name, c.kind, c.url, c.hears_alerts as alerts, c.minimum_severity as "minimumSeverity",
  c.task_events as "taskEvents", c.task_filter as "taskFilter", c.owner, c.is_enabled as "isEnabled",
  c.failing_since as "failingSince", c.disabled_reason as "disabledReason", c.created_at as "createdAt"`
const withLast = `select ${columns}, d.created_at as "lastAt", d.status as "lastStatus", d.attempts as "lastAttempts",
    d.last_error as "lastError"
  from notification_channels c left join lateral (
    select * from notification_deliveries where channel_id = c.id order by id desc limit 1) d on true`

/** Of a channel from before there were subscriptions to tasks. */
const everyTask: TaskWebhookFilter = { accounts: [], operations: [], risks: [] }

const toChannel = ({
  createdAt,
  failingSince,
  lastAt,
  lastStatus,
  lastAttempts,
  lastError,
  ...rest
}: ChannelRow): Channel => ({
  ...rest,
  taskFilter: { ...everyTask, ...rest.taskFilter },
  failingSince: failingSince?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
  lastDelivery:
    lastAt === null || lastStatus === null
      ? null
      : { at: lastAt.toISOString(), status: lastStatus, attempts: lastAttempts ?? 0, error: lastError },
})

export const listChannels = async (sql: Sql, beforeId: string | null, limit: number): Promise<Channel[]> => {
  const rows = await sql.query<ChannelRow>({
    name: 'channels.list',
    text: `${withLast} where $1::uuid is null or c.id < $1 order by c.id desc limit $2`,
    values: [beforeId, limit],
  })
  return rows.map(toChannel)
}

export const countChannels = async (sql: Sql): Promise<number> => {
  const rows = await sql.query<{ count: number }>({
    name: 'channels.count',
    text: 'select count(*)::int as count from notification_channels',
  })
  return rows[0]?.count ?? 0
}

export const readChannel = async (sql: Sql, id: string): Promise<Channel | undefined> => {
  const rows = await sql.query<ChannelRow>({ name: 'channels.one', text: `${withLast} where c.id = $1`, values: [id] })
  return rows[0] && toChannel(rows[0])
}

export const insertChannel = async (
  sql: Sql,
  channel: Pick<Channel, 'id' | 'name' | 'kind' | 'url' | 'alerts' | 'minimumSeverity'> & { sealedSecret: string },
): Promise<void> => {
  await sql.query({
    name: 'channels.insert',
    text: `insert into notification_channels (id, name, kind, url, sealed_secret, minimum_severity, hears_alerts)
      values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [
      channel.id,
      channel.name,
      channel.kind,
      channel.url,
      channel.sealedSecret,
      channel.minimumSeverity,
      channel.alerts,
    ],
  })
}

/** Changes what is given; switching a channel on again forgets why it was switched off. False when there is none. */
export const updateChannel = async (sql: Sql, id: string, changes: ChannelChanges): Promise<boolean> => {
  const rows = await sql.query({
    name: 'channels.update',
    text: `update notification_channels set name = coalesce($2, name), url = coalesce($3, url),
        minimum_severity = coalesce($4, minimum_severity), is_enabled = coalesce($5, is_enabled),
        disabled_reason = case when $5 then null else disabled_reason end,
        failing_since = case when $5 then null else failing_since end, hears_alerts = coalesce($6, hears_alerts),
        updated_at = now()
      where id = $1 returning id`,
    values: [
      id,
      changes.name ?? null,
      changes.url ?? null,
      changes.minimumSeverity ?? null,
      changes.isEnabled ?? null,
      changes.alerts ?? null,
    ],
  })
  return rows.length > 0
}

/** What it hears of tasks from now on, with the rights of that person. */
export const subscribeToTasks = (
  sql: Sql,
  id: string,
  to: {
    events: readonly string[]
    filter: TaskWebhookFilter
    owner: { id: string; email: string }
    scopes: readonly string[] | null
  },
): Promise<unknown> =>
  sql.query({
    name: 'channels.subscribe-tasks',
    text: `update notification_channels set task_events = $2, task_filter = $3, owner = $4, owner_scopes = $5,
        subscribed_at = case when task_events = '{}' then now() else coalesce(subscribed_at, now()) end
      where id = $1`,
    values: [id, to.events, JSON.stringify(to.filter), JSON.stringify(to.owner), to.scopes],
  })

/** False when there is none. */
export const deleteChannel = async (sql: Sql, id: string): Promise<boolean> => {
  const rows = await sql.query({
    name: 'channels.delete',
    text: 'delete from notification_channels where id = $1 returning id',
    values: [id],
  })
  return rows.length > 0
}
