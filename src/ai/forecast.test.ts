import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { forecast, stepsUntil } from './forecast.ts'

/** Repeatable noise (a linear congruential generator). */
const noise = (seed: number): (() => number) => {
  let state = seed
  const uniform = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32 - 0.5
  }
  // About normal, with a standard deviation of 0.5.
  return () => uniform() + uniform() + uniform()
}
const hourly = (count: number, seed = 1, roughness = 4): number[] => {
  const random = noise(seed)
  return Array.from(
    { length: count },
    (_, t) =>
      100 + 30 * Math.sin((2 * Math.PI * t) / 24) + 10 * Math.cos((2 * Math.PI * t) / 168) + roughness * random(),
  )
}
const known = (result: ReturnType<typeof forecast>) => {
  assert.equal(result.status, 'known')
  if (result.status !== 'known') throw new Error('not known')
  return result
}
const ahead = (values: number[], horizon = 48) => known(forecast({ values, stepSeconds: 3600, horizon }))

describe('forecast', () => {
  test('a rhythm of days and weeks goes on', () => {
    const all = hourly(900)
    const { points, because } = ahead(all.slice(0, 852))
    const error = points.reduce((sum, { value }, i) => sum + Math.abs(value - all[852 + i]!), 0) / 48
    // The noise alone has a mean of 4 x 0.4.
    assert.ok(error < 2.4, `mean error ${error}`)
    assert.deepEqual(because.seasons, [24, 168])
    assert.ok(because.errorAgainstNaive !== undefined && because.errorAgainstNaive < 1)
    assert.ok(because.members.length >= 6)
  })

  test('95 % intervals hold about 95 % of what comes', () => {
    let inside = 0
    for (let seed = 1; seed <= 20; seed++) {
      const all = hourly(748, seed, 20)
      inside += ahead(all.slice(0, 700)).points.filter(
        ({ low, high }, i) => low <= all[700 + i]! && all[700 + i]! <= high,
      ).length
    }
    const coverage = inside / (20 * 48)
    assert.ok(coverage >= 0.9 && coverage <= 0.995, `${coverage}`)
  })

  test('two days are enough, and the interval is wider than with weeks', () => {
    const all = hourly(800, 3, 10)
    const width = (values: number[]): number =>
      ahead(values).points.reduce((sum, { low, high }) => sum + high - low, 0) / 48
    assert.ok(width(all.slice(-48)) > 1.2 * width(all))
    assert.deepEqual(forecast({ values: all.slice(-47), stepSeconds: 3600, horizon: 48 }), {
      status: 'unknown',
      reason: 'too_short',
    })
  })

  test('steps that fit no day and histories full of holes are not known', () => {
    const values = hourly(400)
    assert.deepEqual(forecast({ values, stepSeconds: 7 * 86_400, horizon: 4 }), {
      status: 'unknown',
      reason: 'no_season',
    })
    const holes = values.map((value, i) => (i % 5 < 2 ? Number.NaN : value))
    assert.deepEqual(forecast({ values: holes, stepSeconds: 3600, horizon: 4 }), {
      status: 'unknown',
      reason: 'too_many_gaps',
    })
  })

  test('single holes are filled and counted', () => {
    const values = hourly(600)
    const plain = ahead(values).points
    const holed = ahead(values.map((value, i) => (i % 50 === 7 || (i >= 300 && i < 310) ? Number.NaN : value)))
    assert.equal(holed.because.filled, 12 + 10 - 1)
    const largest = Math.max(...holed.points.map(({ value }, i) => Math.abs(value - plain[i]!.value)))
    assert.ok(largest < 8, `${largest}`)
  })

  test('what was never negative is not forecast negative; a constant stays', () => {
    const bursts = hourly(600).map((value, i) => (i % 24 === 3 ? value : 0))
    for (const { low, value } of ahead(bursts).points) assert.ok(low >= 0 && value >= 0)
    for (const { low, value, high } of ahead(Array.from({ length: 100 }, () => 5)).points) {
      assert.deepEqual([low, value, high], [5, 5, 5])
    }
  })

  test('scale and unit go through', () => {
    const values = hourly(600)
    const small = ahead(values).points
    for (const [i, { value, low, high }] of ahead(values.map((v) => v * 1024)).points.entries()) {
      for (const [large, one] of [
        [value, small[i]!.value],
        [low, small[i]!.low],
        [high, small[i]!.high],
      ] as const) {
        assert.ok(Math.abs(large / 1024 - one) < 1e-3 * Math.abs(one))
      }
    }
  })

  test('daily values have weeks; five-minute values have days', () => {
    const days = Array.from({ length: 120 }, (_, t) => 50 + (t % 7 >= 5 ? -20 : 0) + (t % 3))
    const week = known(forecast({ values: days, stepSeconds: 86_400, horizon: 14 }))
    assert.deepEqual(week.because.seasons, [7])
    const weekend = week.points.findIndex((_, i) => (120 + i) % 7 === 5)
    assert.ok(week.points[weekend]!.value < 42)
    const minutes = Array.from({ length: 900 }, (_, t) => 50 + 20 * Math.sin((2 * Math.PI * t) / 288))
    const fine = known(forecast({ values: minutes, stepSeconds: 300, horizon: 288 }))
    for (const [i, { value }] of fine.points.entries()) {
      assert.ok(Math.abs(value - (50 + 20 * Math.sin((2 * Math.PI * (900 + i)) / 288))) < 2)
    }
  })

  test('a horizon that is none is refused', () => {
    for (const horizon of [0, 1.5, 20_000, Number.NaN]) {
      assert.throws(() => forecast({ values: hourly(100), stepSeconds: 3600, horizon }), RangeError)
    }
  })
})

test('stepsUntil says when a limit is reached, at the earliest, as expected and at the latest', () => {
  const points = [10, 20, 30, 40].map((value) => ({ value, low: value - 10, high: value + 10 }))
  assert.deepEqual(stepsUntil(points, 30), { earliest: 2, expected: 3, latest: 4 })
  assert.deepEqual(stepsUntil(points, 45), { earliest: 4, expected: undefined, latest: undefined })
})
