import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineOf, stepsIn } from './line.ts'
import { boundsOf, monthOf, monthSum, passedAt } from './months.ts'
import type { Days } from './months.ts'

const dayMs = 86_400_000
const first = Date.UTC(2026, 10, 1)
const date = (day: number): string => new Date(Date.UTC(2026, 10, day)).toISOString()

/** November has 30 days: ten dollars on each of 20 of them, and ten ahead, between 8 and 13, in this month and the next one. */
const days: Days = {
  known: Array.from({ length: 20 }, (_, n) => ({ atMs: first + n * dayMs, usd: 10 })),
  beginMs: first + 20 * dayMs,
  steps: Array.from({ length: 41 }, () => ({ value: 10, low: 8, high: 13 })),
}

test('months begin and end in UTC', () => {
  assert.deepEqual(boundsOf('2026-11'), { fromMs: first, toMs: Date.UTC(2026, 11, 1) })
  assert.deepEqual(boundsOf('2026-12').toMs, Date.UTC(2027, 0, 1))
  assert.equal(monthOf(Date.UTC(2026, 11, 1) - 1), '2026-11')
})

test('a month costs what was spent and what its other days are expected to', () => {
  // 200 + 10 days at 10, 8 and 13.
  assert.deepEqual(monthSum(days, '2026-11'), { spentUsd: 200, expectedUsd: 300, lowUsd: 280, highUsd: 330 })
  // All 31 days are ahead.
  assert.deepEqual(monthSum(days, '2026-12'), { spentUsd: 0, expectedUsd: 310, lowUsd: 248, highUsd: 403 })
  // What isn't forecast to its end has none.
  const short = { ...days, steps: days.steps.slice(0, 9) }
  assert.deepEqual(monthSum(short, '2026-11'), { spentUsd: 200, expectedUsd: null, lowUsd: null, highUsd: null })
})

test('a budget is passed on the day on which the sum reaches it', () => {
  // 250 is reached on the fifth day ahead (the 25th); at 13 a day on the fourth (252), at 8 on the seventh (256).
  assert.deepEqual(passedAt(days, '2026-11', 250), {
    status: 'expected',
    earliest: date(24),
    expected: date(25),
    latest: date(27),
  })
  // 330 is reached by the upper edge alone, on the tenth day ahead.
  assert.deepEqual(passedAt(days, '2026-11', 330), {
    status: 'possible',
    earliest: date(30),
    expected: null,
    latest: null,
  })
  assert.equal(passedAt(days, '2026-11', 331)?.status, 'not_within')
  assert.equal(passedAt(days, '2026-11', 200)?.status, 'reached')
  assert.equal(passedAt({ ...days, steps: [] }, '2026-11', 250)?.status, 'not_within', 'nothing is known of its end')
  assert.equal(passedAt({ ...days, steps: [] }, '2026-11', 150)?.status, 'reached')
})

test('a line has a band around how it goes on, and its limit a date', () => {
  const hour = 3_600_000
  const values = Array.from({ length: 14 * 24 }, (_, n) => 100 + 50 * Math.sin((2 * Math.PI * n) / 24))
  const given = { name: 'x', region: null, unit: 'Count', stepSeconds: 3600, fromMs: first, horizon: 48 }
  const limit = { value: 140, falling: false, meaning: 'it is used up' }
  const { line } = lineOf({ ...given, values, limit })
  assert.equal(line.points.length, 48)
  assert.ok(line.points.every(({ value, low, high }) => low <= value && value <= high && low >= 0))
  // The sine is above 140 at 53 to 127 degrees: first in its fourth hour (60 degrees).
  assert.equal(line.exhaustion?.expected, new Date(first + (14 * 24 + 4) * hour).toISOString())
  assert.match(lineOf({ ...given, values: values.slice(0, 30), limit: null }).line.unknown ?? '', /two days/)
  const ended = [...values, ...Array.from({ length: 5 }, () => Number.NaN)]
  assert.match(lineOf({ ...given, values: ended, limit: null }).line.unknown ?? '', /Nothing was measured since/)
})

test('what several measured on a day is added up', () => {
  const points = [
    { atMs: first, value: 1 },
    { atMs: first + 5, value: 2 },
    { atMs: first + 2 * dayMs, value: 4 },
    { atMs: first - 1, value: 9 },
  ]
  const steps = stepsIn(points, { fromMs: first, toMs: first + 3 * dayMs, stepMs: dayMs })
  assert.deepEqual(steps, [3, Number.NaN, 4])
})
