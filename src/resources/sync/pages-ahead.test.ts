import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pagesAhead } from './pages-ahead.ts'
import { createRoom } from './room.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('the next page is asked for while one is being worked on, and not the one after it', async () => {
  const asked: number[] = []
  async function* pages() {
    for (let number = 1; number <= 4; number++) {
      asked.push(number)
      yield [number]
    }
  }
  const seen: number[] = []
  let ms = 0
  for await (const { page, askedMs } of pagesAhead(pages(), createRoom(Infinity), () => ms++)) {
    await turn()
    seen.push(...page)
    assert.equal(asked.length, Math.min(4, seen.length + 1))
    assert.equal(askedMs, seen.length - 1)
  }
  assert.deepEqual(seen, [1, 2, 3, 4])
})

test('an error comes after the pages before it, and leaves no room taken', async () => {
  const room = createRoom(100)
  async function* pages() {
    yield ['a']
    throw new Error('away')
  }
  const seen: string[] = []
  await assert.rejects(async () => {
    for await (const { page } of pagesAhead(pages(), room, () => 0)) seen.push(...page)
  }, /away/)
  assert.deepEqual(seen, ['a'])
  ;(await room.take(100))()
})

test('who stops early gives back the room of the page that nobody wants, and ends the listing', async () => {
  const room = createRoom(200)
  let isEnded = false
  async function* pages() {
    try {
      for (;;) yield ['a']
    } finally {
      isEnded = true
    }
  }
  for await (const _ of pagesAhead(pages(), room, () => 0)) break
  ;(await room.take(200))()
  await turn()
  assert.ok(isEnded)
})

test('no more rows are on their way than there is room for, in the order in which they came', async () => {
  const room = createRoom(1000)
  const order: string[] = []
  const first = await room.take(600)
  const second = room.take(600).then((release) => (order.push('second'), release))
  const third = room.take(100).then((release) => (order.push('third'), release))
  await turn()
  assert.deepEqual(order, [])
  first()
  first() // twice gives nothing more
  ;(await second)()
  ;(await third)()
  assert.deepEqual(order, ['second', 'third'])
  // Larger than all the room there is: alone.
  ;(await room.take(5000))()
})
