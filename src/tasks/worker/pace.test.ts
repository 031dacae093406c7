import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPace } from './pace.ts'

test('what ended in the last moments is expected of the next; after a pause nothing is', () => {
  let nowMs = 0
  const pace = createPace({ monotonicMs: () => nowMs })
  assert.equal(pace.within(50), 0)
  for (let round = 0; round < 10; round++) {
    for (let n = 0; n < 40; n++) pace.ended()
    nowMs += 20
    pace.within(50)
  }
  // 40 in 20 ms are 100 in 50 ms.
  assert.ok(Math.abs(pace.within(50) - 100) < 1, `${pace.within(50)}`)
  nowMs += 1_000
  assert.equal(pace.within(50), 0)
})
