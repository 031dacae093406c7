import type { Sql } from '#platform/db/database.ts'

export type Take = {
  /** Sorted by name. Refill in tokens per second of wall time. */
  buckets: { name: string; capacity: number; refillPerSecond: number; need: number }[]
  sliceId: string
  /** The line of callers that asks. */
  lineId: string
  isInteractive: boolean
  /** Slices of ours that were spent since the last time, the last of them so long ago. */
  settled: string[]
  settledSecondsAgo: number
  successes: number
  /** Of the cloud's clock. */
  speed: number
}

/** Takes a slice from all the buckets or none. Resolves with 0, or the seconds after which to ask again. */
export const takeQuota = async (sql: Sql, take: Take): Promise<number> => {
  const rows = await sql.query<{ wait: number }>({
    name: 'grant_quota',
    text: `select grant_quota($1::text[], $2::float8[], $3::float8[], $4::float8[], $5, $6, $7, $8::uuid[], $9, $10, $11) as wait`,
    values: [
      take.buckets.map((bucket) => bucket.name),
      take.buckets.map((bucket) => bucket.capacity),
      take.buckets.map((bucket) => bucket.refillPerSecond),
      take.buckets.map((bucket) => bucket.need),
      take.sliceId,
      take.lineId,
      take.isInteractive,
      take.settled,
      take.settledSecondsAgo,
      take.successes,
      take.speed,
    ],
  })
  // A scalar function returns exactly one row.
  return rows[0]!.wait
}

/** Says that AWS refused a call that drew from these buckets: they are drained, slowed down, and what was planned is doubted. */
export const throttleQuota = async (sql: Sql, names: readonly string[], speed: number): Promise<void> => {
  await sql.query({ name: 'throttle_quota', text: 'select throttle_quota($1::text[], $2)', values: [names, speed] })
}

export type WaitingCalls = { name: string; isInteractive: boolean; calls: number }

/** Tells how many calls of this process wait for which bucket, for people to see. */
export const tellWaiting = async (sql: Sql, process: string, waiting: readonly WaitingCalls[]): Promise<void> => {
  await sql.query({
    name: 'quota_waiting.tell',
    text: `insert into quota_waiting (process, name, is_interactive, calls)
      select $1, w.name, w.is_interactive, w.calls from unnest($2::text[], $3::bool[], $4::int[]) as w(name, is_interactive, calls)
      on conflict (process, name, is_interactive) do update set calls = excluded.calls, at = now()`,
    values: [
      process,
      waiting.map(({ name }) => name),
      waiting.map(({ isInteractive }) => isInteractive),
      waiting.map(({ calls }) => calls),
    ],
  })
}
