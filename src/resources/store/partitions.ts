import type { Sql } from '#platform/db/database.ts'

export type PartitionKey = { account: string; region: string; service: string }

/** Adds what is missing, to be read in this order. Returns how many were new. */
export const insertPartitions = async (sql: Sql, keys: readonly PartitionKey[]): Promise<number> => {
  const rows = await sql.query({
    name: 'partitions.insert',
    text: `insert into sync_partitions (account, region, service, next_at)
      select e.key ->> 'account', e.key ->> 'region', e.key ->> 'service', now() - interval '1 ms' * ($2::int - e.number)
      from jsonb_array_elements($1::jsonb) with ordinality as e(key, number)
      on conflict do nothing returning account`,
    values: [JSON.stringify(keys), keys.length],
  })
  return rows.length
}

/**
 * Takes away the partitions of these services that are not among these (their account or Region is no longer looked at). What
 * a newer version beside this one syncs is not its business.
 */
export const deleteOtherPartitions = (
  sql: Sql,
  services: readonly string[],
  keep: readonly PartitionKey[],
): Promise<PartitionKey[]> =>
  sql.query<PartitionKey>({
    name: 'partitions.delete',
    text: `delete from sync_partitions p where p.service = any($2::text[]) and not exists (
        select from jsonb_to_recordset($1::jsonb) as x(account text, region text, service text)
        where (x.account, x.region, x.service) = (p.account, p.region, p.service))
      returning account, region, service`,
    values: [JSON.stringify(keep), services],
  })

/** A partition whose lease this process holds. `startedAt` is the database's time. */
export type Claim = PartitionKey & { token: string; startedAt: Date; isFirst: boolean; failures: number }

const claimColumns = `p.account, p.region, p.service, p.lease_token as token, p.started_at as "startedAt",
  p.swept_at is null as "isFirst", p.failures`

/**
 * Takes the leases of the partitions that have been due for longest, at most so many and at most so many of one account at a
 * time, in all processes together: an account that answers slowly, or a very large one, leaves room for the others.
 */
export const claimDue = (
  sql: Sql,
  wanted: { leaseSeconds: number; limit: number; perAccount: number },
): Promise<Claim[]> =>
  sql.query<Claim>({
    name: 'partitions.claim-due',
    text: `with busy as (
        select account, count(*) as leased from sync_partitions
        where lease_token is not null and lease_until > now() group by account),
      due as (
        select account, region, service, row_number() over (partition by account order by next_at) as place, next_at
        from sync_partitions where next_at <= now() and (lease_until is null or lease_until <= now())),
      chosen as (
        select s.account, s.region, s.service from sync_partitions s
        join due d using (account, region, service) left join busy b using (account)
        where d.place + coalesce(b.leased, 0) <= $3 and (s.lease_until is null or s.lease_until <= now())
        order by d.next_at limit $2 for update of s skip locked)
      update sync_partitions p set lease_token = gen_random_uuid(), lease_until = now() + make_interval(secs => $1),
        started_at = now()
      from chosen c where (p.account, p.region, p.service) = (c.account, c.region, c.service)
      returning ${claimColumns}`,
    values: [wanted.leaseSeconds, wanted.limit, wanted.perAccount],
  })

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

/** Gives a lease back without a result (the process is stopping): another one may go on at once. */
export const releaseLease = async (sql: Sql, claim: Claim): Promise<void> => {
  await sql.query({
    name: 'partitions.release',
    text: `update sync_partitions set lease_token = null, lease_until = null
      where account = $1 and region = $2 and service = $3 and lease_token = $4`,
    values: [claim.account, claim.region, claim.service, claim.token],
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
