import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRecent } from './recent.ts'

/** A reading takes `tookMs`; each gives the next number. */
const rig = ({ tookMs = 100, toldForMs }: { tookMs?: number; toldForMs?: number } = {}) => {
  let nowMs = 0
  let readings = 0
  let whileReading = (): void => {}
  const recent = createRecent<number>({
    read: async () => {
      const number = ++readings
      nowMs += tookMs
      whileReading()
      return number
    },
    clock: { monotonicMs: () => nowMs },
    ...(toldForMs === undefined ? {} : { toldForMs }),
  })
  return {
    ...recent,
    readings: () => readings,
    pass: (ms: number) => void (nowMs += ms),
    whileReading: (work: () => void) => void (whileReading = work),
  }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('what is quick to read is read each time', async () => {
  const quick = rig({ tookMs: 50, toldForMs: 60_000 })
  assert.deepEqual(await quick.get(), { value: 1, ageSeconds: 0 })
  assert.deepEqual(await quick.get(), { value: 2, ageSeconds: 0 })
  assert.equal(quick.peek(), undefined)
})

test('what takes long is kept for twenty times as long, then renewed behind who asks, and waited for once it is too old', async () => {
  const slow = rig()
  await slow.get()
  slow.pass(1_900)
  assert.deepEqual(await slow.get(), { value: 1, ageSeconds: 2 })
  assert.equal(slow.readings(), 1)
  slow.pass(1)
  assert.equal(slow.peek(), undefined)
  assert.equal((await slow.get()).value, 1)
  await settled()
  assert.equal(slow.readings(), 2)
  slow.pass(9_901)
  assert.deepEqual(await slow.get(), { value: 3, ageSeconds: 0 })
})

test('where changes are told of, it grows old from the first of them on', async () => {
  const told = rig({ toldForMs: 60_000 })
  await told.get()
  told.pass(59_000)
  assert.deepEqual(await told.get(), { value: 1, ageSeconds: 0 })
  assert.equal(told.peek(), 1)
  told.changed()
  told.pass(1_500)
  told.changed()
  told.pass(500)
  assert.deepEqual(await told.get(), { value: 1, ageSeconds: 2 })
  assert.equal(told.readings(), 1)
  told.pass(1)
  await told.get()
  await settled()
  assert.equal(told.readings(), 2)
  told.pass(50_000)
  assert.deepEqual(await told.get(), { value: 2, ageSeconds: 0 }, 'nothing was told of since')
})

test('a change while it is read counts, and so does one that nobody told of, after a while', async () => {
  const told = rig({ toldForMs: 60_000 })
  told.whileReading(told.changed)
  await told.get()
  told.whileReading(() => {})
  told.pass(2_001)
  assert.equal((await told.get()).value, 1)
  await settled()
  assert.equal(told.readings(), 2)
  told.pass(60_000 + 1_901)
  assert.equal((await told.get()).value, 2)
  await settled()
  assert.equal(told.readings(), 3)
})
