import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGroupCommit } from './group-commit.ts'

test('callers pile up behind the flush in flight and share the next one', async () => {
  const batches: number[][] = []
  const releases: (() => void)[] = []
  const group = createGroupCommit<number, number>({
    flush: async (items) => {
      batches.push(items)
      await new Promise<void>((resolve) => releases.push(resolve))
      return items.map((item) => item * 10)
    },
  })
  const first = group.add(1)
  await new Promise(setImmediate)
  const later = [2, 3, 4].map(group.add)
  await new Promise(setImmediate)
  assert.deepEqual(batches, [[1]])
  releases[0]?.()
  assert.equal(await first, 10)
  await new Promise(setImmediate)
  assert.deepEqual(batches, [[1], [2, 3, 4]])
  releases[1]?.()
  assert.deepEqual(await Promise.all(later), [20, 30, 40])
})

test('a batch is never larger than its limit', async () => {
  const sizes: number[] = []
  const group = createGroupCommit<number, null>({
    maxBatch: 3,
    flush: async (items) => {
      sizes.push(items.length)
      return items.map(() => null)
    },
  })
  await Promise.all([1, 2, 3, 4, 5, 6, 7].map(group.add))
  assert.deepEqual(sizes, [3, 3, 1])
})

test('many callers share out among the free lanes, few go together', async () => {
  const batchesOf = async (items: readonly number[]): Promise<number[][]> => {
    const batches: number[][] = []
    const group = createGroupCommit<number, number>({
      lanes: 2,
      spreadFrom: 4,
      flush: async (batch) => {
        batches.push(batch)
        return batch
      },
    })
    await Promise.all(items.map(group.add))
    return batches
  }
  assert.deepEqual(await batchesOf([1, 2, 3]), [[1, 2, 3]])
  assert.deepEqual(await batchesOf([1, 2, 3, 4, 5]), [
    [1, 2, 3],
    [4, 5],
  ])
})

test('what is about one thing goes one after the other; another lane opens for many only', async () => {
  const underway: { items: string[]; end: () => void }[] = []
  const group = createGroupCommit<string, string>({
    lanes: 2,
    spreadFrom: 4,
    keyOf: (item) => item[0]!,
    flush: (items) =>
      new Promise((resolve) => {
        const flight = {
          items,
          end: () => {
            underway.splice(underway.indexOf(flight), 1)
            resolve(items)
          },
        }
        underway.push(flight)
      }),
  })
  const add = async (...items: string[]): Promise<void> => {
    for (const item of items) void group.add(item)
    await new Promise(setImmediate)
  }
  const flights = (): string[][] => underway.map(({ items }) => items)
  const end = async (): Promise<void> => {
    underway[0]?.end()
    await new Promise(setImmediate)
  }

  await add('a1')
  await add('b1', 'c1', 'a2')
  assert.deepEqual(flights(), [['a1']], 'three are few')
  await add('b2', 'd1')
  assert.deepEqual(flights(), [['a1'], ['b1', 'c1', 'b2', 'd1']], 'not a2')
  await end()
  assert.deepEqual(flights(), [['b1', 'c1', 'b2', 'd1']], 'a2 alone is few')
  await add('b3', 'a3', 'b4')
  assert.deepEqual(flights(), [
    ['b1', 'c1', 'b2', 'd1'],
    ['a2', 'a3'],
  ])
  await end()
  await end()
  assert.deepEqual(flights(), [['b3', 'b4']])
  await end()
  await add('e1', 'e2', 'f1', 'f2')
  assert.deepEqual(flights(), [
    ['e1', 'e2'],
    ['f1', 'f2'],
  ])
  while (underway.length > 0) await end()
  await group.idle()
})

test('one poisonous item fails alone', async () => {
  const group = createGroupCommit<string, string>({
    flush: async (items) => {
      if (items.includes('poison')) throw new Error('invalid byte sequence')
      return items
    },
  })
  const results = await Promise.allSettled(['a', 'b', 'poison', 'c', 'd'].map(group.add))
  assert.deepEqual(
    results.map((result) => result.status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  )
})

test('a lost connection is told to everyone, since nobody knows whether the commit happened', async () => {
  let flushes = 0
  const group = createGroupCommit<number, number>({
    flush: async () => {
      flushes++
      throw Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' })
    },
  })
  const results = await Promise.allSettled([1, 2, 3].map(group.add))
  assert.ok(results.every((result) => result.status === 'rejected'))
  assert.equal(flushes, 1, 'not bisected')
})

test('idle resolves when nothing is queued or in flight', async () => {
  let isDone = false
  const group = createGroupCommit<number, number>({
    flush: async (items) => {
      await new Promise(setImmediate)
      isDone = true
      return items
    },
  })
  await group.idle()
  void group.add(1)
  await group.idle()
  assert.equal(isDone, true)
})
