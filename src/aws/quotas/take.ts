import type { Sql } from '#platform/db/database.ts'

export type Take = {
  /** Sorted by name. Refill in tokens per second of wall time. */
  buckets: { name: string; capacity: number; refillPerSecond: number; need: number }[]
  sliceId: string
  isInteractive: boolean
  /** Slices of ours that were spent since the last time, the last of them so long ago. */
  settled: string[]
  settledSecondsAgo: number
  successes: number
}

/** Takes a slice from all the buckets or none. Resolves with 0, or the seconds after which to ask again. */
export const takeQuota = async (sql: Sql, take: Take): Promise<number> => {
  const rows = await sql.query<{ wait: number }>({
    name: 'take_quota',
    text: `select take_quota($1::text[], $2::float8[], $3::float8[], $4::float8[], $5, $6, $7::uuid[], $8, $9) as wait`,
    values: [
      take.buckets.map((bucket) => bucket.name),
      take.buckets.map((bucket) => bucket.capacity),
      take.buckets.map((bucket) => bucket.refillPerSecond),
      take.buckets.map((bucket) => bucket.need),
      take.sliceId,
      take.isInteractive,
      take.settled,
      take.settledSecondsAgo,
      take.successes,
    ],
  })
  // A scalar function returns exactly one row.
  return rows[0]!.wait
}

/** Says that AWS refused a call that drew from these buckets; their pace is cut at most once in `apartSeconds`. */
export const drainQuota = async (sql: Sql, names: readonly string[], apartSeconds: number): Promise<void> => {
  await sql.query({ name: 'drain_quota', text: 'select drain_quota($1::text[], $2)', values: [names, apartSeconds] })
}
