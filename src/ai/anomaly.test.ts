import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createDetector, detect, restoreDetector } from './anomaly.ts'
import type { Point } from './anomaly.ts'

const minute = 60_000
const start = Date.UTC(2026, 0, 5)

/** Repeatable noise from 0 to 1 (a linear congruential generator). */
const noise = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

/** CPU with a day's rhythm, every five minutes. */
const daily = (count: number, seed = 1): Point[] => {
  const random = noise(seed)
  return Array.from({ length: count }, (_, i) => ({
    ms: start + i * 5 * minute,
    value: 40 + 20 * Math.sin((2 * Math.PI * i) / 288) + 3 * (random() + random() + random() - 1.5),
  }))
}
const withSpike = (at: number, height: number): Point[] =>
  daily(2600).map((point, i) => (i >= at && i < at + 5 ? { ...point, value: point.value + height } : point))

describe('what is found', () => {
  test('a spike is found when it comes, explained, and said since when', () => {
    const verdicts = detect(withSpike(2000, 60))
    const first = verdicts.findIndex(({ isAnomaly }, i) => isAnomaly && i >= 1990)
    assert.ok(first === 2000 || first === 2001, `found at ${first}`)
    const { evidence = [], expected, sinceMs } = verdicts[first]!
    assert.equal(sinceMs, start + 2000 * 5 * minute)
    assert.ok(expected !== undefined && expected.high < 100 && expected.low > 0)
    assert.ok(evidence.length > 0)
    assert.ok(Math.abs(evidence.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9)
    assert.ok(evidence[0]!.oneIn > 100 && evidence[0]!.meaning.length > 5)
  })

  test('a drop to zero and a lasting shift are found', () => {
    const dropped = daily(2600).map((point, i) => (i >= 2100 ? { ...point, value: 0.5 } : point))
    assert.ok(detect(dropped).some(({ isAnomaly }, i) => isAnomaly && i >= 2100 && i < 2110))
    const shifted = daily(2600).map((point, i) => (i >= 2100 ? { ...point, value: point.value + 50 } : point))
    assert.ok(detect(shifted).some(({ isAnomaly }, i) => isAnomaly && i >= 2100 && i < 2110))
  })

  test('a quiet series raises at most one alert a day', () => {
    for (const seed of [2, 3, 4]) {
      const alertsOfDay = new Map<number, number>()
      let isIn = false
      for (const [i, { isAnomaly }] of detect(daily(288 * 14, seed)).entries()) {
        if (isAnomaly && !isIn) alertsOfDay.set(Math.floor(i / 288), (alertsOfDay.get(Math.floor(i / 288)) ?? 0) + 1)
        isIn = isAnomaly
      }
      // The first days are new by nature.
      const later = [...alertsOfDay].filter(([day]) => day >= 2)
      assert.ok(
        later.every(([, count]) => count <= 1),
        JSON.stringify(later),
      )
      assert.ok(later.length <= 4, JSON.stringify(later))
    }
  })

  test('what is far but has happened before has a score below an anomaly and above the usual', () => {
    const jagged = daily(4000).map((point, i) => ({ ...point, value: point.value + (i % 2 === 0 ? 1 : -1) }))
    const spiky = jagged.map((point, i) => (i >= 500 && i % 700 === 500 ? { ...point, value: 180 } : point))
    const verdicts = detect(spiky)
    const scores = [1200, 1900, 2600, 3300].map((at) => verdicts[at]!.score)
    assert.ok(verdicts[500]!.isAnomaly, 'the first one is new')
    assert.ok(
      scores.every((score) => score >= 0.25 && score < 0.5),
      JSON.stringify(scores),
    )
    assert.ok(verdicts[3300]!.evidence!.some(({ name }) => name === 'distance'))
    const usual = verdicts.filter(({ score }, i) => i > 1000 && i % 700 !== 500 && score >= 0.25)
    assert.ok(usual.length <= 10, `${usual.length} usual values have such a score`)
  })

  test('a level that was never held is found, though each of its values was there before', () => {
    // Noise between 20 and 80 whose mean over 36 values stays near 50, until it doesn't.
    const random = noise(3)
    const noisy = Array.from({ length: 3000 }, (_, i) => ({
      ms: start + i * 5 * minute,
      value: i < 2500 ? 20 + 60 * random() : 68 + 12 * random(),
    }))
    const verdicts = detect(noisy)
    const first = verdicts.findIndex(({ isAnomaly }, i) => isAnomaly && i >= 2490)
    assert.ok(first >= 2500 && first < 2536, `found at ${first}`)
    assert.ok(verdicts[first]!.evidence!.some(({ name }) => name === 'level' || name === 'hours'))
  })

  test('what recurs stops being news', () => {
    const spiky = daily(4000).map((point, i) => (i % 100 === 50 ? { ...point, value: 200 } : point))
    const found = detect(spiky).filter(({ isAnomaly }, i) => isAnomaly && i >= 2000)
    assert.ok(found.length <= 1, `${found.length} alerts for what recurs`)
  })
})

describe('promises of each verdict', () => {
  test('cutting off the future changes no past score', () => {
    const points = withSpike(2000, 60)
    const whole = detect(points).map(({ score }) => score)
    for (const length of [31, 33, 500, 1999, 2001, 2300]) {
      const scores = detect(points.slice(0, length)).map(({ score }) => score)
      assert.deepEqual(scores, whole.slice(0, length))
    }
  })

  test('neither scale nor shift changes what is found', () => {
    const points = withSpike(2000, 30)
    const found = (of: Point[]): number[] => detect(of).flatMap(({ isAnomaly }, i) => (isAnomaly ? [i] : []))
    const original = found(points)
    assert.ok(original.length > 0)
    for (const [scale, shift] of [
      [1024, 0],
      [1 / 4096, 0],
      [1, 4096],
      [64, -8192],
    ] as const) {
      assert.deepEqual(found(points.map(({ ms, value }) => ({ ms, value: value * scale + shift }))), original)
    }
  })

  test('stored and restored at any moment, it goes on as if nothing had been', () => {
    const points = [...withSpike(2000, 60), ...daily(9600, 9).slice(2600)]
    const whole = detect(points)
    for (const at of [0, 10, 32, 40, 600, 2001, 4096, 4097, 8192, 8193, 9000]) {
      const before = createDetector()
      for (const point of points.slice(0, at)) before.push(point)
      const after = restoreDetector(before.store())
      const next = points.slice(at, at + 400)
      assert.deepEqual(
        next.map((point) => after.push(point)),
        whole.slice(at, at + 400),
        `stored after ${at}`,
      )
      for (const point of next) before.push(point)
      assert.deepEqual(JSON.parse(after.store()), JSON.parse(before.store()), `stored after ${at}, and again`)
    }
  })

  test('what another version stored is learned anew from its values, without an alert, and goes on', () => {
    const points = withSpike(2000, 60)
    const before = createDetector()
    for (const point of points.slice(0, 1990)) before.push(point)
    const stored = JSON.parse(before.store())
    const { numbers, bar, floats } = stored.known
    const older = { ...stored, known: { numbers, bar, tails: [], floats: { history: floats.history } } }
    const after = restoreDetector(JSON.stringify(older))
    const verdicts = points.slice(1990, 2100).map((point) => after.push(point))
    assert.ok(verdicts.slice(0, 10).every(({ isAnomaly }) => !isAnomaly))
    assert.ok(verdicts.slice(10, 12).some(({ isAnomaly }) => isAnomaly))
    assert.equal(JSON.parse(after.store()).known.version, stored.known.version)
  })

  test('a stored series takes at most 64 kB, however long it is', () => {
    const random = noise(5)
    for (const step of [minute, 5 * minute, 60 * minute]) {
      const detector = createDetector()
      for (let i = 0; i < 10_000; i++) detector.push({ ms: start + i * step, value: 1e9 * random() })
      assert.ok(detector.store().length <= 65_536, `${detector.store().length}`)
    }
  })
})

describe('what is not as it should be', () => {
  test('what is not a number is missing: it is neither judged nor learned', () => {
    const points = withSpike(2000, 60)
    const holes = points.flatMap((point) => [{ ms: point.ms - 1, value: Number.NaN }, point])
    const verdicts = detect(holes)
    assert.ok(verdicts.every(({ status, score }, i) => i % 2 === 1 || (status === 'missing' && score === 0)))
    assert.deepEqual(
      verdicts.filter((_, i) => i % 2 === 1),
      detect(points),
    )
    assert.equal(createDetector().push({ ms: start, value: Infinity }).status, 'missing')
  })

  test('the same value of the same moment is not counted twice', () => {
    const points = withSpike(2000, 60)
    const twice = detect(points.flatMap((point) => [point, point]))
    assert.ok(twice.every(({ status }, i) => i % 2 === 0 || status === 'repeated'))
    assert.deepEqual(
      twice.filter((_, i) => i % 2 === 0),
      detect(points),
    )
  })

  test('a gap and a clock that jumps back leave the detector in order', () => {
    const points = daily(2600)
    const jumping = points.map((point, i) =>
      i < 1000 ? point : i < 1500 ? { ...point, ms: point.ms + 86_400_000 } : { ...point, ms: point.ms - 3_600_000 },
    )
    const verdicts = detect([...jumping, { ms: start + 3000 * 5 * minute, value: 500 }])
    assert.ok(verdicts.every(({ score }) => score >= 0 && score <= 1))
    assert.equal(verdicts.at(-1)!.isAnomaly, true)
  })

  test('a constant is never an anomaly, and the first change of it is', () => {
    const constant = Array.from({ length: 600 }, (_, i) => ({ ms: start + i * 5 * minute, value: 7 }))
    const verdicts = detect([...constant, { ms: start + 600 * 5 * minute, value: 9 }])
    assert.ok(verdicts.slice(0, 600).every(({ score }) => score === 0))
    assert.equal(verdicts[600]!.isAnomaly, true)
  })

  test('a counter is judged by its rate, and a restart of it is not a fall', () => {
    const rates = daily(2000).map(({ value }) => value)
    let total = 0
    const counted = rates.map((rate, i) => {
      total = i === 1500 ? rate * 300 : total + rate * 300
      return { ms: start + i * 5 * minute, value: total }
    })
    const verdicts = detect(counted, { kind: 'counter' })
    assert.equal(verdicts[0]!.status, 'learning')
    assert.equal(verdicts[1500]!.isAnomaly, false)
    const surged = counted.map((point, i) =>
      i >= 1800 ? { ...point, value: point.value + 300 * 500 * (i - 1799) } : point,
    )
    assert.ok(detect(surged, { kind: 'counter' }).some(({ isAnomaly }, i) => isAnomaly && i >= 1800 && i < 1805))
  })

  test('values of any size give scores from 0 to 1', () => {
    const random = noise(8)
    const wild = Array.from({ length: 800 }, (_, i) => ({
      ms: start + i * minute,
      value: (random() - 0.5) * 10 ** Math.floor(random() * 600 - 300),
    }))
    for (const { score } of detect([...wild, { ms: start + 900 * minute, value: Number.MAX_VALUE }])) {
      assert.ok(score >= 0 && score <= 1)
    }
  })
})
