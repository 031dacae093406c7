import {
  cpuHeadrooms,
  cpuPercentiles,
  defaultRules,
  memoryHeadrooms,
  ownNeed,
  ruleNeed,
} from './models/rightsizing/need.ts'
import type { Rule } from './models/rightsizing/need.ts'

export { idleInstance, idleVolume, isFunctionJudged, lowUtilisation } from './models/rightsizing/idle.ts'
export type { Day, Idleness } from './models/rightsizing/idle.ts'
export { ownNeed, ruleNeed } from './models/rightsizing/need.ts'
export type { Rule } from './models/rightsizing/need.ts'

/** Each in whatever unit, the same for all sizes: vCPUs, GiB, Gbit/s. */
export type Capacity = { cpu: number; memory: number; network?: number; disk?: number }
export type Dimension = keyof Capacity

export type Size = {
  name: string
  capacity: Capacity
  hourlyUsd: number
  /** Burstable sizes: the share of the CPU that the credits last for without end. */
  baseline?: number
}

/** Usage in percent of the present size's capacity, equally spaced; NaN where nothing was measured. */
export type Usage = Partial<Record<Dimension, ArrayLike<number>>>

export type Mode = 'own' | 'compute-optimizer'
export type LookBackDays = 14 | 32 | 93

export type Sizing = {
  /** `unknown` comes with no size: without a signal nothing is recommended, least of all a smaller size. */
  finding: 'over_provisioned' | 'under_provisioned' | 'optimized' | 'unknown'
  because: string
  /** What is needed of each dimension that was measured, in the unit of the capacities. */
  needs: Partial<Record<Dimension, number>>
  /** The cheapest size that meets all needs; the present one where that is it. */
  size?: Size
  /** Negative if it is cheaper. */
  hourlyDeltaUsd?: number
}

const fewestHours = 30

/**
 * The cheapest size whose capacity meets the need of every dimension. `compute-optimizer` takes the need by AWS Compute Optimizer's
 * rule, `own` by ours. CPU and memory must both have been measured for at least 30 hours of the look-back; network
 * and disk count where they were. A burstable size fits only if the mean CPU stays below its baseline, and where the present
 * one has run out of credits, its CPU usage says nothing about the demand.
 */
export const recommendSize = (options: {
  mode: Mode
  present: Size
  /** Those to choose from; the present one is always among them. */
  sizes: readonly Size[]
  usage: Usage
  stepSeconds: number
  lookBackDays?: LookBackDays
  rules?: { cpu: Rule; memory: Rule }
  /** A burstable instance that had no credits left at some time of the look-back. */
  ranOutOfCredits?: boolean
  /** Stopped now: it costs no CPU, and what it needs is what it needed while it ran. */
  isStopped?: boolean
}): Sizing => {
  const { mode, present, usage, stepSeconds } = options
  const rules = options.rules ?? defaultRules
  assertRules(rules)
  const samples = ((options.lookBackDays ?? 14) * 86_400) / stepSeconds
  const needs: Partial<Record<Dimension, number>> = {}
  let meanCpu = 0
  for (const dimension of ['cpu', 'memory', 'network', 'disk'] as const) {
    const capacity = present.capacity[dimension]
    const all = usage[dimension]
    if (capacity === undefined || all === undefined) continue
    const values = Array.from(all).slice(-samples).filter(Number.isFinite)
    if (values.length * stepSeconds < fewestHours * 3600) continue
    const rule = dimension === 'cpu' ? rules.cpu : dimension === 'memory' ? rules.memory : defaultRules.cpu
    const percent = mode === 'own' ? ownNeed(values) : ruleNeed(values, rule)
    needs[dimension] = (percent / 100) * capacity
    if (dimension === 'cpu')
      meanCpu = ((values.reduce((sum, value) => sum + value, 0) / values.length) * capacity) / 100
  }
  const unknown = (because: string): Sizing => ({ finding: 'unknown', because, needs })
  const measured = options.isStopped === true ? ' while it ran; it is stopped now' : ''
  if (needs.cpu === undefined) return unknown(`less than ${fewestHours} hours of CPU usage${measured}`)
  if (options.ranOutOfCredits === true) {
    return unknown('it ran out of CPU credits, so its usage was what it was given, not what it needed')
  }

  const unmet = unmetOf(present, needs, meanCpu)
  const fitting = [present, ...options.sizes.filter(({ name }) => name !== present.name)]
    .filter((size) => unmetOf(size, needs, meanCpu).length === 0)
    .sort((a, b) => a.hourlyUsd - b.hourlyUsd)
  const cheapest = fitting[0]
  const withSize = (finding: Sizing['finding'], because: string, size: Size): Sizing => ({
    finding,
    because,
    needs,
    size,
    hourlyDeltaUsd: size.hourlyUsd - present.hourlyUsd,
  })
  if (unmet.length > 0) {
    const because = `more ${unmet.join(' and ')} is needed than it has`
    // A size that is smaller in a dimension nobody measured is no answer to a lack of another.
    const safe = fitting.find((size) => !isSmallerWhereUnmeasured(size, present, needs))
    return safe === undefined
      ? { finding: 'under_provisioned', because: `${because}, and no size at hand has it`, needs }
      : withSize('under_provisioned', because, safe)
  }
  if (needs.memory === undefined)
    return unknown(`no memory signal of ${fewestHours} hours, so no smaller size can be called safe`)
  const safe = fitting.find((size) => !isSmallerWhereUnmeasured(size, present, needs)) ?? cheapest
  return safe === undefined || safe.hourlyUsd >= present.hourlyUsd
    ? withSize('optimized', 'no cheaper size meets its needs', present)
    : withSize('over_provisioned', 'a cheaper size meets all its needs', safe)
}

const unmetOf = (size: Size, needs: Partial<Record<Dimension, number>>, meanCpu: number): string[] => [
  ...Object.entries(needs)
    .filter(([dimension, need]) => (size.capacity[dimension as Dimension] ?? Infinity) < need)
    .map(([dimension]) => dimension),
  ...(size.baseline !== undefined && meanCpu > size.baseline * size.capacity.cpu ? ['lasting CPU'] : []),
]

const isSmallerWhereUnmeasured = (size: Size, present: Size, needs: Partial<Record<Dimension, number>>): boolean =>
  (Object.keys(present.capacity) as Dimension[]).some(
    (dimension) =>
      needs[dimension] === undefined && (size.capacity[dimension] ?? Infinity) < (present.capacity[dimension] ?? 0),
  )

const assertRules = ({ cpu, memory }: { cpu: Rule; memory: Rule }): void => {
  const isOf = (choices: readonly number[], value: number): boolean => choices.includes(value)
  if (!isOf(cpuPercentiles, cpu.percent) || !isOf(cpuHeadrooms, cpu.headroomPercent)) {
    throw new RangeError(
      `CPU is judged at P90, P95 or P99.5 with 30, 20 or 0 % headroom, not at P${cpu.percent} with ${cpu.headroomPercent} %.`,
    )
  }
  if (memory.percent !== 99.5 || !isOf(memoryHeadrooms, memory.headroomPercent)) {
    throw new RangeError(
      `Memory is judged at P99.5 with 30, 20 or 10 % headroom, not at P${memory.percent} with ${memory.headroomPercent} %.`,
    )
  }
}
