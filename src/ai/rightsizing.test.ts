import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  idleInstance,
  idleVolume,
  isFunctionJudged,
  lowUtilisation,
  ownNeed,
  recommendSize,
  ruleNeed,
} from './rightsizing.ts'
import type { Day, Size, Usage } from './rightsizing.ts'

const small: Size = { name: 'small', capacity: { cpu: 2, memory: 4 }, hourlyUsd: 0.1 }
const medium: Size = { name: 'medium', capacity: { cpu: 4, memory: 8 }, hourlyUsd: 0.2 }
const large: Size = { name: 'large', capacity: { cpu: 8, memory: 16 }, hourlyUsd: 0.4 }
const sizes = [large, small, medium]
const hour = 3600

/** Two weeks of hours at the same level. */
const steady = (percent: number, hours = 336): number[] => Array.from({ length: hours }, () => percent)
const recommend = (usage: Usage, more: Partial<Parameters<typeof recommendSize>[0]> = {}) =>
  recommendSize({ mode: 'compute-optimizer', present: medium, sizes, usage, stepSeconds: hour, ...more })

describe("Compute Optimizer's need", () => {
  test('a percentile lies in a straight line between its neighbours', () => {
    // 0, 10, ..., 100: P95 is half-way between 90 and 100; P90 is 90 itself.
    const usage = Array.from({ length: 11 }, (_, i) => i * 10)
    assert.equal(ruleNeed(usage, { percent: 95, headroomPercent: 0 }), 95)
    assert.equal(ruleNeed(usage, { percent: 90, headroomPercent: 0 }), 90)
    assert.ok(Math.abs(ruleNeed(usage, { percent: 90, headroomPercent: 30 }) - 117) < 1e-9)
    assert.ok(Number.isNaN(ruleNeed([], { percent: 90, headroomPercent: 30 })))
  })

  test('only the percentiles and headrooms that it knows are taken', () => {
    const usage = { cpu: steady(10), memory: steady(10) }
    const memory = { percent: 99.5, headroomPercent: 20 }
    for (const cpu of [
      { percent: 99, headroomPercent: 20 },
      { percent: 95, headroomPercent: 10 },
    ]) {
      assert.throws(() => recommend(usage, { rules: { cpu, memory } }), RangeError)
    }
    const cpu = { percent: 95, headroomPercent: 0 }
    assert.throws(() => recommend(usage, { rules: { cpu, memory: { percent: 99.5, headroomPercent: 0 } } }), RangeError)
    assert.equal(recommend(usage, { rules: { cpu, memory } }).finding, 'over_provisioned')
  })
})

describe('sizes', () => {
  test('capacity that is exactly the need is enough; a hair more is not', () => {
    // 40 % of 4 vCPUs and 20 % headroom are 1.92; small has 2. 12.5 / 0.3 = 41.67 % are exactly 2 vCPUs of need.
    const rules = { cpu: { percent: 99.5, headroomPercent: 0 }, memory: { percent: 99.5, headroomPercent: 20 } }
    const at = (cpu: number) => recommend({ cpu: steady(cpu), memory: steady(10) }, { rules })
    assert.deepEqual([at(50).finding, at(50).size?.name], ['over_provisioned', 'small'])
    assert.deepEqual([at(50.001).finding, at(50.001).size?.name], ['optimized', 'medium'])
    assert.deepEqual([at(100).finding, at(100).size?.name], ['optimized', 'medium'])
    const more = recommend({ cpu: steady(90), memory: steady(10) })
    assert.deepEqual(
      [more.finding, more.size?.name, more.needs.cpu?.toFixed(2)],
      ['under_provisioned', 'large', '4.32'],
    )
    assert.ok(Math.abs((more.hourlyDeltaUsd ?? 0) - 0.2) < 1e-12)
  })

  test('every dimension counts, also where CPU alone would do with less', () => {
    // 45 % of 8 GiB with 20 % headroom are 4.32 GiB: more than small has.
    assert.equal(recommend({ cpu: steady(5), memory: steady(45) }).finding, 'optimized')
    assert.equal(recommend({ cpu: steady(5), memory: steady(41) }).finding, 'over_provisioned')
    const network: Size = { ...medium, capacity: { ...medium.capacity, network: 10 } }
    const slow: Size = { ...small, capacity: { ...small.capacity, network: 5 } }
    const of = (percent: number) =>
      recommend({ cpu: steady(5), memory: steady(5), network: steady(percent) }, { present: network, sizes: [slow] })
    assert.equal(of(41).finding, 'over_provisioned')
    assert.equal(of(42).finding, 'optimized')
  })

  test('without a memory signal nothing smaller is ever recommended', () => {
    const without = recommend({ cpu: steady(1) })
    assert.deepEqual([without.finding, without.size], ['unknown', undefined])
    const dearButLess: Size = { name: 'compute', capacity: { cpu: 16, memory: 2 }, hourlyUsd: 0.25 }
    const more = recommend({ cpu: steady(95) }, { sizes: [dearButLess, large] })
    assert.deepEqual([more.finding, more.size?.name], ['under_provisioned', 'large'])
  })

  test('a dimension nobody measured never gets smaller', () => {
    const wide: Size = { ...medium, capacity: { ...medium.capacity, network: 10 } }
    const narrow: Size = { ...small, capacity: { ...small.capacity, network: 5 } }
    assert.equal(
      recommend({ cpu: steady(5), memory: steady(5) }, { present: wide, sizes: [narrow] }).finding,
      'optimized',
    )
  })

  test('30 hours of the look-back are needed: 29 are too few, 30 are enough, older ones do not count', () => {
    const of = (hours: number) => recommend({ cpu: steady(5, hours), memory: steady(5, hours) }).finding
    assert.deepEqual([of(29), of(30)], ['unknown', 'over_provisioned'])
    const holes = [...steady(5, 30), ...steady(Number.NaN, 306)]
    assert.equal(recommend({ cpu: holes, memory: holes }).finding, 'over_provisioned')
    const old = [...steady(5, 100), ...steady(Number.NaN, 336)]
    assert.equal(recommend({ cpu: old, memory: old }).finding, 'unknown')
    assert.equal(recommend({ cpu: old, memory: old }, { lookBackDays: 32 }).finding, 'over_provisioned')
    const busyLongAgo = [...steady(99, 300), ...steady(5, 336)]
    assert.equal(recommend({ cpu: busyLongAgo, memory: steady(5) }).finding, 'over_provisioned')
    assert.equal(recommend({ cpu: busyLongAgo, memory: steady(5) }, { lookBackDays: 32 }).finding, 'under_provisioned')
  })

  test('nothing big enough is said so, without a size', () => {
    const sizing = recommend({ cpu: steady(99), memory: steady(5) }, { sizes: [small] })
    assert.deepEqual([sizing.finding, sizing.size], ['under_provisioned', undefined])
  })

  test('a stopped instance is judged by what it needed while it ran, and not at all if nobody knows', () => {
    const ran = [...steady(5, 48), ...steady(Number.NaN, 288)]
    assert.equal(recommend({ cpu: ran, memory: ran }, { isStopped: true }).finding, 'over_provisioned')
    const sizing = recommend({ cpu: steady(Number.NaN), memory: steady(Number.NaN) }, { isStopped: true })
    assert.equal(sizing.finding, 'unknown')
    assert.match(sizing.because, /stopped/)
  })

  test('a burstable size fits up to its baseline on the average', () => {
    const burstable: Size = { name: 'burst', capacity: { cpu: 2, memory: 4 }, hourlyUsd: 0.04, baseline: 0.2 }
    const of = (percent: number) => recommend({ cpu: steady(percent), memory: steady(5) }, { sizes: [burstable] })
    // 20 % of 2 vCPUs are 10 % of 4.
    assert.equal(of(10).size?.name, 'burst')
    assert.equal(of(10.1).finding, 'optimized')
    const exhausted = recommend({ cpu: steady(5), memory: steady(5) }, { ranOutOfCredits: true })
    assert.deepEqual([exhausted.finding, exhausted.size], ['unknown', undefined])
    const over = recommend({ cpu: steady(30), memory: steady(5) }, { present: burstable, sizes: [medium] })
    assert.deepEqual([over.finding, over.size?.name], ['under_provisioned', 'medium'])
  })
})

describe('our own need', () => {
  test('a steady machine needs its level and little more; a restless one more than its peak', () => {
    for (const level of [1, 10, 60, 90]) {
      const need = ownNeed(steady(level))
      assert.ok(need > level && need < level * 1.05 + 2.5, `${need} for ${level}`)
    }
    const restless = Array.from({ length: 200 }, (_, i) => (i % 20 === 0 ? 20 : 2))
    assert.ok(ownNeed(restless) > 20)
  })

  test('what rises needs more than what falls', () => {
    const rising = Array.from({ length: 200 }, (_, i) => 10 + i / 10)
    assert.ok(ownNeed(rising) > ownNeed(rising.toReversed()) + 5)
  })

  test('what was not measured changes nothing; nothing measured is no need', () => {
    const usage = Array.from({ length: 100 }, (_, i) => (i * 7) % 50)
    assert.equal(ownNeed(usage.flatMap((value) => [Number.NaN, value])), ownNeed(usage))
    assert.ok(Number.isNaN(ownNeed([Number.NaN])))
  })
})

describe('idle', () => {
  const day = (more: Partial<Day> = {}): Day => ({ peakCpu: 4.9, meanCpu: 2, networkBytes: 4_999_999, ...more })
  const days = (count: number, of = day()): Day[] => Array.from({ length: count }, () => of)

  test('an instance is idle below 5 % and 5 MB on each of 14 days; at 5 % or 5 MB it is in use', () => {
    assert.equal(idleInstance(days(14)).status, 'idle')
    assert.equal(idleInstance(days(13)).status, 'unknown')
    assert.equal(idleInstance([...days(13), day({ peakCpu: 5 })]).status, 'in_use')
    assert.equal(idleInstance([...days(13), day({ networkBytes: 5_000_000 })]).status, 'in_use')
    assert.equal(idleInstance([...days(13), day({ peakCpu: Number.NaN })]).status, 'unknown')
    assert.equal(idleInstance([day({ peakCpu: 99 }), ...days(14)]).status, 'idle')
  })

  test('low utilisation is at most 10 % and 5 MB on 4 of 14 days', () => {
    const low = day({ meanCpu: 10, networkBytes: 5_000_000 })
    const busy = day({ meanCpu: 10.1 })
    assert.equal(lowUtilisation([...days(10, busy), ...days(4, low)]).status, 'idle')
    assert.equal(lowUtilisation([...days(11, busy), ...days(3, low)]).status, 'in_use')
    assert.equal(lowUtilisation([...days(10, busy), ...days(3, low)]).status, 'unknown')
    assert.equal(
      lowUtilisation([...days(10, busy), ...days(4, day({ meanCpu: 1, networkBytes: 5_000_001 }))]).status,
      'in_use',
    )
  })

  test('a volume is idle from 32 days on, a function is judged up to 1,792 MB and from 50 invocations on', () => {
    assert.deepEqual(
      [31.9, 32, undefined].map((unattached) => idleVolume(unattached).status),
      ['in_use', 'idle', 'unknown'],
    )
    assert.equal(isFunctionJudged({ memoryMb: 1792, invocationsIn14Days: 50 }), true)
    assert.equal(isFunctionJudged({ memoryMb: 1793, invocationsIn14Days: 50 }), false)
    assert.equal(isFunctionJudged({ memoryMb: 1792, invocationsIn14Days: 49 }), false)
  })
})
