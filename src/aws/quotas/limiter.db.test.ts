import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { createLimiter } from './limiter.ts'
import type { Need } from './limiter.ts'

let db: Database
let drop: () => Promise<void>
before(async () => ({ db, drop } = await freshDatabase()))
after(() => drop())

/** A call that takes `tokens` from one bucket of the given size, at the wall's speed. */
const need = (scope: string, capacity: number, refillPerSecond: number, tokens = 1): Need => ({
  scope,
  speed: 1,
  buckets: [{ bucket: { name: 'ec2:Test:requests', unit: 'requests', limit: { capacity, refillPerSecond } }, tokens }],
})

/** The most that was granted in any window, beyond what a bucket allows for it: capacity + refill * window. */
const worstExcess = (grants: { atMs: number; tokens: number }[], capacity: number, refillPerSecond: number): number => {
  const sorted = grants.toSorted((a, b) => a.atMs - b.atMs)
  let worst = Number.NEGATIVE_INFINITY
  for (let start = 0; start < sorted.length; start++) {
    let sum = 0
    for (let end = start; end < sorted.length; end++) {
      // Both indexes are within the list.
      sum += sorted[end]!.tokens
      const allowed = capacity + (refillPerSecond * (sorted[end]!.atMs - sorted[start]!.atMs)) / 1000
      worst = Math.max(worst, sum - allowed)
    }
  }
  return worst
}

const signalAfter = (milliseconds: number): AbortSignal => AbortSignal.timeout(milliseconds)

test('several limiters together never grant more than capacity + refill in any window, and reach the refill', async () => {
  const capacity = 40
  const refill = 100
  const limiters = [1, 2, 3].map(() => createLimiter({ sql: db, clock: systemClock }))
  const grants: { atMs: number; tokens: number }[] = []
  const startedMs = performance.now()
  await Promise.all(
    limiters.flatMap((limiter, process) =>
      [1, 2, 5].map(async (tokens) => {
        while (performance.now() - startedMs < 1500) {
          const grant = await limiter.take(need('window', capacity, refill, tokens), {
            priority: process === 0 ? 'interactive' : 'bulk',
          })
          grants.push({ atMs: performance.now(), tokens })
          grant.spent()
          grant.succeeded()
        }
      }),
    ),
  )
  limiters.forEach((limiter) => limiter.close())
  // Half a token for the time between the database's clock and this one.
  const excess = worstExcess(grants, capacity, refill)
  assert.ok(excess <= 0.5, `${excess} tokens too many in some window`)
  const total = grants.reduce((sum, { tokens }) => sum + tokens, 0)
  assert.ok(total > capacity + refill * 1.5 * 0.8, `only ${total} tokens in 1.5 s`)
})

test('tokens that are held unspent count against the capacity, so a late use is no burst', async () => {
  const limiter = createLimiter({ sql: db, clock: systemClock })
  // A plain rate: 10 a second, nothing saved. Ten are granted and kept for 0.6 s, in which six would come back.
  const held = []
  for (let i = 0; i < 10; i++) held.push(await limiter.take(need('held', 10, 10), { priority: 'bulk' }))
  await systemClock.sleep(600)
  const grants: { atMs: number; tokens: number }[] = []
  for (const grant of held) {
    grants.push({ atMs: performance.now(), tokens: 1 })
    grant.spent()
  }
  for (let i = 0; i < 5; i++) {
    const grant = await limiter.take(need('held', 10, 10), { priority: 'bulk' })
    grants.push({ atMs: performance.now(), tokens: 1 })
    grant.spent()
  }
  limiter.close()
  const excess = worstExcess(grants, 10, 10)
  assert.ok(excess <= 0.2, `${excess} tokens too many`)
})

test('while somebody waits interactively, bulk calls get nothing', async () => {
  const [theirs, ours] = [
    createLimiter({ sql: db, clock: systemClock }),
    createLimiter({ sql: db, clock: systemClock }),
  ]
  ;(await theirs.take(need('priority', 4, 10, 4), { priority: 'bulk' })).spent()
  const order: string[] = []
  const interactive = ours
    .take(need('priority', 4, 10, 4), { priority: 'interactive' })
    .then((grant) => (grant.spent(), order.push('interactive')))
  await systemClock.sleep(50)
  // One token is there after 0.1 s, four only after 0.4 s; the one who needs less must not overtake.
  const bulk = theirs
    .take(need('priority', 4, 10, 1), { priority: 'bulk' })
    .then((grant) => (grant.spent(), order.push('bulk')))
  await Promise.all([interactive, bulk])
  theirs.close()
  ours.close()
  assert.deepEqual(order, ['interactive', 'bulk'])
})

test('a call takes from all its buckets or from none', async () => {
  const limiter = createLimiter({ sql: db, clock: systemClock })
  const both = (resources: number): Need => ({
    scope: 'both',
    speed: 1,
    buckets: [
      { bucket: { name: 'requests', unit: 'requests', limit: { capacity: 5, refillPerSecond: 0.001 } }, tokens: 1 },
      {
        bucket: { name: 'resources', unit: 'resources', limit: { capacity: 100, refillPerSecond: 0.001 } },
        tokens: resources,
      },
    ],
  })
  ;(await limiter.take(both(60), { priority: 'bulk' })).spent()
  await assert.rejects(limiter.take(both(60), { priority: 'bulk', signal: signalAfter(50) }))
  ;(await limiter.take(both(40), { priority: 'bulk' })).spent()
  limiter.close()
  const rows = await db.query<{ name: string; left: string }>({
    text: `select name, round(tokens::numeric, 0)::text as left from quota_buckets where name like 'both|%' order by name`,
  })
  assert.deepEqual(rows, [
    { name: 'both|requests', left: '3' },
    { name: 'both|resources', left: '0' },
  ])
})

test('a throttle empties the bucket and slows its refill to 0.7, successes restore it by 1 % each', async () => {
  const limiter = createLimiter({ sql: db, clock: systemClock })
  const pace = async (): Promise<{ tokens: number; pace: number } | undefined> =>
    (
      await db.query<{ tokens: number; pace: number }>({
        text: `select tokens, pace from quota_buckets where name like 'throttled|%'`,
      })
    )[0]
  const grant = await limiter.take(need('throttled', 50, 1), { priority: 'bulk' })
  grant.spent()
  await grant.throttled()
  assert.deepEqual(await pace(), { tokens: 0, pace: 0.7 })
  // Many calls may be refused by the same empty bucket; that is one throttle.
  await grant.throttled()
  assert.equal((await pace())?.pace, 0.7)
  grant.succeeded()
  grant.succeeded()
  await assert.rejects(limiter.take(need('throttled', 50, 1), { priority: 'bulk', signal: signalAfter(30) }))
  limiter.close()
  // 0.7 * 1.01 * 1.01
  assert.ok(Math.abs(((await pace())?.pace ?? 0) - 0.71407) < 1e-9)
})

test('a bucket begins full when it was never used, and empty after a crash of PostgreSQL took it away', async () => {
  const limiter = createLimiter({ sql: db, clock: systemClock })
  ;(await limiter.take(need('crash', 20, 0.01, 20), { priority: 'bulk', signal: signalAfter(2000) })).spent()
  // What recovery does to an unlogged table.
  await db.query({ text: 'truncate quota_buckets' })
  await assert.rejects(limiter.take(need('crash', 20, 0.01), { priority: 'bulk', signal: signalAfter(50) }))
  limiter.close()
})

test('who gives up leaves the line, and the ones behind go on', async () => {
  const limiter = createLimiter({ sql: db, clock: systemClock })
  ;(await limiter.take(need('line', 10, 20, 10), { priority: 'bulk' })).spent()
  const leaving = limiter.take(need('line', 10, 20, 10), { priority: 'bulk', signal: signalAfter(30) })
  const behind = limiter.take(need('line', 10, 20, 1), { priority: 'bulk', signal: signalAfter(5000) })
  await assert.rejects(leaving, { name: 'TimeoutError' })
  ;(await behind).spent()
  limiter.close()
})
