import type { Sql } from '#platform/db/database.ts'

export type TrailEvent = { eventId: string; at: Date; event: string; actor: string }
export type TrailLookup = {
  coversUntil: Date | null
  why: string | null
  /** Whether the last question was answered. */
  isAnswered: boolean
  /** Since it was last asked for, by the database's clock. */
  askedSecondsAgo: number
}

export const readTrail = (
  sql: Sql,
  account: string,
  id: string,
  time: { from: Date; to: Date },
  limit: number,
): Promise<TrailEvent[]> =>
  sql.query<TrailEvent>({
    name: 'trail.read',
    text: `select event_id as "eventId", at, event, actor from resource_trail
      where account = $1 and id = $2 and at >= $3 and at <= $4 order by at desc limit $5`,
    values: [account, id, time.from, time.to, limit],
  })

export const readLookup = async (sql: Sql, account: string, id: string): Promise<TrailLookup | undefined> => {
  const rows = await sql.query<TrailLookup>({
    name: 'trail.lookup',
    text: `select covers_until as "coversUntil", why,
        coalesce(covers_until >= asked_at, false) as "isAnswered", extract(epoch from now() - asked_at)::double precision as "askedSecondsAgo"
      from resource_trail_lookups where account = $1 and id = $2`,
    values: [account, id],
  })
  return rows[0]
}

/** Takes the turn to ask for a resource; false when somebody took it less than so many seconds ago. */
export const beginLookup = async (
  sql: Sql,
  account: string,
  id: string,
  notWithinSeconds: number,
): Promise<boolean> => {
  const rows = await sql.query({
    name: 'trail.begin',
    text: `insert into resource_trail_lookups as l (account, id, asked_at) values ($1, $2, now())
      on conflict (account, id) do update set asked_at = now(), why = null
      where l.asked_at < now() - make_interval(secs => $3) returning 1`,
    values: [account, id, notWithinSeconds],
  })
  return rows.length > 0
}

export const insertTrail = async (
  sql: Sql,
  account: string,
  id: string,
  events: readonly TrailEvent[],
): Promise<void> => {
  await sql.query({
    name: 'trail.insert',
    text: `with known as (
        insert into resource_trail (account, id, event_id, at, event, actor)
        select $1, $2, x."eventId", x.at, x.event, x.actor
        from jsonb_to_recordset($3::jsonb) as x("eventId" text, at timestamptz, event text, actor text)
        on conflict do nothing)
      update resource_trail_lookups set covers_until = now(), why = null where account = $1 and id = $2`,
    values: [account, id, JSON.stringify(events)],
  })
}

export const failLookup = async (sql: Sql, account: string, id: string, why: string): Promise<void> => {
  await sql.query({
    name: 'trail.fail',
    text: `update resource_trail_lookups set why = $3 where account = $1 and id = $2`,
    values: [account, id, why],
  })
}

export const deleteOldTrail = async (sql: Sql, before: Date, limit: number): Promise<number> => {
  const rows = await sql.query({
    name: 'trail.delete-old',
    text: `delete from resource_trail where ctid = any(array(
        select ctid from resource_trail where at < $1 order by at limit $2)) returning 1`,
    values: [before, limit],
  })
  return rows.length
}

export const deleteOldLookups = async (sql: Sql, before: Date, limit: number): Promise<number> => {
  const rows = await sql.query({
    name: 'trail.delete-old-lookups',
    text: `delete from resource_trail_lookups where ctid = any(array(
        select ctid from resource_trail_lookups where asked_at < $1 order by asked_at limit $2)) returning 1`,
    values: [before, limit],
  })
  return rows.length
}
