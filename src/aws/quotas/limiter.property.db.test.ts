import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { Clock } from '#platform/clock.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { createLimiter } from './limiter.ts'

// The promise: whatever happens, AWS never sees more of a bucket than its capacity and what refills in the meantime.

let db: Database
let drop: () => Promise<void>
before(async () => ({ db, drop } = await freshDatabase()))
after(() => drop())

type Spent = { atMs: number; tokens: number }

/** The most that was spent in any window, beyond what a bucket allows for it. */
const worstExcess = (spent: readonly Spent[], capacity: number, refillPerSecond: number): number => {
  const sorted = spent.toSorted((a, b) => a.atMs - b.atMs)
  let worst = Number.NEGATIVE_INFINITY
  for (const [start, first] of sorted.entries()) {
    let sum = 0
    for (const { atMs, tokens } of sorted.slice(start)) {
      sum += tokens
      worst = Math.max(worst, sum - capacity - (refillPerSecond * (atMs - first.atMs)) / 1000)
    }
  }
  return worst
}

/** Of a machine whose clock is wrong and that was started at another time. */
const wrongClock = (offMs: number): Clock => ({
  ...systemClock,
  now: () => new Date(Date.now() + offMs),
  monotonicMs: () => performance.now() + Math.abs(offMs),
})

const caller = fc.record({
  process: fc.nat(3),
  /** Of the capacity, in eighths; tokens a call. */
  eighths: fc.integer({ min: 0, max: 6 }),
  isInteractive: fc.boolean(),
  /** Between the grant and the attempt. */
  holdsMs: fc.constantFrom(0, 0, 5, 80, 400),
  /** Tells how it went, or dies without a word. */
  tells: fc.boolean(),
  throttledEvery: fc.constantFrom(0, 0, 7),
})

const plan = fc.record({
  capacity: fc.integer({ min: 8, max: 80 }),
  refillPerSecond: fc.integer({ min: 10, max: 200 }),
  clocksOffMs: fc.array(fc.integer({ min: -86_400_000, max: 86_400_000 }), { minLength: 4, maxLength: 4 }),
  callers: fc.array(caller, { minLength: 2, maxLength: 10 }),
  crashesAtMs: fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 2 }),
})

test('several processes, random needs, wrong clocks, a database that crashes: never more than the bucket in any window', async () => {
  let run = 0
  let total = 0
  await fc.assert(
    fc.asyncProperty(plan, async ({ capacity, refillPerSecond, clocksOffMs, callers, crashesAtMs }) => {
      const scope = `property-${run++}`
      const limiters = clocksOffMs.map((offMs) => createLimiter({ sql: db, clock: wrongClock(offMs) }))
      const spent: Spent[] = []
      const ending = AbortSignal.timeout(1100)
      const crashes = crashesAtMs.map(async (atMs) => {
        await systemClock.sleep(atMs)
        // What recovery does to an unlogged table.
        await db.query({ text: 'truncate quota_buckets' })
      })
      const work = callers.map(async ({ process, eighths, isInteractive, holdsMs, tells, throttledEvery }) => {
        const tokens = Math.max(1, Math.floor((capacity * eighths) / 8))
        const bucket = { name: 'ec2:Test:requests', unit: 'requests' as const, limit: { capacity, refillPerSecond } }
        for (let n = 1; !ending.aborted; n++) {
          const grant = await limiters[process]! // there are four
            .take(
              { scope, speed: 1, buckets: [{ bucket, tokens }] },
              { priority: isInteractive ? 'interactive' : 'bulk', signal: ending },
            )
            .catch(() => undefined)
          if (grant === undefined) return
          if (holdsMs > 0) await systemClock.sleep(holdsMs)
          if (grant.isStale()) continue
          spent.push({ atMs: performance.now(), tokens })
          if (!tells) continue
          grant.spent()
          if (throttledEvery > 0 && n % throttledEvery === 0) await grant.throttled()
          else grant.succeeded()
        }
      })
      await Promise.all([...work, ...crashes])
      limiters.forEach((limiter) => limiter.close())
      total += spent.length
      // Half a token for the time between the database's clock and this one.
      const excess = worstExcess(spent, capacity, refillPerSecond)
      assert.ok(excess <= 0.5, `${excess.toFixed(2)} tokens too many in some window`)
    }),
    { seed: 20261127, numRuns: 16, endOnFailure: true },
  )
  assert.ok(total > 16, `only ${total} calls were made: this shows nothing`)
})
