import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dearerOf } from './drivers.ts'
import { everyDay, judgeCosts } from './judge-costs.ts'

const dayMs = 86_400_000
const first = Date.UTC(2026, 8, 1)
/** Ninety days from a Tuesday on, of about so much, a fifth less at weekends, with repeatable noise of 4 %. */
const usual = (usd: number): { atMs: number; usd: number }[] => {
  let state = 11
  return Array.from({ length: 90 }, (_, n) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return {
      atMs: first + n * dayMs,
      usd: usd * (n % 7 === 4 || n % 7 === 5 ? 0.8 : 1) * (0.96 + (0.08 * state) / 2 ** 32),
    }
  })
}
const changed = (days: readonly { atMs: number; usd: number }[], from: number, to: number, factor: number) =>
  days.map((day, n) => (n >= from && n <= to ? { ...day, usd: day.usd * factor } : day))

test('what costs three times as much is found on its first day, and is one rise as long as it lasts', () => {
  const rises = judgeCosts(changed(usual(50), 80, 84, 3))
  assert.equal(rises.length, 1)
  const [{ beganMs, lastMs, usd, expected, evidence } = assert.fail('none')] = rises
  assert.deepEqual([beganMs, lastMs], [first + 80 * dayMs, first + 84 * dayMs])
  assert.ok(usd > 100 && expected.low >= 0 && expected.high < 100, `${usd} where up to ${expected.high}`)
  assert.ok(evidence.length > 0)
})

test('nothing is found in what is as always, in what gets cheaper, and in cents', () => {
  assert.deepEqual(judgeCosts(usual(50)), [])
  assert.deepEqual(judgeCosts(changed(usual(50), 80, 89, 0.2)), [])
  assert.deepEqual(judgeCosts(changed(usual(0.2), 80, 84, 3)), [], '40 cents more')
})

test('a service that nobody used before is found by its first cost', () => {
  const days = everyDay([{ day: '2026-11-20', usd: 40 }], '2026-09-01', '2026-11-21')
  const [rise] = judgeCosts(days)
  assert.equal(rise?.beganMs, Date.UTC(2026, 10, 20))
  assert.equal(rise?.lastMs, Date.UTC(2026, 10, 20))
})

test('what ran away before is no excuse, and what stays is how it is after two weeks', () => {
  const twice = judgeCosts(changed(changed(usual(50), 60, 63, 3), 80, 84, 3))
  assert.deepEqual(
    twice.map(({ beganMs, lastMs }) => [(beganMs - first) / dayMs, (lastMs - first) / dayMs]),
    [
      [60, 63],
      [80, 84],
    ],
  )
  const stays = judgeCosts(changed(usual(50), 50, 89, 2))
  assert.deepEqual(
    stays.map(({ beganMs, lastMs }) => [(beganMs - first) / dayMs, (lastMs - first) / dayMs]),
    [[50, 63]],
  )
})

test('two weeks have to be known, and weekends are held against weekends', () => {
  const rises = (day: number, factor: number) => judgeCosts(changed(usual(50), day, day, factor)).length
  assert.deepEqual([rises(13, 3), rises(14, 3)], [0, 1])
  // Saturday, 21 November: about 52 dollars, as much as on any other day, and a third more than on Saturdays.
  assert.equal(new Date(first + 81 * dayMs).getUTCDay(), 6)
  assert.equal(rises(81, 1.3), 1)
  assert.equal(rises(82 + 2, 1), 0)
})

test('what is judged again with a day more says the same of the days before', () => {
  const all = changed(usual(50), 80, 84, 3)
  const [earlier] = judgeCosts(all.slice(0, 83))
  const [later] = judgeCosts(all)
  assert.deepEqual([earlier?.beganMs, earlier?.evidence], [later?.beganMs, later?.evidence])
  assert.equal(earlier?.lastMs, first + 82 * dayMs)
})

test('what makes up for a rise is what cost more than before, most first', () => {
  const fromMs = Date.UTC(2026, 10, 1)
  const on = (...costs: [day: number, usd: number][]) =>
    new Map(costs.map(([day, usd]) => [`2026-11-${String(day).padStart(2, '0')}`, usd]))
  const days = [
    // Two a day before, 32 on the dearest one.
    { resource: 'loops', usd: on([1, 2], [2, 2], [3, 2], [4, 2], [5, 32]) },
    { resource: 'new', usd: on([5, 8]) },
    { resource: 'as ever', usd: on([1, 20], [2, 20], [3, 20], [4, 20], [5, 20]) },
    { resource: 'a little', usd: on([5, 1]) },
  ]
  const rise = {
    beganMs: Date.UTC(2026, 10, 5),
    atMs: Date.UTC(2026, 10, 5),
    usd: 61,
    expected: { value: 22, low: 20, high: 24 },
  }
  assert.deepEqual(dearerOf(days, rise, fromMs), [
    { resource: 'loops', usd: 32, beforeUsd: 2 },
    { resource: 'new', usd: 8, beforeUsd: 0 },
  ])
})
