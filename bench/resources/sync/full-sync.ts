import { documentedBuckets } from '../../../src/aws/quotas/limits.ts'
import type { PostgresServer } from '../../tasks/postgres.ts'
import { openEstate } from './estate.ts'
import type { CountedCall } from './estate.ts'

export type FullSync = {
  resources: number
  seconds: number
  calls: number
  throttled: number
  /** The least that the documented quotas allow for these calls, with full buckets at the start. */
  floorSeconds: number
  /** The bucket that says so. */
  floorOf: string
  peakRssMb: number
  /** Of this process, which plays AWS as well; the database has its own. */
  cpuSeconds: number
  byAction: { action: string; calls: number }[]
}

const pollMs = 50

/** From an empty inventory to one in which every type of every place was read in full once. */
export const measureFullSync = async (options: {
  postgres: PostgresServer
  size: number
  speed: number
  latencyMs: number
}): Promise<FullSync> => {
  const { url, drop } = await options.postgres.freshDatabase(`sync_${options.size}_${options.latencyMs}`)
  const estate = await openEstate({ databaseUrl: url, ...options })
  let peakRss = 0
  try {
    const began = performance.now()
    const cpuBefore = process.cpuUsage()
    await estate.resources.start()
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, pollMs))
      peakRss = Math.max(peakRss, process.memoryUsage.rss())
      const [open] = await estate.db.query<{ count: number; failing: string | null }>({
        text: `select ((count(*) filter (where swept_at is null)) + (count(*) = 0)::int)::int as count, max(last_error) as failing
          from sync_partitions`,
      })
      if (open?.failing) throw new Error(`A partition could not be read: ${open.failing}`)
      if (open?.count === 0) break
    }
    const seconds = (performance.now() - began) / 1000
    const { user, system } = process.cpuUsage(cpuBefore)
    const [counted] = await estate.db.query<{ count: number }>({
      text: 'select count(*)::int as count from resources where deleted_at is null',
    })
    return {
      resources: counted?.count ?? 0,
      seconds,
      calls: estate.calls.length,
      throttled: estate.calls.filter(({ wasThrottled }) => wasThrottled).length,
      ...floorOf(estate.calls),
      peakRssMb: peakRss / 2 ** 20,
      cpuSeconds: (user + system) / 1e6,
      byAction: countBy(estate.calls),
    }
  } finally {
    await estate.close()
    await drop()
  }
}

/** For each bucket what it takes until its last token is there; the slowest one is the floor. */
export const floorOf = (calls: readonly CountedCall[]): { floorSeconds: number; floorOf: string } => {
  const tokens = new Map<string, { needed: number; capacity: number; refillPerSecond: number }>()
  for (const { account, region, service, action } of calls) {
    for (const { name, limit, unit } of documentedBuckets(service, action)) {
      if (unit !== 'requests') continue
      const key = `${name} of ${account} in ${region}`
      const bucket = tokens.get(key) ?? { needed: 0, ...limit }
      bucket.needed++
      tokens.set(key, bucket)
    }
  }
  let floor = { floorSeconds: 0, floorOf: 'no bucket' }
  for (const [name, { needed, capacity, refillPerSecond }] of tokens) {
    const floorSeconds = Math.max(0, needed - capacity) / refillPerSecond
    if (floorSeconds > floor.floorSeconds) floor = { floorSeconds, floorOf: name }
  }
  return floor
}

const countBy = (calls: readonly CountedCall[]): FullSync['byAction'] =>
  [...Map.groupBy(calls, ({ service, action }) => `${service}:${action}`)]
    .map(([action, those]) => ({ action, calls: those.length }))
    .sort((a, b) => b.calls - a.calls)
