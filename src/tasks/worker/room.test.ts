import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { createRoom } from './room.ts'

const roomWith = (slots: { free: number; owed: number }, running = 0, buffered = 0) => {
  let nowMs = 0
  const room = createRoom({
    concurrency: 10,
    clock: { ...systemClock, monotonicMs: () => nowMs },
    slots: { free: () => slots.free, owed: () => slots.owed },
    running: () => running,
    buffered: () => buffered,
  })
  /** As many batches end in the next 20 ms, for a while. */
  const goAt = (count: number): void => {
    for (let round = 0; round < 20; round++) {
      for (let n = 0; n < count; n++) room.ended()
      nowMs += 20
      room.left()
    }
  }
  return { room, goAt }
}

test('slow work: a lent slot is kept for who comes back, and no more is claimed than can run, and once more', () => {
  const idle = roomWith({ free: 10, owed: 0 }).room
  assert.deepEqual([idle.mayBegin(), idle.left()], [true, 20])
  // Four have lent their slots: six others are free, and these are for them.
  const lending = roomWith({ free: 4, owed: 4 }).room
  assert.deepEqual([lending.mayBegin(), lending.left()], [false, 10])
  const full = roomWith({ free: 0, owed: 0 }, 10, 10).room
  assert.deepEqual([full.left(), full.isWorthClaiming(full.left())], [0, false])
})

test('quick work: as many may have lent theirs as end in 100 ms, and so many more are claimed', () => {
  // 8 in 20 ms are 40 in 100 ms.
  const { room, goAt } = roomWith({ free: 4, owed: 43 })
  goAt(8)
  assert.equal(room.mayBegin(), true)
  const left = 10 + 40 + 4 - 43
  assert.ok(Math.abs(room.left() - left) <= 1, `${room.left()} instead of ${left}`)
  const more = roomWith({ free: 4, owed: 44 })
  more.goAt(8)
  assert.equal(more.room.mayBegin(), false)
})

test('however quick, at most sixteen times the slots are under way', () => {
  const { room, goAt } = roomWith({ free: 10, owed: 30 }, 160)
  goAt(1000)
  assert.equal(room.mayBegin(), false)
  assert.equal(room.left(), 10 + 120 + 10 - 30)
})
