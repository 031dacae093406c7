import type { Sql } from '#platform/db/database.ts'
import { shareOfTime } from '../sync/schedule.ts'
import { readingNames } from '../types/registry.ts'
import type { Claim, PartitionKey } from './partitions.ts'

export type TypeKey = PartitionKey & { type: string }

/** Where one type of a partition stands, as reads see it. */
export type Partition = TypeKey & {
  nextAt: Date
  isLeased: boolean
  startedAt: Date | null
  sweptAt: Date | null
  /** Since the last complete sweep began, by the database's clock; null: never swept. */
  ageSeconds: number | null
  isFresh: boolean
  /** Until it counts as stale; negative when it does already. */
  freshSeconds: number
  sweepSeconds: number | null
  seen: number | null
  lastError: string | null
  lastErrorAt: Date | null
  /** It failed and is not to be tried again yet: waiting for it is pointless. */
  isBackingOff: boolean
}

/** Every type that this version knows of the partitions of these accounts (null: of all); what was never swept is there as such. */
export const readPartitions = (sql: Sql, accounts: readonly string[] | null): Promise<Partition[]> =>
  sql.query<Partition>({
    name: 'partitions.read',
    text: `select p.account, p.region, p.service, k.type,
        coalesce(least(t.full_at, t.look_at), p.next_at) as "nextAt",
        coalesce(p.lease_until > now(), false) as "isLeased", p.started_at as "startedAt", t.swept_at as "sweptAt",
        case when t.swept_at is not null then greatest(extract(epoch from now() - t.swept_at), 0)::double precision end as "ageSeconds",
        coalesce(t.fresh_until > now(), false) as "isFresh",
        coalesce(extract(epoch from t.fresh_until - now()), -1)::double precision as "freshSeconds",
        t.sweep_seconds as "sweepSeconds", t.seen, t.last_error as "lastError", t.last_error_at as "lastErrorAt",
        t.last_error is not null and t.full_at > now() as "isBackingOff"
      from sync_partitions p
      join unnest($2::text[], $3::text[]) with ordinality as k(service, type, number) using (service)
      left join sync_types t on (t.account, t.region, t.service, t.type) = (p.account, p.region, p.service, k.type)
      where $1::text[] is null or p.account = any($1::text[])
      order by p.account, p.region, p.service, k.number`,
    values: [accounts, readingNames.map(({ service }) => service), readingNames.map(({ name }) => name)],
  })

/**
 * Another text whenever anything that `readPartitions` gives has changed, but for what only passes with time: a fraction of the
 * work of reading it. Each row stands for the version of it that is seen (its place and who wrote it).
 */
export const readStatesPrint = async (sql: Sql): Promise<string> => {
  const [row] = await sql.query<{ print: string }>({
    name: 'partitions.print',
    text: `select concat_ws(' ',
        (select concat_ws('/', count(*), sum(hashtextextended(ctid::text || xmin::text, 0)), count(*) filter (where lease_until > now()))
          from sync_partitions),
        (select concat_ws('/', count(*), sum(hashtextextended(ctid::text || xmin::text, 0)),
          count(*) filter (where last_error is not null and full_at > now())) from sync_types)) as print`,
  })
  return row!.print // a select without a from has exactly one row
}

/** What is due of the types of a partition whose lease is held. */
export type DueType = { type: string; isFullDue: boolean; isLookDue: boolean; failures: number; seen: number | null }

export const readDue = (sql: Sql, { account, region, service }: PartitionKey): Promise<DueType[]> =>
  sql.query<DueType>({
    name: 'sync-types.due',
    text: `select type, full_at <= now() + interval '1 s' as "isFullDue", coalesce(look_at <= now() + interval '1 s', false) as "isLookDue",
        failures, seen
      from sync_types where account = $1 and region = $2 and service = $3`,
    values: [account, region, service],
  })

/** What came of one type: a complete sweep, a look at what is on its way, or an error (what was read before it stays). */
export type TypeOutcome = { type: string; nextLookInSeconds: number | null } & (
  | { kind: 'swept'; seen: number; seconds: number; nextInSeconds: number; freshForSeconds: number }
  | { kind: 'looked' }
  | { kind: 'failed'; error: string; nextInSeconds: number }
)

/** Keeps what came of some types of a partition whose lease is held; nothing when it isn't any more. */
export const writeOutcomes = async (sql: Sql, claim: Claim, outcomes: readonly TypeOutcome[]): Promise<void> => {
  if (outcomes.length === 0) return
  await sql.query({
    name: 'sync-types.write',
    text: `insert into sync_types as t (account, region, service, type, swept_at, fresh_until, full_at, look_at, sweep_seconds,
        seen, failures, last_error, last_error_at)
      select p.account, p.region, p.service, o.type,
        case when o.kind = 'swept' then p.started_at end,
        case when o.kind = 'swept' then now() + make_interval(secs => o."freshForSeconds") end,
        now() + make_interval(secs => coalesce(o."nextInSeconds", 0)),
        now() + make_interval(secs => o."nextLookInSeconds"),
        o.seconds, o.seen, case when o.kind = 'failed' then 1 else 0 end, o.error, case when o.kind = 'failed' then now() end
      from sync_partitions p, jsonb_to_recordset($5::jsonb) as o(type text, kind text, seen int, seconds double precision,
        "nextInSeconds" double precision, "freshForSeconds" double precision, "nextLookInSeconds" double precision, error text)
      where p.account = $1 and p.region = $2 and p.service = $3 and p.lease_token = $4
      on conflict (account, region, service, type) do update set
        swept_at = coalesce(excluded.swept_at, t.swept_at),
        fresh_until = coalesce(excluded.fresh_until, t.fresh_until),
        full_at = case when excluded.swept_at is null and excluded.failures = 0 then t.full_at else excluded.full_at end,
        look_at = excluded.look_at,
        sweep_seconds = coalesce(excluded.sweep_seconds, t.sweep_seconds),
        seen = coalesce(excluded.seen, t.seen),
        failures = case when excluded.failures > 0 then t.failures + 1 when excluded.swept_at is null then t.failures else 0 end,
        last_error = case when excluded.swept_at is null then coalesce(excluded.last_error, t.last_error) end,
        last_error_at = case when excluded.swept_at is null then coalesce(excluded.last_error_at, t.last_error_at) end`,
    values: [claim.account, claim.region, claim.service, claim.token, JSON.stringify(outcomes)],
  })
}

/** Gives a lease back with the sum of what these types, all of its service, came to. Returns the failures of the worst. */
export const finishPartition = async (sql: Sql, claim: Claim, types: readonly string[]): Promise<number> => {
  const rows = await sql.query<{ failures: number }>({
    name: 'partitions.finish',
    text: `with state as (
        select k.type, t.swept_at, t.fresh_until, coalesce(t.full_at, now()) as full_at, t.look_at, t.sweep_seconds, t.seen,
          coalesce(t.failures, 0) as failures, t.last_error, t.last_error_at
        from unnest($5::text[]) as k(type)
        left join sync_types t on (t.account, t.region, t.service, t.type) = ($1, $2, $3, k.type)),
      sum as (
        select case when count(swept_at) = count(*) then min(swept_at) end as swept_at,
          case when count(fresh_until) = count(*) then min(fresh_until) end as fresh_until,
          min(least(full_at, look_at)) as next_at, max(sweep_seconds) as sweep_seconds, sum(seen)::int as seen,
          max(failures) as failures, max(last_error_at) as last_error_at,
          (array_agg(last_error order by last_error_at desc) filter (where last_error is not null))[1] as last_error
        from state)
      update sync_partitions p set lease_token = null, lease_until = null, finished_at = now(), swept_at = s.swept_at,
        fresh_until = s.fresh_until, next_at = s.next_at, sweep_seconds = s.sweep_seconds, seen = s.seen, failures = s.failures,
        last_error = s.last_error, last_error_at = s.last_error_at
      from sum s
      where p.account = $1 and p.region = $2 and p.service = $3 and p.lease_token = $4
      returning p.failures`,
    values: [claim.account, claim.region, claim.service, claim.token, types],
  })
  return rows[0]?.failures ?? 0
}

/**
 * Makes a type due within so many seconds: for a look at what is on its way, or for a sweep, but for that not before a sweep
 * has had its part of the time (see schedule.ts).
 */
export const hasten = async (sql: Sql, key: TypeKey, withinSeconds: number, what: 'look' | 'sweep'): Promise<void> => {
  await sql.query({
    name: `sync-types.hasten-${what}`,
    text: `with wanted as (
        update sync_types set ${
          what === 'look'
            ? 'look_at = least(look_at, now() + make_interval(secs => $5))'
            : 'full_at = least(full_at, now() + make_interval(secs => greatest($5::double precision, coalesce(sweep_seconds, 0) / $6)))'
        }
        where account = $1 and region = $2 and service = $3 and type = $4
        returning least(full_at, look_at) as at)
      update sync_partitions p set next_at = least(next_at, w.at) from wanted w
      where p.account = $1 and p.region = $2 and p.service = $3 and p.next_at > w.at`,
    values: [key.account, key.region, key.service, key.type, withinSeconds, ...(what === 'look' ? [] : [shareOfTime])],
  })
}
