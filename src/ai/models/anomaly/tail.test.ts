import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createTail, learn, reachOf, surprise } from './tail.ts'

/** 990 values between 0 and 1, in steps of 1/990, and ten more. */
const tailOf = (further: readonly number[]) => {
  const tail = createTail()
  // Those that are rare come evenly spread, so that forgetting weighs on all alike.
  for (let i = 0; i < 990; i++) {
    learn(tail, (i + 1) / 990)
    if (i % 99 === 50) learn(tail, further[Math.floor(i / 99)]!)
  }
  return tail
}
const near = (actual: number, expected: number, within: number): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual}, not ${expected}`)

describe('surprise', () => {
  test('within what was seen it is the share that was as far out', () => {
    // A bin is a quarter octave wide: from 0.84 on there are 16 % of the 990, and the ten.
    near(surprise(tailOf(Array.from({ length: 10 }, () => 100)), 0.9), -Math.log((0.16 * 990 + 10) / 1000), 0.15)
  })

  test('what recurs is bounded by how often it was seen, however far from the rest', () => {
    const tail = tailOf([50, 60, 70, 80, 90, 100, 110, 120, 130, 140])
    // 0.5 more than the ten, of 1001.
    near(surprise(tail, 50), Math.log(1001 / 10.5), 0.1)
    // Further than all: as if half of one had been seen, and a little for the distance.
    const further = surprise(tail, 200)
    assert.ok(further > Math.log(1001 / 0.5) && further < Math.log(1001 / 0.5) + 4, `${further}`)
  })

  test('sides are told apart', () => {
    const tail = tailOf(Array.from({ length: 10 }, () => 1))
    assert.ok(surprise(tail, -1) > surprise(tail, 1) + 3)
    assert.equal(surprise(tail, 0), 0)
  })

  test('further out is never less surprising', () => {
    const tail = tailOf([2, 3, 5, 8, 13, 21, 34, 55, 89, 144])
    let last = 0
    for (let value = 0.01; value < 1000; value *= 1.1) {
      const now = surprise(tail, value)
      assert.ok(now >= last - 0.3, `${value}: ${now} after ${last}`)
      last = Math.max(last, now)
    }
  })
})

test('reach holds all but one of a hundred', () => {
  // Five of 1,000 are further out: what 99 % don't exceed is 1, up to the end of a bin of a quarter octave (2^0.25 = 1.19).
  const reach = reachOf(tailOf([0.5, 100, 0.5, 100, 0.5, 100, 0.5, 100, 0.5, 100]), 'above')
  assert.ok(reach > 0.99 && reach < 1.2, `${reach}`)
  assert.equal(reachOf(createTail(), 'below'), 0)
})
