import type { Severity } from '#contracts/alert.ts'
import type { Sql } from '#platform/db/database.ts'

export type NewDelivery = {
  id: string
  channelId: string
  event: string
  body: string
  /** Deliveries of one channel with the same key go out one after another, in the order in which they were written. */
  orderKey?: string
}

/** Channels that want to hear of something that bad. */
export const readWantingChannels = async (sql: Sql, severity: Severity): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({
    name: 'channels.wanting',
    text: `select id from notification_channels where is_enabled and hears_alerts
      and array_position('{info,warning,critical}'::text[], minimum_severity)
        <= array_position('{info,warning,critical}'::text[], $1::text)`,
    values: [severity],
  })
  return rows.map(({ id }) => id)
}

export const insertDeliveries = async (sql: Sql, deliveries: readonly NewDelivery[]): Promise<void> => {
  await sql.query({
    name: 'deliveries.insert',
    // Of a key only the first is due; `recordAttempt` lets the next follow.
    text: `insert into notification_deliveries (id, channel_id, event, body, order_key, next_at)
      select x.id, x."channelId", x.event, x.body, x."orderKey",
        case when x."orderKey" is not null and (exists (
            select 1 from notification_deliveries e
            where e.channel_id = x."channelId" and e.order_key = x."orderKey" and e.status = 'pending')
          or row_number() over (partition by x."channelId", x."orderKey" order by x.n) > 1) then 'infinity' else now() end
      from rows from (jsonb_to_recordset($1::jsonb) as (id uuid, "channelId" uuid, event text, body text, "orderKey" text))
        with ordinality as x(id, "channelId", event, body, "orderKey", n)
      order by x.n`,
    values: [JSON.stringify(deliveries)],
  })
}

/** A delivery that is about to be tried; `attempts` counts this one. */
export type Delivery = {
  id: string
  event: string
  body: string
  attempts: number
  orderKey: string | null
  channelId: string
  url: string
  sealedSecret: string
}

const claimed = `d.id, d.event, d.body, d.attempts, d.order_key as "orderKey", c.id as "channelId", c.url, c.sealed_secret as "sealedSecret"`

/**
 * Takes due deliveries for so long: when the process dies they are due again. Each attempt is counted before it is made,
 * so that a delivery that kills its process isn't tried for ever.
 */
export const claimDeliveries = (sql: Sql, limit: number, leaseSeconds: number): Promise<Delivery[]> =>
  sql.query<Delivery>({
    name: 'deliveries.claim',
    text: `update notification_deliveries d
      set attempts = attempts + 1, lease_until = now() + make_interval(secs => $2)
      from notification_channels c
      where c.id = d.channel_id and d.id in (
        select x.id from notification_deliveries x join notification_channels y on y.id = x.channel_id
        where x.status = 'pending' and y.is_enabled and x.next_at <= now() and (x.lease_until is null or x.lease_until <= now())
        order by x.next_at limit $1 for update of x skip locked)
      returning ${claimed}`,
    values: [limit, leaseSeconds],
  })

/** Takes one delivery, due or not (a test of its channel). */
export const claimDelivery = async (sql: Sql, id: string, leaseSeconds: number): Promise<Delivery | undefined> => {
  const rows = await sql.query<Delivery>({
    name: 'deliveries.claim-one',
    text: `update notification_deliveries d set attempts = attempts + 1, lease_until = now() + make_interval(secs => $2)
      from notification_channels c where c.id = d.channel_id and d.id = $1 and d.status = 'pending'
      returning ${claimed}`,
    values: [id, leaseSeconds],
  })
  return rows[0]
}

/** What came of an attempt: over, or to be tried again in so many seconds. */
export type AttemptResult = { status: number | null; error: string | null }
export const recordAttempt = async (
  sql: Sql,
  id: string,
  outcome: 'delivered' | 'failed' | { nextInSeconds: number },
  result: AttemptResult,
): Promise<void> => {
  const isOver = typeof outcome === 'string'
  await sql.query({
    name: 'deliveries.record',
    text: `update notification_deliveries set status = $2, lease_until = null, last_status = $4, last_error = $5,
        next_at = now() + make_interval(secs => $3), finished_at = case when $2 <> 'pending' then now() end
      where id = $1 and status = 'pending'`,
    values: [id, isOver ? outcome : 'pending', isOver ? 0 : outcome.nextInSeconds, result.status, result.error],
  })
}

/**
 * Until the end of the transaction nobody else adds to or goes on with the deliveries of that channel that keep an order:
 * who adds one asks whether an earlier one is pending, who ends one looks for the next, and both must see the other.
 */
export const lockOrder = (sql: Sql, channelId: string): Promise<unknown> =>
  sql.query({
    name: 'deliveries.lock-order',
    text: `select pg_advisory_xact_lock(hashtextextended('webhook ' || $1::text, 0))`,
    values: [channelId],
  })

/** The next delivery of that key is due, if there is one. */
export const releaseNext = (sql: Sql, channelId: string, orderKey: string): Promise<unknown> =>
  sql.query({
    name: 'deliveries.release-next',
    text: `update notification_deliveries set next_at = now() where id = (
      select id from notification_deliveries where channel_id = $1 and order_key = $2 and status = 'pending'
      order by seq limit 1) and next_at = 'infinity'`,
    values: [channelId, orderKey],
  })

/** Notes that the receiver takes what is sent, or since when it doesn't; returns that. */
export const noteReceiver = async (sql: Sql, channelId: string, isWell: boolean): Promise<Date | null> => {
  const rows = await sql.query<{ since: Date | null }>({
    name: isWell ? 'channels.note-well' : 'channels.note-failing',
    text: isWell
      ? `update notification_channels set failing_since = null where id = $1 and failing_since is not null
          returning failing_since as since`
      : `update notification_channels set failing_since = coalesce(failing_since, now()) where id = $1
          returning failing_since as since`,
    values: [channelId],
  })
  return rows[0]?.since ?? null
}

/** The receiver said that it is gone for good. */
export const disableChannel = async (sql: Sql, id: string, reason: string): Promise<{ name: string } | undefined> => {
  const [row] = await sql.query<{ name: string }>({
    name: 'channels.disable',
    text: `update notification_channels set is_enabled = false, disabled_reason = $2, updated_at = now()
      where id = $1 and is_enabled returning name`,
    values: [id, reason],
  })
  return row
}

/** Seconds until the next delivery is due, negative when one is; null when none is pending. */
export const secondsToNextDelivery = async (sql: Sql): Promise<number | null> => {
  const rows = await sql.query<{ seconds: number | null }>({
    name: 'deliveries.next',
    text: `select extract(epoch from min(greatest(d.next_at, coalesce(d.lease_until, d.next_at))) - now())::double precision as seconds
      from notification_deliveries d join notification_channels c on c.id = d.channel_id and c.is_enabled
      where d.status = 'pending' and d.next_at < 'infinity'`,
  })
  return rows[0]?.seconds ?? null
}

export const purgeDeliveries = async (sql: Sql, days: number, limit: number): Promise<void> => {
  await sql.query({
    name: 'deliveries.purge',
    text: `delete from notification_deliveries where id in (
      select id from notification_deliveries
      where status <> 'pending' and finished_at < now() - make_interval(days => $1) limit $2)`,
    values: [days, limit],
  })
}
