import type { Sql } from '#platform/db/database.ts'
import type { State } from '../history/state.ts'
import type { NewRow } from './row.ts'

/**
 * The hashes of what stands there now, by id; deleted resources are left out, so that they are written when they return.
 *
 * Without a name, as all that a sweep asks of a table that may just have been empty: a kept plan of then would read the
 * whole account each time. For the same reason the primary key is the only index that fits.
 */
export const readHashes = async (sql: Sql, account: string, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await sql.query<{ id: string; content_hash: string }>({
    text: `select id, content_hash
      from (select id, content_hash, deleted_at from resources where account = $1 and id = any($2::text[]) offset 0) r
      where deleted_at is null`,
    values: [account, ids],
  })
  return new Map(rows.map((row) => [row.id, row.content_hash]))
}

/** A row that was written, and what stood there before, whoever wrote that: null where there was nothing. */
export type Written = { id: string; before: State | null; wasGone: boolean }

/** The same, and nobody changes them until the transaction ends. */
export const lockHashes = async (sql: Sql, account: string, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await sql.query<{ id: string; content_hash: string }>({
    text: `select id, content_hash from resources
      where account = $1 and id = any($2::text[]) and deleted_at is null order by id for update`,
    values: [account, ids],
  })
  return new Map(rows.map((row) => [row.id, row.content_hash]))
}

/**
 * Writes new and changed resources and returns those that were written: a description that was asked for earlier than
 * the one that stands there changes nothing. What AWS says that one has cost goes before what its description lets expect.
 */
export const upsertRows = (sql: Sql, rows: readonly NewRow[], observedAt: Date): Promise<Written[]> =>
  sql.query<Written>({
    name: 'resources.upsert',
    text: `insert into resources (account, id, type, service, region, aws_id, name, sort_name, name_key, state, state_key,
        tags, cost_monthly_usd, cost_source, summary, config, search_text, content_hash, created_at,
        first_seen_at, last_seen_at, changed_at)
      select x.account, x.id, x.type, x.service, x.region, x.aws_id, x.name, x.sort_name, x.name_key, x.state, x.state_key,
        x.tags, coalesce(c.monthly_usd, x.cost_monthly_usd), coalesce(c.source, x.cost_source), x.summary, x.config, x.search_text, x.content_hash, x.created_at,
        $2, $2, $2
      from jsonb_to_recordset($1::jsonb) as x(account text, id text, type text, service text, region text, aws_id text,
        name text, sort_name text, name_key text, state text, state_key text, tags jsonb,
        cost_monthly_usd double precision, cost_source text, summary jsonb, config jsonb, search_text text, content_hash text,
        created_at timestamptz)
      left join resource_costs c on c.account = x.account and c.id = x.id
      order by x.account, x.id
      on conflict (account, id) do update set
        type = excluded.type, service = excluded.service, region = excluded.region, aws_id = excluded.aws_id,
        name = excluded.name, sort_name = excluded.sort_name, name_key = excluded.name_key, state = excluded.state,
        state_key = excluded.state_key, tags = excluded.tags, cost_monthly_usd = excluded.cost_monthly_usd,
        cost_source = excluded.cost_source, summary = excluded.summary, config = excluded.config,
        search_text = excluded.search_text, content_hash = excluded.content_hash,
        created_at = excluded.created_at,
        last_seen_at = excluded.last_seen_at, changed_at = excluded.changed_at, deleted_at = null
      where resources.last_seen_at <= excluded.last_seen_at
      returning new.id, old.deleted_at is not null as "wasGone", case when old.id is not null then jsonb_build_object(
        'name', old.name, 'state', old.state, 'tags', old.tags, 'summary', old.summary, 'config', old.config) end as before`,
    values: [JSON.stringify(rows), observedAt],
  })

/** Notes that resources were seen unchanged; only for the few that were read one by one, sweeps don't. */
export const touchRows = async (sql: Sql, account: string, ids: readonly string[], observedAt: Date): Promise<void> => {
  await sql.query({
    name: 'resources.touch',
    text: `update resources set last_seen_at = $3
      where account = $1 and id in (
        select id from resources where account = $1 and id = any($2::text[]) and deleted_at is null and last_seen_at < $3
        order by id for update)`,
    values: [account, ids, observedAt],
  })
}

/** Marks resources as gone, except those that were seen at that time or later. Returns the ids that were marked. */
export const deleteRows = async (
  sql: Sql,
  account: string,
  ids: readonly string[],
  notSeenSince: Date,
): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({
    name: 'resources.delete',
    text: `update resources set deleted_at = now(), changed_at = now(), last_seen_at = $3
      where account = $1 and id in (
        select id from resources where account = $1 and id = any($2::text[]) and deleted_at is null and last_seen_at < $3
        order by id for update)
      returning id`,
    values: [account, ids, notSeenSince],
  })
  return rows.map((row) => row.id)
}

/** One page of what a sweep has to compare with: resources of a type that were last written before it began. */
export const readUnseenCandidates = async (
  sql: Sql,
  place: { account: string; region: string; type: string },
  before: Date,
  afterId: string,
  limit: number,
): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({
    name: 'resources.candidates',
    text: `select id from resources
      where account = $1 and region = $2 and type = $3 and deleted_at is null and last_seen_at < $4 and id > $5
      order by id limit $6`,
    values: [place.account, place.region, place.type, before, afterId, limit],
  })
  return rows.map((row) => row.id)
}

/** The same where a service has types that only its answers name. */
export const readUnseenOfService = async (
  sql: Sql,
  place: { account: string; region: string; service: string },
  before: Date,
  afterId: string,
  limit: number,
): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({
    name: 'resources.candidates-of-service',
    text: `select id from resources
      where account = $1 and region = $2 and service = $3 and deleted_at is null and last_seen_at < $4 and id > $5
      order by id limit $6`,
    values: [place.account, place.region, place.service, before, afterId, limit],
  })
  return rows.map((row) => row.id)
}

/** What the inventory has in one of these states, by AWS id. */
export const readMovingIds = async (
  sql: Sql,
  place: { account: string; region: string; type: string },
  states: readonly string[],
  limit: number,
): Promise<string[]> => {
  if (states.length === 0) return []
  const rows = await sql.query<{ aws_id: string }>({
    name: 'resources.moving',
    text: `select aws_id from resources
      where account = $1 and region = $2 and type = $3 and deleted_at is null and state = any($4::text[]) limit $5`,
    values: [place.account, place.region, place.type, states, limit],
  })
  return rows.map((row) => row.aws_id)
}

/** Now, by the clock that all processes share. */
export const databaseNow = async (sql: Sql): Promise<Date> => {
  const rows = await sql.query<{ now: Date }>({ name: 'now', text: 'select clock_timestamp() as now' })
  // A select without a from has exactly one row.
  return rows[0]!.now
}

/** Removes for good what has been gone for longer than that. Returns how many. */
export const purgeDeleted = async (sql: Sql, days: number, limit: number): Promise<number> => {
  const rows = await sql.query({
    name: 'resources.purge',
    text: `delete from resources where (account, id) in (
        select account, id from resources where deleted_at < now() - make_interval(days => $1) limit $2)
      returning id`,
    values: [days, limit],
  })
  return rows.length
}
