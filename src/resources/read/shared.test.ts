import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createShared } from './shared.ts'

const rig = () => {
  const begun: { end: (value: string) => void; fail: (error: Error) => void }[] = []
  const shared = createShared<string>()
  const ask = (key = 'a') => shared(key, () => new Promise((end, fail) => begun.push({ end, fail })))
  return { begun, ask }
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
