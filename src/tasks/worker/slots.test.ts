import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSlots } from './slots.ts'

const settled = async (promise: Promise<void>): Promise<boolean> => {
  let isSettled = false
  void promise.then(() => (isSettled = true))
  await new Promise((resolve) => setImmediate(resolve))
  return isSettled
}

test('a place is left for another, and who comes back goes before who begins', async () => {
  let left = 0
  const slots = createSlots(2, () => left++)
  const a = slots.enter()
  const b = slots.enter()
  assert.equal(slots.isFree(), false)
  a.leave()
  assert.deepEqual([slots.isFree(), left], [true, 1])
  const c = slots.enter()
  const back = a.comeBack()
  assert.equal(await settled(back), false)
  b.leave()
  // It went to the one who came back: nobody who begins is told of it.
  assert.equal(await settled(back), true)
  assert.deepEqual([slots.isFree(), slots.taken(), left], [false, 2, 1])
  a.leave()
  c.leave()
  assert.deepEqual([slots.taken(), left], [0, 3])
})

test('a place that was left is not left twice', () => {
  const slots = createSlots(1, () => {})
  const only = slots.enter()
  only.leave()
  only.leave()
  assert.equal(slots.taken(), 0)
  slots.enter()
  assert.equal(slots.isFree(), false)
})

test('several come back in their order', async () => {
  const slots = createSlots(2, () => {})
  const order: string[] = []
  const [a, b] = [slots.enter(), slots.enter()]
  a.leave()
  b.leave()
  const others = [slots.enter(), slots.enter()]
  const backs = [a.comeBack().then(() => order.push('a')), b.comeBack().then(() => order.push('b'))]
  for (const other of others) other.leave()
  await Promise.all(backs)
  assert.deepEqual(order, ['a', 'b'])
})
