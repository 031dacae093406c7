import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startRedis } from '../../../test/support/redis.ts'
import type { TestRedis } from '../../../test/support/redis.ts'
import { tapRedis } from '../../../test/support/redis-tap.ts'
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

test('a Redis that hangs holds up those that ask it at once, then nobody; when it is back it is used again', async () => {
  const tap = await tapRedis(redis)
  const [one, other] = [another(tap.url), another()]
  await waitFor('both to be connected', async () => {
    one.set('b', 1, 60)
    return (await other.get('b')) === 1 && (await one.get('not there')) === undefined && tap.commands() > 2
  })
  redis.freeze()
  try {
    // Many at once wait together: all of them ask.
    const before = tap.commands()
    const many = Promise.all(Array.from({ length: 100 }, (_, n) => one.get(`x ${n}`)))
    await waitFor('all of them to ask', () => tap.commands() >= before + 100)
    assert.deepEqual(new Set(await many), new Set([undefined]))
    // It rests for ten seconds: hardly any of those that come now asks it, reads nor writes.
    const asked = tap.commands()
    const began = performance.now()
    for (let n = 0; n < 200; n++) await one.get(`unknown ${n}`)
    for (let n = 0; n < 200; n++) one.set(`new ${n}`, n, 60)
    assert.equal(await one.get('new 7'), 7)
    const isInTime = performance.now() - began < 8_000 // else its rest was over meanwhile
    assert.ok(!isInTime || tap.commands() === asked, `${tap.commands() - asked} commands`)
  } finally {
    redis.thaw()
  }
  const reader = another()
  await waitFor('Redis to be used again', async () => {
    one.set('c', 2, 60)
    return (await reader.get('c')) === 2
  })
  tap.close()
})

test('a Redis that is away, or was never there, is done without', async () => {
  const cache = another('redis://127.0.0.1:1')
  assert.equal(await cache.get('d'), undefined)
  cache.set('d', [1, 2], 60)
  assert.deepEqual(await cache.get('d'), [1, 2])
  await cache.close()
})
