import { percentile, sortedFinite } from './percentile.ts'

/** AWS Compute Optimizer's choices (https://docs.aws.amazon.com/compute-optimizer/latest/ug/rightsizing-preferences.html). */
export const cpuPercentiles = [90, 95, 99.5] as const
export const cpuHeadrooms = [30, 20, 0] as const
export const memoryHeadrooms = [30, 20, 10] as const

export type Rule = { percent: number; headroomPercent: number }

export const defaultRules = {
  cpu: { percent: 99.5, headroomPercent: 20 },
  memory: { percent: 99.5, headroomPercent: 20 },
} as const

/** Compute Optimizer's need: percentile x (1 + headroom), in the unit of the values. NaN for none. */
export const ruleNeed = (usage: ArrayLike<number>, { percent, headroomPercent }: Rule): number =>
  percentile(sortedFinite(usage), percent) * (1 + headroomPercent / 100)

/**
 * Our own need, for usage in percent of the present capacity: a reserve, the median and its growth from the first half to the second, a part of the
 * way from it to the peaks, how far the last hour stands above it, the spread, and a reserve that grows with the square roots of height and spread.
 * A headroom in percent of the peak is too much for what is busy and steady, and too little for what is nearly idle, whose next peak may be
 * many times the last one. The weights were chosen on the CPU usage of 400 virtual machines; docs/models.md says how, and how far to trust it.
 */
export const ownNeed = (usage: ArrayLike<number>): number => {
  const values = Array.from(usage).filter(Number.isFinite)
  if (values.length === 0) return Number.NaN
  const at = (some: readonly number[], percent: number): number => percentile(sortedFinite(some), percent)
  const [middle, peak, most] = [at(values, 50), at(values, 99.5), at(values, 100)]
  const half = values.length >> 1
  // A single value has no first half.
  const [earlier, later] = half === 0 ? [values, values] : [values.slice(0, half), values.slice(half)]
  const shift = at(later, 50) - at(earlier, 50)
  const peaksRose = Math.max(0, at(later, 95) - at(earlier, 95))
  const steps = values.slice(1).map((value, index) => Math.abs(value - values[index]!)) // the one before it is there
  const leaps = steps.length === 0 ? 0 : at(steps, 99)
  const mean = meanOf(values)
  const spread = Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)))
  const height = peak - middle
  return (
    2.5 +
    1.051 * middle -
    0.375 * Math.sqrt(Math.max(0, middle)) +
    1.387 * Math.max(0, shift) -
    0.173 * Math.abs(shift) -
    0.676 * peaksRose +
    0.665 * (meanOf(values.slice(-latest)) - middle) +
    0.32 * height +
    1.368 * Math.sqrt(height) +
    0.185 * (most - peak) +
    0.069 * leaps +
    1.274 * spread +
    0.387 * Math.sqrt(spread)
  )
}

/** Values that count as the latest: an hour of five minutes each. */
const latest = 12

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
