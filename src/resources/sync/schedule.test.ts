import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextSweep, nextTry } from './schedule.ts'

test('a sweep comes once a minute, as often as its type says, and more seldom where it takes long', () => {
  assert.deepEqual(nextSweep({ seconds: 0.2 }), { nextInSeconds: 60, freshForSeconds: 120 })
  assert.deepEqual(nextSweep({ seconds: 30 }), { nextInSeconds: 600, freshForSeconds: 1200 })
  assert.deepEqual(nextSweep({ seconds: 4000 }), { nextInSeconds: 3600, freshForSeconds: 7200 })
  const hourly = { sweptEverySeconds: 3600 }
  assert.deepEqual(nextSweep({ seconds: 10, lifetime: hourly }), { nextInSeconds: 3600, freshForSeconds: 7200 })
  const daily = { sweptEverySeconds: 86_400, freshForSeconds: 259_200 }
  assert.deepEqual(nextSweep({ seconds: 10, lifetime: daily }), { nextInSeconds: 86_400, freshForSeconds: 259_200 })
})

test('failures are tried again ever more seldom, and never given up', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 60].map(nextTry), [15, 30, 60, 120, 240, 480, 900, 900])
})
