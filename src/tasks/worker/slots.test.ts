import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSlots } from './slots.ts'

const isSettled = async (promise: Promise<void>): Promise<boolean> => {
  let isOver = false
  void promise.then(() => (isOver = true))
  await new Promise((resolve) => setImmediate(resolve))
  return isOver
}

test('a place is lent to another, and who comes back goes before who begins', async () => {
  let freed = 0
  const slots = createSlots(2, () => freed++)
  const a = slots.enter()
  const b = slots.enter()
  assert.equal(slots.free(), 0)
  a.lend()
  assert.deepEqual([slots.free(), slots.owed(), freed], [1, 1, 1])
  const c = slots.enter()
  const back = a.comeBack()
  assert.equal(await isSettled(back), false)
  assert.equal(slots.owed(), 1)
  b.leave()
  // It went to the one who came back: nobody who begins is told of it.
  assert.equal(await isSettled(back), true)
  assert.deepEqual([slots.free(), slots.owed(), freed], [0, 0, 1])
  a.leave()
  c.leave()
  assert.deepEqual([slots.free(), freed], [2, 3])
})

test('a place is left once, whatever was done with it before', async () => {
  const slots = createSlots(1, () => {})
  const first = slots.enter()
  first.leave()
  first.leave()
  first.lend()
  await first.comeBack()
  assert.deepEqual([slots.free(), slots.owed()], [1, 0])
  // A batch that fails while it is away is owed nothing any more.
  const second = slots.enter()
  second.lend()
  second.leave()
  assert.deepEqual([slots.free(), slots.owed()], [1, 0])
})

test('several come back in their order', async () => {
  const slots = createSlots(2, () => {})
  const order: string[] = []
  const [a, b] = [slots.enter(), slots.enter()]
  a.lend()
  b.lend()
  const others = [slots.enter(), slots.enter()]
  const backs = [a.comeBack().then(() => order.push('a')), b.comeBack().then(() => order.push('b'))]
  for (const other of others) other.leave()
  await Promise.all(backs)
  assert.deepEqual(order, ['a', 'b'])
})
