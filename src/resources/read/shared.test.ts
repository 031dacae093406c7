import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createShared } from './shared.ts'

const rig = ({ keptMs = 0 } = {}) => {
  let nowMs = 0
  const begun: { end: (value: string) => void; fail: (error: Error) => void }[] = []
  const shared = createShared<string>({
    clock: { monotonicMs: () => nowMs },
    keptMs,
    isKept: (value) => value !== 'long',
  })
  const ask = (key = 'a') => shared.get(key, () => new Promise((end, fail) => begun.push({ end, fail })))
  return { begun, ask, forget: shared.forget, at: (ms: number) => void (nowMs = ms) }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('who comes while it is read waits for the next read, together with the others', async () => {
  const { begun, ask } = rig()
  const first = ask()
  const others = [ask(), ask(), ask()]
  const elsewhere = ask('b')
  await settled()
  assert.equal(begun.length, 2)
  begun[0]?.end('before')
  assert.equal(await first, 'before')
  await settled()
  assert.equal(begun.length, 3)
  // Who comes now can't have what began before.
  const last = ask()
  begun[2]?.end('after')
  assert.deepEqual(await Promise.all(others), ['after', 'after', 'after'])
  await settled()
  begun[3]?.end('last')
  assert.equal(await last, 'last')
  begun[1]?.end('other')
  assert.equal(await elsewhere, 'other')
  await settled()
  const again = ask()
  assert.equal(begun.length, 5)
  begun[4]?.end('again')
  assert.equal(await again, 'again')
})

test('a read that fails is told to those who waited for it, and the next one is made all the same', async () => {
  const { begun, ask } = rig()
  const first = ask()
  const next = ask()
  begun[0]?.fail(new Error('the database is away'))
  await assert.rejects(first, /away/)
  await settled()
  begun[1]?.fail(new Error('still away'))
  await assert.rejects(next, /still away/)
  const back = ask()
  assert.equal(begun.length, 3)
  begun[2]?.end('back')
  assert.equal(await back, 'back')
})

test('what was read a moment ago is given again, counted from the beginning of its reading, and then while it is read anew', async () => {
  const { begun, ask, at } = rig({ keptMs: 100 })
  const first = ask()
  at(60)
  begun[0]?.end('one')
  await first
  await settled()
  at(99)
  assert.equal(await ask(), 'one')
  assert.equal(begun.length, 1)
  at(100)
  assert.deepEqual(await Promise.all([ask(), ask()]), ['one', 'one'])
  assert.equal(begun.length, 2)
  begun[1]?.fail(new Error('the database is away'))
  await settled()
  at(199)
  assert.equal(await ask(), 'one')
  assert.equal(begun.length, 3)
  at(200)
  const waiting = ask()
  at(250)
  begun[2]?.end('two')
  await settled()
  begun[3]?.end('three')
  assert.equal(await waiting, 'three')
  // A read that takes longer than that is kept for nobody.
  at(1000)
  const slow = ask()
  at(1100)
  begun[4]?.end('four')
  assert.equal(await slow, 'four')
  await settled()
  void ask()
  assert.equal(begun.length, 6)
})

test('behind the backs of readers one is read anew at a time, also after one that failed', async () => {
  const { begun, ask, at } = rig({ keptMs: 100 })
  for (const [n, key] of ['a', 'b'].entries()) {
    const one = ask(key)
    begun[n]?.end(key)
    await one
  }
  await settled()
  at(100)
  assert.deepEqual(await Promise.all([ask('a'), ask('b'), ask('b')]), ['a', 'b', 'b'])
  assert.equal(begun.length, 3, 'b waits its turn')
  begun[2]?.fail(new Error('the database is away'))
  await settled()
  assert.equal(await ask('b'), 'b')
  assert.equal(begun.length, 4)
  begun[3]?.end('b anew')
  await settled()
  assert.equal(await ask('b'), 'b anew')
})

test('after a change nobody gets what was read before it, nor what was being read', async () => {
  const { begun, ask, forget } = rig({ keptMs: 100 })
  const first = ask()
  begun[0]?.end('before')
  await first
  await settled()
  forget()
  const second = ask()
  assert.equal(begun.length, 2)
  forget()
  begun[1]?.end('in between')
  assert.equal(await second, 'in between')
  await settled()
  const third = ask()
  assert.equal(begun.length, 3)
  begun[2]?.end('after')
  assert.equal(await third, 'after')
  await settled()
  assert.equal(await ask(), 'after')
})

test('fifty are kept, those that were read last, and what is long is not', async () => {
  const { begun, ask } = rig({ keptMs: 100 })
  for (let n = 0; n <= 50; n++) {
    const one = ask(`${n}`)
    begun[n]?.end('page')
    await one
  }
  await settled()
  await ask('50')
  await ask('1')
  assert.equal(begun.length, 51)
  void ask('0')
  assert.equal(begun.length, 52)
  const long = ask('long')
  begun[52]?.end('long')
  await long
  await settled()
  void ask('long')
  assert.equal(begun.length, 54)
})
