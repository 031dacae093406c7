import type { Sql } from '#platform/db/database.ts'
import { shareOfTime } from '../sync/schedule.ts'

export type PartitionKey = { account: string; region: string; service: string }

/** A partition as reads see it. */
export type Partition = PartitionKey & {
  nextAt: Date
  isLeased: boolean
  startedAt: Date | null
  sweptAt: Date | null
  /** Since the last complete sweep began, by the database's clock; null: never swept. */
  ageSeconds: number | null
  isFresh: boolean
  sweepSeconds: number | null
  seen: number | null
  lastError: string | null
  lastErrorAt: Date | null
  /** It failed and is not to be tried again yet: waiting for it is pointless. */
  isBackingOff: boolean
}

export const readPartitions = (sql: Sql, accounts: readonly string[]): Promise<Partition[]> =>
  sql.query<Partition>({
    name: 'partitions.read',
    text: `select account, region, service, next_at as "nextAt",
        coalesce(lease_until > now(), false) as "isLeased", started_at as "startedAt", swept_at as "sweptAt",
        case when swept_at is not null then greatest(extract(epoch from now() - swept_at), 0)::double precision end as "ageSeconds",
        coalesce(fresh_until > now(), false) as "isFresh", sweep_seconds as "sweepSeconds", seen,
        last_error as "lastError", last_error_at as "lastErrorAt",
        last_error is not null and next_at > now() as "isBackingOff"
      from sync_partitions where account = any($1::text[])
      order by account, region, service`,
    values: [accounts],
  })

/** Adds what is missing. Returns how many were new. */
export const insertPartitions = async (sql: Sql, keys: readonly PartitionKey[]): Promise<number> => {
  const rows = await sql.query({
    name: 'partitions.insert',
    text: `insert into sync_partitions (account, region, service)
      select x.account, x.region, x.service from jsonb_to_recordset($1::jsonb) as x(account text, region text, service text)
      on conflict do nothing returning account`,
    values: [JSON.stringify(keys)],
  })
  return rows.length
}

/** Takes away the partitions that are not among these (their account or Region is no longer looked at). */
export const deleteOtherPartitions = (sql: Sql, keep: readonly PartitionKey[]): Promise<PartitionKey[]> =>
  sql.query<PartitionKey>({
    name: 'partitions.delete',
    text: `delete from sync_partitions p where not exists (
        select from jsonb_to_recordset($1::jsonb) as x(account text, region text, service text)
        where (x.account, x.region, x.service) = (p.account, p.region, p.service))
      returning account, region, service`,
    values: [JSON.stringify(keep)],
  })

/** A partition whose lease this process holds. `startedAt` is the database's time. */
export type Claim = PartitionKey & { token: string; startedAt: Date; isFirst: boolean; failures: number }

const claimColumns = `p.account, p.region, p.service, p.lease_token as token, p.started_at as "startedAt",
  p.swept_at is null as "isFirst", p.failures`

/** Takes the lease of the partition that has been due for longest, if any is. */
export const claimDue = async (sql: Sql, token: string, leaseSeconds: number): Promise<Claim | undefined> => {
  const rows = await sql.query<Claim>({
    name: 'partitions.claim-due',
    text: `update sync_partitions p set lease_token = $1, lease_until = now() + make_interval(secs => $2), started_at = now()
      where (account, region, service) = (
        select account, region, service from sync_partitions
        where next_at <= now() and (lease_until is null or lease_until <= now())
        order by next_at limit 1 for update skip locked)
      returning ${claimColumns}`,
    values: [token, leaseSeconds],
  })
  return rows[0]
}

/** Takes the lease of one partition, due or not, unless another process holds it. */
export const claimPartition = async (
  sql: Sql,
  key: PartitionKey,
  token: string,
  leaseSeconds: number,
): Promise<Claim | undefined> => {
  const rows = await sql.query<Claim>({
    name: 'partitions.claim',
    text: `update sync_partitions p set lease_token = $4, lease_until = now() + make_interval(secs => $5), started_at = now()
      where account = $1 and region = $2 and service = $3 and (lease_until is null or lease_until <= now())
      returning ${claimColumns}`,
    values: [key.account, key.region, key.service, token, leaseSeconds],
  })
  return rows[0]
}

/** Keeps a lease; false when it is no longer held, so that the sweep can stop. */
export const extendLease = async (sql: Sql, claim: Claim, leaseSeconds: number): Promise<boolean> => {
  const rows = await sql.query({
    name: 'partitions.extend',
    text: `update sync_partitions set lease_until = now() + make_interval(secs => $5)
      where account = $1 and region = $2 and service = $3 and lease_token = $4 returning account`,
    values: [claim.account, claim.region, claim.service, claim.token, leaseSeconds],
  })
  return rows.length > 0
}

/** Ends a complete sweep. */
export const finishSweep = async (
  sql: Sql,
  claim: Claim,
  result: { seen: number; seconds: number; nextInSeconds: number; freshForSeconds: number },
): Promise<void> => {
  await sql.query({
    name: 'partitions.finish',
    text: `update sync_partitions set lease_token = null, lease_until = null, finished_at = now(), swept_at = started_at,
        fresh_until = now() + make_interval(secs => $8), sweep_seconds = $6, seen = $5, failures = 0, last_error = null,
        last_error_at = null, next_at = now() + make_interval(secs => $7)
      where account = $1 and region = $2 and service = $3 and lease_token = $4`,
    values: [
      claim.account,
      claim.region,
      claim.service,
      claim.token,
      result.seen,
      result.seconds,
      result.nextInSeconds,
      result.freshForSeconds,
    ],
  })
}

/** Ends a sweep that failed: what it had read stays, the error is kept beside it. */
export const failSweep = async (sql: Sql, claim: Claim, error: string, nextInSeconds: number): Promise<void> => {
  await sql.query({
    name: 'partitions.fail',
    text: `update sync_partitions set lease_token = null, lease_until = null, finished_at = now(), failures = failures + 1,
        last_error = $5, last_error_at = now(), next_at = now() + make_interval(secs => $6)
      where account = $1 and region = $2 and service = $3 and lease_token = $4`,
    values: [claim.account, claim.region, claim.service, claim.token, error, nextInSeconds],
  })
}

/** Gives a lease back without a result (the process is stopping): another one may go on at once. */
export const releaseLease = async (sql: Sql, claim: Claim): Promise<void> => {
  await sql.query({
    name: 'partitions.release',
    text: `update sync_partitions set lease_token = null, lease_until = null
      where account = $1 and region = $2 and service = $3 and lease_token = $4`,
    values: [claim.account, claim.region, claim.service, claim.token],
  })
}

/** Makes a partition due within so many seconds, but not before a sweep of it has had its part of the time (see schedule.ts). */
export const hasten = async (sql: Sql, key: PartitionKey, withinSeconds: number): Promise<void> => {
  await sql.query({
    name: 'partitions.hasten',
    text: `with wanted as (
        select account, region, service,
          now() + make_interval(secs => greatest($4::double precision, coalesce(sweep_seconds, 0) / $5)) as at
        from sync_partitions where account = $1 and region = $2 and service = $3)
      update sync_partitions p set next_at = w.at from wanted w
      where (p.account, p.region, p.service) = (w.account, w.region, w.service) and p.next_at > w.at`,
    values: [key.account, key.region, key.service, withinSeconds, shareOfTime],
  })
}

/** Seconds until the next partition is due, negative when one is; null when there is none. */
export const secondsToNextDue = async (sql: Sql): Promise<number | null> => {
  const rows = await sql.query<{ seconds: number | null }>({
    name: 'partitions.next-due',
    text: `select extract(epoch from min(greatest(next_at, coalesce(lease_until, next_at))) - now())::double precision as seconds
      from sync_partitions`,
  })
  return rows[0]?.seconds ?? null
}

/** Partitions of an account whose latest attempt failed. */
export const countFailing = async (sql: Sql, account: string): Promise<number> => {
  const rows = await sql.query<{ count: number }>({
    name: 'partitions.failing',
    text: 'select count(*)::int as count from sync_partitions where account = $1 and failures > 0',
    values: [account],
  })
  return rows[0]?.count ?? 0
}
