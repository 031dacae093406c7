import type { Sql } from '#platform/db/database.ts'

/** A bucket as it is right now; what is planned with, in tokens and tokens per second of wall time. */
export type QuotaBucket = {
  cloud: string
  account: string
  region: string
  /** For example "ec2:StopInstances:resources". */
  name: string
  tokens: number
  capacity: number
  refillPerSecond: number
  /** Share of the refill that is used since AWS throttled; 1 is all of it. */
  pace: number
  throttledAt: Date | null
  learned: { capacityShare: number; refillShare: number; at: Date; throttles: number; why: string } | null
  waiting: { interactive: number; bulk: number }
}

type Row = Omit<QuotaBucket, 'learned' | 'waiting'> & {
  capacityShare: number | null
  refillShare: number | null
  learnedAt: Date | null
  learnedThrottles: number | null
  why: string | null
  interactive: number
  bulk: number
}

/** More are not listed; those that somebody waits for come first. */
const most = 200

/** Buckets of the last ten minutes, and all that were slowed down or of which something was learned. */
export const readQuotas = async (sql: Sql): Promise<QuotaBucket[]> => {
  const rows = await sql.query<Row>({
    name: 'quota_buckets.view',
    text: `with waiting as (
        select name, coalesce(sum(calls) filter (where is_interactive), 0)::int as interactive,
          coalesce(sum(calls) filter (where not is_interactive), 0)::int as bulk
        from quota_waiting where at > now() - interval '3 seconds' group by name),
      held as (
        select b.name, coalesce(sum(t.tokens) filter (where t.expires > now()), 0) as tokens
        from quota_buckets b left join unnest(b.slice_tokens, b.slice_expires) as t(tokens, expires) on true group by b.name)
      select split_part(n.name, '|', 1) as cloud, split_part(n.name, '|', 2) as account, split_part(n.name, '|', 3) as region,
        split_part(n.name, '|', 4) as name,
        coalesce(greatest(0, least(b.capacity * b.capacity_share - h.tokens,
          b.tokens + b.refill * b.refill_share * b.pace * greatest(0, extract(epoch from now() - b.updated_at)))), 0)::float8
          as tokens,
        coalesce(b.capacity, 0) as capacity, coalesce(b.refill, 0) as "refillPerSecond", coalesce(b.pace, 1) as pace,
        nullif(b.throttled_at, '-infinity') as "throttledAt",
        l.capacity_share as "capacityShare", l.refill_share as "refillShare", l.learned_at as "learnedAt",
        l.throttles as "learnedThrottles", l.why, coalesce(w.interactive, 0) as interactive, coalesce(w.bulk, 0) as bulk
      from (select name from quota_buckets where updated_at > now() - interval '10 minutes' or pace < 1
          union select name from quota_learned) n
        left join quota_buckets b on b.name = n.name left join held h on h.name = n.name
        left join quota_learned l on l.name = n.name left join waiting w on w.name = n.name
      order by coalesce(w.interactive, 0) + coalesce(w.bulk, 0) desc, n.name limit ${most}`,
  })
  return rows.map(({ capacityShare, refillShare, learnedAt, learnedThrottles, why, interactive, bulk, ...bucket }) => ({
    ...bucket,
    // They come together, from one row or none.
    learned:
      learnedAt === null
        ? null
        : {
            capacityShare: capacityShare ?? 1,
            refillShare: refillShare ?? 1,
            at: learnedAt,
            throttles: learnedThrottles ?? 0,
            why: why ?? '',
          },
    waiting: { interactive, bulk },
  }))
}
