import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startRedis } from '../../../test/support/redis.ts'
import type { TestRedis } from '../../../test/support/redis.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { createLog } from '#platform/log.ts'
import { createCache } from './cache.ts'
import type { Cache } from './cache.ts'

let redis: TestRedis
const caches: Cache[] = []
before(async () => void (redis = await startRedis()))
after(async () => {
  for (const cache of caches) await cache.close()
  await redis.stop()
})

const log = createLog({ level: 'silent' })
/** The cache of one more process. */
const another = (redisUrl: string | undefined = redis.url): Cache => {
  const cache = createCache({ redisUrl, memoryBytes: 1024 * 1024, log })
  caches.push(cache)
  return cache
}
/** How long something took, in milliseconds. */
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

test('what one process put there another one has', async () => {
  const [one, other] = [another(), another()]
  await waitFor('both to be connected', async () => {
    one.set('a', { name: 'web-1' }, 60)
    return (await other.get('a')) !== undefined
  })
  assert.deepEqual(await other.get('a'), { name: 'web-1' })
  await one.delete('a')
  const fresh = another()
  await waitFor('a third to be connected', async () => {
    one.set('is there', 1, 60)
    return (await fresh.get('is there')) === 1
  })
  assert.equal(await fresh.get('a'), undefined)
})

test('a Redis that hangs holds up one read for a moment, then nobody; when it is back it is used again', async () => {
  const [one, other] = [another(), another()]
  await waitFor('both to be connected', async () => {
    one.set('b', 1, 60)
    return (await other.get('b')) === 1
  })
  redis.freeze()
  try {
    assert.ok((await timed(() => one.get('never seen'))) < 1_000)
    // It rests: those that come now don't wait at all.
    assert.ok(
      (await timed(async () => {
        for (let n = 0; n < 200; n++) await one.get(`unknown ${n}`)
      })) < 500,
    )
    assert.ok(
      (await timed(async () => {
        for (let n = 0; n < 200; n++) one.set(`new ${n}`, n, 60)
      })) < 500,
    )
    assert.equal(await one.get('new 7'), 7)
    // Many at once wait together.
    assert.ok((await timed(() => Promise.all(Array.from({ length: 100 }, (_, n) => other.get(`x ${n}`))))) < 1_500)
  } finally {
    redis.thaw()
  }
  const reader = another()
  await waitFor(
    'Redis to be used again',
    async () => {
      one.set('c', 2, 60)
      return (await reader.get('c')) === 2
    },
    20,
  )
})

test('a Redis that is away, or was never there, is done without', async () => {
  const cache = another('redis://127.0.0.1:1')
  assert.ok((await timed(() => cache.get('d'))) < 500)
  cache.set('d', [1, 2], 60)
  assert.deepEqual(await cache.get('d'), [1, 2])
  assert.ok((await timed(() => cache.close())) < 500)
})
