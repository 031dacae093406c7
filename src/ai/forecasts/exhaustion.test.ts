import assert from 'node:assert/strict'
import { test } from 'node:test'
import { continueSeries } from './continue.ts'
import { exhaustionOf } from './exhaustion.ts'
import { limitOf } from './limits.ts'

const hourMs = 3_600_000
const fromMs = Date.UTC(2026, 10, 27, 12)
const at = (hours: number): string => new Date(fromMs + hours * hourMs).toISOString()
const full = { value: 100, falling: false, meaning: 'full' }
const empty = { value: 0, falling: true, meaning: 'empty' }
const line = (begin: number, slope: number, wide: number, count = 48) =>
  Array.from({ length: count }, (_, hour) => {
    const value = begin + slope * hour
    return { value, low: value - wide, high: value + wide }
  })
const given = { last: 50, fromMs, stepMs: hourMs }

test('each metric has its limit, or none', () => {
  assert.equal(limitOf('disk_used_percent', {})?.value, 100)
  assert.deepEqual([limitOf('CPUCreditBalance', {})?.value, limitOf('CPUCreditBalance', {})?.falling], [0, true])
  assert.equal(limitOf('BurstBalance', {})?.falling, true)
  assert.equal(limitOf('ConcurrentExecutions', { reservedConcurrency: 40 })?.value, 40)
  // It shares the account's with every other function.
  assert.equal(limitOf('ConcurrentExecutions', { reservedConcurrency: null }), null)
  // With nothing reserved for it it can't run at all.
  assert.equal(limitOf('ConcurrentExecutions', { reservedConcurrency: 0 }), null)
  assert.equal(limitOf('BucketSizeBytes', {}), null)
})

test('what rises reaches its limit between the edges of the interval', () => {
  // 60 + 2 h is 100 at 20 h; its upper edge (+ 6) three hours before, its lower edge three after.
  assert.deepEqual(exhaustionOf(line(60, 2, 6), full, given), {
    status: 'expected',
    earliest: at(17),
    expected: at(20),
    latest: at(23),
  })
})

test('what falls does so too', () => {
  // 60 - 3 h is 0 at 20 h; with 9 on either side at 17 and at 23.
  assert.deepEqual(exhaustionOf(line(60, -3, 9), empty, given), {
    status: 'expected',
    earliest: at(17),
    expected: at(20),
    latest: at(23),
  })
})

test('beyond the time looked ahead nothing is said, and an edge alone is only possible', () => {
  const none = { earliest: null, expected: null, latest: null }
  assert.deepEqual(exhaustionOf(line(60, 0, 6), full, given), { status: 'not_within', ...none })
  assert.deepEqual(exhaustionOf(line(60, 0, 40), full, given), { status: 'possible', ...none, earliest: at(0) })
  const late = exhaustionOf(line(60, 2, 30, 24), full, given)
  assert.deepEqual([late.status, late.expected, late.latest], ['expected', at(20), null])
})

test('what is used up already is', () => {
  const reached = exhaustionOf(line(60, -3, 9), empty, { ...given, last: 0 })
  assert.deepEqual(reached, { status: 'reached', earliest: at(0), expected: at(0), latest: at(0) })
})

/** Four weeks of hours with a rhythm, and repeatable noise. */
const usual = (hours = 672): number[] => {
  let state = 7
  return Array.from({ length: hours }, (_, hour) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return 40 + 5 * Math.sin((2 * Math.PI * hour) / 24) + state / 2 ** 32
  })
}

test('a rhythm goes on as one; a line that leaves it goes on as a line', () => {
  const rhythm = continueSeries(usual(), 3600, 336)
  assert.equal(rhythm.method, 'rhythm')
  if (rhythm.method === null) return
  assert.ok(rhythm.points.every(({ value }) => value > 30 && value < 52))
  // For twelve hours 4 more each hour, from 40: 100 at the fifteenth, three to four hours ahead.
  const filling = [...usual(), ...Array.from({ length: 12 }, (_, hour) => 40 + 4 * (hour + 1))]
  const trend = continueSeries(filling, 3600, 336)
  assert.equal(trend.method, 'trend')
  if (trend.method === null) return
  assert.ok(Math.abs(trend.points[2]!.value - 100) < 1, String(trend.points[2]!.value))
  assert.match(trend.because, /the last 1[24] hours go on as a line/)
})

test('a jump to another level is no line, and neither is a single peak', () => {
  const jumped = [...usual(), ...usual(12).map((value, hour) => value + 25 + ((hour * 7) % 5))]
  assert.notEqual(continueSeries(jumped, 3600, 48).method, 'trend')
  assert.equal(continueSeries([...usual(), 90], 3600, 48).method, 'rhythm')
})

test('on a smooth curve that is a little higher than before, the rise of every morning is no line', () => {
  const smooth = Array.from({ length: 672 }, (_, hour) => 300 + 100 * Math.sin((2 * Math.PI * hour) / 24))
  // From the lowest point (hour 18 of 24) on it rises; this time by a fifth more.
  const morning = Array.from({ length: 24 + 4 }, (_, hour) => 300 + 100 * Math.sin((2 * Math.PI * hour) / 24))
  const last = morning.map((value, hour) => (hour < 18 ? value : 200 + 1.2 * (value - 200)))
  for (let shown = 22; shown <= 28; shown++) {
    assert.equal(continueSeries([...smooth, ...last.slice(0, shown)], 3600, 48).method, 'rhythm', `${shown} h`)
  }
})

test('of a short history, one with gaps, or none it says why nothing can be said', () => {
  const words = (values: number[], step = 3600): string => {
    const result = continueSeries(values, step, 24)
    return result.method === null ? result.unknown : 'known'
  }
  assert.equal(words(usual(30)), 'Only 30 hours were measured; it takes two days.')
  // What was not measured before a resource was there is no gap.
  assert.equal(words([...Array.from({ length: 600 }, () => Number.NaN), ...usual(72)]), 'known')
  assert.match(words(usual().map((value, hour) => (hour % 2 === 0 ? value : Number.NaN))), /third/)
  assert.equal(words([Number.NaN, Number.NaN]), 'Nothing was measured.')
  assert.match(words(usual(9), 86_400), /Only 9 days were measured; it takes two weeks/)
})
