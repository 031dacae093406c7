import type { Sql } from '#platform/db/database.ts'

/** What is looked for: the place of a resource that may be there. */
export type LookKey = { account: string; region: string; id: string }

export type LookOutcome = 'found' | 'unknown' | 'failed'

/** A look as another one sees it. */
export type OtherLook = { look: string; isUnderWay: boolean; outcome: LookOutcome | null; holds: boolean }

/**
 * Begins a look, unless somebody is at it or knows the answer already. Returns the look that stands in the way; undefined: it
 * has begun, and is for so long nobody else's business.
 */
export const claimLook = async (
  sql: Sql,
  { account, region, id }: LookKey,
  look: string,
  leaseMs: number,
): Promise<OtherLook | undefined> => {
  const rows = await sql.query<{ isOwn: boolean } & OtherLook>({
    name: 'looks.claim',
    // Another one that began at this very moment shows up in the conflict only, and not in what this statement reads.
    text: `with claimed as (
        insert into resource_looks as l (account, region, id, look, leased_until)
        values ($1, $2, $3, $4, now() + $5 * interval '1 millisecond')
        on conflict (account, region, id) do update
          set look = excluded.look, leased_until = excluded.leased_until, outcome = null, holds_until = null, noted_at = now()
          where coalesce(l.leased_until, '-infinity') <= now() and coalesce(l.holds_until, '-infinity') <= now()
        returning 1)
      select exists (select from claimed) as "isOwn", coalesce(l.look::text, '') as look, l.outcome,
        l.look is null or coalesce(l.leased_until > now(), false) as "isUnderWay", coalesce(l.holds_until > now(), false) as holds
      from (select 1) one left join resource_looks l on l.account = $1 and l.region = $2 and l.id = $3`,
    values: [account, region, id, look, leaseMs],
  })
  const [row] = rows
  return row === undefined || row.isOwn ? undefined : row
}

/** The look that was begun last; undefined where none is known any more. */
export const readLook = async (sql: Sql, { account, region, id }: LookKey): Promise<OtherLook | undefined> => {
  const rows = await sql.query<OtherLook>({
    name: 'looks.read',
    text: `select look::text, outcome, coalesce(leased_until > now(), false) as "isUnderWay", coalesce(holds_until > now(), false) as holds
      from resource_looks where account = $1 and region = $2 and id = $3`,
    values: [account, region, id],
  })
  return rows[0]
}

/** Says how a look ended, and for how long that holds. Does nothing when another one has begun since. */
export const endLook = async (
  sql: Sql,
  { account, region, id }: LookKey,
  look: string,
  outcome: LookOutcome,
  holdsMs: number,
): Promise<void> => {
  await sql.query({
    name: 'looks.end',
    text: `update resource_looks set leased_until = null, outcome = $5, holds_until = now() + $6 * interval '1 millisecond', noted_at = now()
      where account = $1 and region = $2 and id = $3 and look = $4`,
    values: [account, region, id, look, outcome, holdsMs],
  })
}

/** Removes what nobody waits for or asks about any more. */
export const forgetLooks = async (sql: Sql, olderThanMs: number, limit: number): Promise<void> => {
  await sql.query({
    name: 'looks.forget',
    text: `delete from resource_looks where ctid = any(array(
      select ctid from resource_looks where noted_at < now() - $1 * interval '1 millisecond' order by noted_at limit $2
      for update skip locked))`,
    values: [olderThanMs, limit],
  })
}
