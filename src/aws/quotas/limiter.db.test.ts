import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { createLimiter } from './limiter.ts'
import type { Need } from './limiter.ts'
import { readQuotas } from './view.ts'

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

/** A call at a cloud clock that runs `speed` times as fast as the wall. */
const fastNeed = (scope: string, capacity: number, refillPerSecond: number, speed: number, tokens = 1): Need => ({
  ...need(scope, capacity, refillPerSecond, tokens),
  speed,
})

const signalAfter = (milliseconds: number): AbortSignal => AbortSignal.timeout(milliseconds)

test('several limiters together never grant more than capacity + refill in any window, and reach the refill', async () => {
  const capacity = 40
  const refill = 100
  let round = 0
  // On a machine that has time for it.
  await waitFor('80 % of the refill in 1.5 s', async () => {
    const limiters = [1, 2, 3].map(() => createLimiter({ sql: db, clock: systemClock }))
    const call = `window-${round++}`
    const grants: { atMs: number; tokens: number }[] = []
    const startedMs = performance.now()
    await Promise.all(
      limiters.flatMap((limiter, process) =>
        [1, 2, 5].map(async (tokens) => {
          while (performance.now() - startedMs < 1500) {
            const grant = await limiter.take(need(call, capacity, refill, tokens), {
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
    const inTime = grants.filter(({ atMs }) => atMs - startedMs < 1500)
    return inTime.reduce((sum, { tokens }) => sum + tokens, 0) > capacity + refill * 1.5 * 0.8
  })
})

test('a rate of a few a second, shared by several processes that call one after the other, is reached as well', async () => {
  // PutMetricAlarm at four times its pace: half of three a second is kept for travel.
  const capacity = 1.5
  const refill = 12
  let round = 0
  // On a machine that has time for it.
  await waitFor('85 % of the refill in 3 s', async () => {
    const limiters = [1, 2, 3, 4].map(() => createLimiter({ sql: db, clock: systemClock }))
    const call = need(`small-${round++}`, capacity, refill)
    const grants: { atMs: number; tokens: number }[] = []
    const startedMs = performance.now()
    await Promise.all(
      limiters.flatMap((limiter) =>
        Array.from({ length: 10 }, async () => {
          while (performance.now() - startedMs < 3000) {
            const grant = await limiter.take(call, { priority: 'bulk' })
            await systemClock.sleep(1) // the breaker is asked, the call is signed
            if (grant.isStale()) continue
            grants.push({ atMs: performance.now(), tokens: 1 })
            grant.spent()
            await systemClock.sleep(5) // AWS answers
            grant.succeeded()
          }
        }),
      ),
    )
    limiters.forEach((limiter) => limiter.close())
    const excess = worstExcess(grants, capacity, refill)
    assert.ok(excess <= 0.5, `${excess} tokens too many in some window`)
    return grants.filter(({ atMs }) => atMs - startedMs < 3000).length > refill * 3 * 0.85
  })
})

test('tokens that are held unspent count against the capacity, so a late use is no burst', async () => {
  const limiter = createLimiter({ sql: db, clock: systemClock })
  // A plain rate: 10 a second, nothing saved. Ten are granted and kept for 0.6 s, in which six would come back.
  const held = []
  for (let i = 0; i < 10; i++) held.push(await limiter.take(need('held', 10, 10), { priority: 'bulk' }))
  await systemClock.sleep(600)
  const grants: { atMs: number; tokens: number }[] = []
  for (const grant of held) {
    if (grant.isStale()) continue // on a machine that took longer
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
  let round = 0
  // Who asks again much later than it was told to is not waited for, which a busy machine may do to it.
  await waitFor('the interactive call to go first', async () => {
    const call = `priority-${round++}`
    ;(await theirs.take(need(call, 4, 10, 4), { priority: 'bulk' })).spent()
    const order: string[] = []
    const interactive = ours
      .take(need(call, 4, 10, 4), { priority: 'interactive' })
      .then((grant) => (grant.spent(), order.push('interactive')))
    await waitFor('it to be told to wait', async () => {
      const rows = await db.query({
        text: `select 1 from quota_buckets where name like $1 and interactive_until > '-infinity'`,
        values: [`${call}|%`],
      })
      return rows.length > 0 || order.length > 0
    })
    // One token is there after 0.1 s, four only after 0.4 s; the one who needs less must not overtake.
    const bulk = theirs
      .take(need(call, 4, 10, 1), { priority: 'bulk' })
      .then((grant) => (grant.spent(), order.push('bulk')))
    await Promise.all([interactive, bulk])
    return order[0] === 'interactive'
  })
  theirs.close()
  ours.close()
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
  // A second of cloud time, in which there is one throttle at most, takes long.
  const call = fastNeed('throttled', 50, 1, 0.001)
  const grant = await limiter.take(call, { priority: 'bulk' })
  grant.spent()
  await grant.throttled()
  assert.deepEqual(await pace(), { tokens: 0, pace: 0.7 })
  // Many calls may be refused by the same empty bucket; that is one throttle.
  await grant.throttled()
  assert.equal((await pace())?.pace, 0.7)
  grant.succeeded()
  grant.succeeded()
  await assert.rejects(limiter.take(call, { priority: 'bulk', signal: signalAfter(500) }))
  // 0.7 * 1.01 * 1.01
  await waitFor('the successes to be told', async () => Math.abs(((await pace())?.pace ?? 0) - 0.71407) < 1e-9)
  limiter.close()
})

test('a bucket begins full when it was never used, and empty after a crash of PostgreSQL took it away', async () => {
  const limiter = createLimiter({ sql: db, clock: systemClock })
  ;(await limiter.take(need('crash', 20, 0.01, 20), { priority: 'bulk', signal: signalAfter(60_000) })).spent()
  // What recovery does to an unlogged table.
  await db.query({ text: 'truncate quota_buckets' })
  await assert.rejects(limiter.take(need('crash', 20, 0.01), { priority: 'bulk', signal: signalAfter(50) }))
  limiter.close()
})

test('who gives up leaves the line, and the ones behind go on', async () => {
  const limiter = createLimiter({ sql: db, clock: systemClock })
  ;(await limiter.take(need('line', 10, 2, 10), { priority: 'bulk' })).spent()
  const leaving = limiter.take(need('line', 10, 2, 10), { priority: 'bulk', signal: signalAfter(30) })
  const behind = limiter.take(need('line', 10, 2, 1), { priority: 'bulk', signal: signalAfter(60_000) })
  await assert.rejects(leaving, { name: 'TimeoutError' })
  ;(await behind).spent()
  limiter.close()
})

test('slices of before a crash of PostgreSQL may still be spent; nothing is granted against them', async () => {
  const limiter = createLimiter({ sql: db, clock: systemClock })
  let round = 0
  // Within a second, on a machine that has time for it.
  await waitFor('a slice that is spent after the crash', async () => {
    const call = `lost-${round++}`
    const held = await limiter.take(need(call, 10, 10, 10), { priority: 'bulk' })
    await db.query({ text: 'truncate quota_buckets' })
    await limiter.take(need(call, 10, 10, 1), { priority: 'bulk', signal: signalAfter(50) }).catch(() => {})
    await systemClock.sleep(400)
    if (held.isStale()) return false
    const spent = [{ atMs: performance.now(), tokens: 10 }]
    const until = signalAfter(800)
    for (;;) {
      const grant = await limiter
        .take(need(call, 10, 10, 1), { priority: 'bulk', signal: until })
        .catch(() => undefined)
      if (grant === undefined) break
      spent.push({ atMs: performance.now(), tokens: 1 })
      grant.spent()
    }
    const excess = worstExcess(spent, 10, 10)
    assert.ok(excess <= 0.2, `${excess} tokens too many`)
    return true
  })
  limiter.close()
})

test('tokens that were kept for a second are stale, since others may have been granted them again', async () => {
  const limiter = createLimiter({ sql: db, clock: systemClock })
  const grant = await limiter.take(need('stale', 10, 10), { priority: 'bulk' })
  assert.equal(grant.isStale(), false)
  await systemClock.sleep(1050)
  assert.equal(grant.isStale(), true)
  limiter.close()
})

test('small calls of other processes don’t starve one that needs many tokens', async () => {
  const [small, large] = [1, 2].map(() => createLimiter({ sql: db, clock: systemClock }))
  ;(await small!.take(need('starving', 20, 50, 20), { priority: 'bulk' })).spent()
  const enough = new AbortController()
  const until = AbortSignal.any([enough.signal, signalAfter(100_000)])
  const drizzle = [1, 2, 3].map(async () => {
    while (!until.aborted) {
      const grant = await small!
        .take(need('starving', 20, 50), { priority: 'bulk', signal: until })
        .catch(() => undefined)
      grant?.spent()
    }
  })
  // 20 tokens come in 0.4 s; without a place in line they would never be there at once, and this would be given up.
  const grant = await large!.take(need('starving', 20, 50, 20), { priority: 'bulk', signal: until })
  grant.spent()
  enough.abort()
  small!.close()
  large!.close()
  await Promise.all(drizzle)
})

test('tasks take turns in a line: one of many calls doesn’t starve one of few', async () => {
  const limiter = createLimiter({ sql: db, clock: systemClock })
  ;(await limiter.take(need('turns', 5, 50, 5), { priority: 'bulk' })).spent()
  const order: string[] = []
  const call = (share: string) =>
    limiter.take(need('turns', 5, 50), { priority: 'bulk', share }).then((grant) => (grant.spent(), order.push(share)))
  const calls = [...Array.from({ length: 30 }, () => call('big')), ...Array.from({ length: 3 }, () => call('small'))]
  await Promise.all(calls)
  limiter.close()
  assert.ok(order.lastIndexOf('small') < 10, order.join(' '))
})

describe('what AWS gives less than it documents is learned', () => {
  type Learned = { capacity: number; refill: number; why: string }
  const learnedOf = async (scope: string): Promise<Learned | undefined> =>
    (
      await db.query<Learned>({
        text: `select capacity_share as capacity, refill_share as refill, why from quota_learned where name like $1`,
        values: [`${scope}|%`],
      })
    )[0]

  test('five throttles in a row: a smaller refill, nine tenths of the pace at which they came', async () => {
    const limiter = createLimiter({ sql: db, clock: systemClock })
    const call = fastNeed('refill', 50, 1, 10)
    for (let n = 0; n < 5; n++) {
      assert.equal(await learnedOf('refill'), undefined)
      const grant = await limiter.take(call, { priority: 'bulk' })
      grant.spent()
      await systemClock.sleep(200) // two seconds of cloud time
      await grant.throttled()
    }
    const learned = await learnedOf('refill')
    // Paces 1, 0.7, 0.49, 0.343 and 0.2401: their mean is 0.55462.
    assert.ok(Math.abs((learned?.refill ?? 0) - 0.499158) < 1e-6, JSON.stringify(learned))
    assert.equal(learned?.capacity, 1)
    assert.match(learned?.why ?? '', /5 throttles in a row, at 55 %/)
    const bucket = (await readQuotas(db)).find(({ cloud }) => cloud === 'refill')
    assert.deepEqual([bucket?.pace, bucket?.learned?.throttles], [1, 5])
    limiter.close()
  })

  test('throttles far apart teach nothing', async () => {
    const limiter = createLimiter({ sql: db, clock: systemClock })
    for (let n = 0; n < 7; n++) {
      const grant = await limiter.take(fastNeed('apart', 50, 1, 1000), { priority: 'bulk' })
      grant.spent()
      await systemClock.sleep(130) // more than two minutes of cloud time
      await grant.throttled()
    }
    assert.equal(await learnedOf('apart'), undefined)
    limiter.close()
  })

  test('one throttle in more than a hundred calls teaches nothing, one in fewer does', async () => {
    const limiter = createLimiter({ sql: db, clock: systemClock })
    const throttleAfter = async (scope: string, accepted: number): Promise<void> => {
      const call = need(scope, 1_000, 10_000)
      for (let n = 0; n < accepted; n++) {
        const grant = await limiter.take(call, { priority: 'bulk' })
        grant.spent()
        grant.succeeded()
      }
      const grant = await limiter.take(call, { priority: 'bulk' })
      grant.spent()
      // As a throttle in the next second, of an empty bucket: of a bucket that is a quarter full, three teach a smaller capacity.
      await db.query({
        text: `update quota_buckets set paced_at = '-infinity', tokens = 0 where name like $1`,
        values: [`${scope}|%`],
      })
      await grant.throttled()
    }
    for (let n = 0; n < 6; n++) await throttleAfter('seldom', 101)
    assert.equal(await learnedOf('seldom'), undefined)
    for (let n = 0; n < 5; n++) await throttleAfter('often', 60)
    assert.match((await learnedOf('often'))?.why ?? '', /5 throttles in a row/)
    limiter.close()
  })

  test('three throttles of a bucket that should have been plentiful: a smaller capacity', async () => {
    const limiter = createLimiter({ sql: db, clock: systemClock })
    const call = fastNeed('capacity', 40, 20, 100, 10)
    for (let n = 0; n < 3; n++) {
      const grant = await limiter.take(call, { priority: 'bulk' })
      grant.spent()
      await systemClock.sleep(20)
      await grant.throttled()
      await systemClock.sleep(150) // 2,000 a second, less what the throttles cost: full again
      await db.query({ text: `update quota_buckets set pace = 1 where name like 'capacity|%'` })
    }
    const learned = await learnedOf('capacity')
    // Ten of forty were spent each time.
    assert.ok(Math.abs((learned?.capacity ?? 0) - 0.25) < 0.01, JSON.stringify(learned))
    limiter.close()
  })

  test('it outlives a crash of PostgreSQL, and is planned with', async () => {
    const limiter = createLimiter({ sql: db, clock: systemClock })
    await db.query({
      text: `insert into quota_learned (name, refill_share, throttles, why) values ('kept|ec2:Test:requests', 0.5, 5, '')`,
    })
    const grants: { atMs: number; tokens: number }[] = []
    await db.query({ text: 'truncate quota_buckets' })
    const startedMs = performance.now()
    while (grants.length <= 10 || performance.now() - startedMs < 2000) {
      const grant = await limiter.take(need('kept', 4, 20), { priority: 'bulk' })
      grants.push({ atMs: performance.now(), tokens: 1 })
      grant.spent()
    }
    limiter.close()
    const excess = worstExcess(grants, 4, 10)
    assert.ok(excess <= 0.5, `${excess} more than half of the refill`)
  })

  test('ten minutes without a throttle give back a tenth, until nothing is left of it', async () => {
    const limiter = createLimiter({ sql: db, clock: systemClock })
    await db.query({
      text: `insert into quota_learned (name, refill_share, throttles, why) values ('probed|ec2:Test:requests', 0.9, 5, '')`,
    })
    const call = need('probed', 40, 20)
    ;(await limiter.take(call, { priority: 'bulk' })).spent()
    /** As if so many minutes had passed. */
    const shareAfter = async (minutes: number): Promise<number | undefined> => {
      await db.query({
        text: `update quota_buckets set probed_at = probed_at - make_interval(mins => $1) where name like 'probed|%'`,
        values: [minutes],
      })
      ;(await limiter.take(call, { priority: 'bulk' })).spent()
      return (await learnedOf('probed'))?.refill
    }
    assert.equal(await learnedOf('probed').then((learned) => learned?.refill), 0.9)
    // 0.9 * 1.1
    assert.ok(Math.abs(((await shareAfter(11)) ?? 0) - 0.99) < 1e-9)
    assert.ok(Math.abs(((await shareAfter(0)) ?? 0) - 0.99) < 1e-9)
    assert.equal(await shareAfter(11), undefined)
    limiter.close()
  })
})

test('people see levels and who waits', async () => {
  const limiter = createLimiter({ sql: db, clock: systemClock })
  const scope = 'sandbox|111122223333|eu-west-1'
  ;(await limiter.take(need(scope, 10, 0.001, 8), { priority: 'bulk' })).spent()
  const left = new AbortController()
  const leaving = left.signal
  const waiting = [1, 2, 3].map(() =>
    limiter.take(need(scope, 10, 0.001, 9), { priority: 'bulk', signal: leaving }).catch(() => {}),
  )
  const interactive = limiter
    .take(need(scope, 10, 0.001, 9), { priority: 'interactive', signal: leaving })
    .catch(() => {})
  const seen = await waitFor('them to be seen', async () => {
    const bucket = (await readQuotas(db)).find(({ account }) => account === '111122223333')
    return bucket !== undefined && bucket.waiting.bulk + bucket.waiting.interactive === 4 && bucket
  })
  assert.deepEqual(
    [seen.cloud, seen.region, seen.name, Math.floor(seen.tokens), seen.capacity, seen.refillPerSecond, seen.waiting],
    ['sandbox', 'eu-west-1', 'ec2:Test:requests', 2, 10, 0.001, { interactive: 1, bulk: 3 }],
  )
  left.abort()
  await Promise.all([...waiting, interactive])
  limiter.close()
})
