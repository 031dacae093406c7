import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createLog } from '#platform/log.ts'
import { createCache } from './cache.ts'

const cache = createCache({ memoryBytes: 100_000, log: createLog({ level: 'silent' }) })
after(() => cache.close())

test('a value comes back as it was put there, until it is deleted or its time is over', async () => {
  assert.equal(await cache.get('a'), undefined)
  cache.set('a', { list: [1, null, 'x'], is: true }, 60)
  assert.deepEqual(await cache.get('a'), { list: [1, null, 'x'], is: true })
  await cache.delete('a')
  assert.equal(await cache.get('a'), undefined)
  cache.set('b', 1, 0.001)
  await new Promise((resolve) => setTimeout(resolve, 20)) // it is the time itself that ends it
  assert.equal(await cache.get('b'), undefined)
})

test('it takes no more memory than it may: the least used goes, and what is too large is not kept', async () => {
  for (let n = 0; n < 200; n++) cache.set(`fill ${n}`, 'x'.repeat(1_000), 60)
  const left = await Promise.all(Array.from({ length: 200 }, (_, n) => cache.get<string>(`fill ${n}`)))
  const kept = left.filter((value) => value !== undefined).length
  assert.ok(kept > 50 && kept <= 100, String(kept))
  assert.ok(left.at(-1) !== undefined)
  cache.set('large', 'x'.repeat(50_000), 60)
  assert.equal(await cache.get('large'), undefined)
})
