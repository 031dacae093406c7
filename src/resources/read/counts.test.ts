import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCounts } from './counts.ts'

/** Counts that end when they are told to, by a clock that is set by hand. */
const rig = () => {
  let nowMs = 0
  const underWay: { end: (count: number) => void; fail: (error: Error) => void }[] = []
  const counts = createCounts({ clock: { monotonicMs: () => nowMs }, most: 10_000 })
  const count = (): Promise<number> =>
    new Promise((end, fail) => {
      underWay.push({ end, fail })
    })
  return { counts, count, underWay, at: (ms: number) => void (nowMs = ms) }
}

test('who wants to know the same at the same time waits for one count', async () => {
  const { counts, count, underWay } = rig()
  const asked = [counts.get('a', count), counts.get('a', count), counts.get('b', count)]
  assert.equal(underWay.length, 2)
  underWay[0]?.end(700)
  underWay[1]?.end(3)
  assert.deepEqual(await Promise.all(asked), [700, 700, 3])
  assert.equal(counts.known('a', count), 700)
  // So few are counted each time.
  assert.equal(counts.known('b', count), undefined)
})

test('that there are many is shown while one count behind looks again, and no longer than that may take', async () => {
  const { counts, count, underWay, at } = rig()
  counts.put('a', 10_001)
  at(9_999)
  assert.equal(counts.known('a', count), 10_001)
  assert.equal(underWay.length, 0)
  at(10_000)
  for (let n = 0; n < 50; n++) assert.equal(counts.known('a', count), 10_001)
  assert.equal(underWay.length, 1)
  // It has become fewer: that is shown from now on, for two seconds.
  const counted = counts.get('a', count)
  underWay[0]?.end(9_000)
  assert.equal(await counted, 9_000)
  assert.equal(counts.known('a', count), 9_000)
  at(12_000)
  assert.equal(counts.known('a', count), undefined)

  counts.put('a', 10_001)
  at(27_000)
  assert.equal(counts.known('a', count), undefined)
  assert.equal(underWay.length, 1)
})

test('a count that fails is told to who waits for it, and made again by the next one', async () => {
  const { counts, count, underWay, at } = rig()
  counts.put('a', 10_001)
  at(11_000)
  assert.equal(counts.known('a', count), 10_001)
  const waiting = counts.get('a', count)
  underWay[0]?.fail(new Error('the database is away'))
  await assert.rejects(waiting, /away/)
  assert.equal(counts.known('a', count), 10_001)
  assert.equal(underWay.length, 2)
  underWay[1]?.end(10_001)
  await counts.get('a', count)
  at(20_000)
  assert.equal(counts.known('a', count), 10_001)
  assert.equal(underWay.length, 2)
})

test('a thousand are remembered, those that were counted last', () => {
  const { counts, count } = rig()
  for (let n = 0; n <= 1_000; n++) counts.put(`${n}`, 10_001)
  assert.equal(counts.known('0', count), undefined)
  assert.equal(counts.known('1', count), 10_001)
  assert.equal(counts.known('1000', count), 10_001)
})
