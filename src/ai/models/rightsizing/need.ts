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
 * Our own need, for usage in percent of the present capacity: the median, a part of the way from it to the peaks, the spread, what the level rose by from
 * the first half to the second, how far the latest peaks stand out, and a reserve that grows with the square root of the peaks' height. A
 * headroom in percent of the peak is too much for what is busy and steady, and too little for what is nearly idle, whose next peak may be
 * many times the last one. The weights were chosen on the CPU usage of 400 virtual machines; docs/models.md says how, and how far to trust it.
 */
export const ownNeed = (usage: ArrayLike<number>): number => {
  const values = Array.from(usage).filter(Number.isFinite)
  const [middle, high, peak] = [50, 95, 99.5].map((percent) => percentile(sortedFinite(values), percent)) as [
    number,
    number,
    number,
  ]
  const half = values.length >> 1
  const medianOf = (some: readonly number[]): number => percentile(sortedFinite(some), 50)
  const rise = values.length < 2 ? 0 : Math.max(0, medianOf(values.slice(half)) - medianOf(values.slice(0, half)))
  const quarter = Math.floor(values.length / 4)
  const latestPeak = quarter === 0 ? high : percentile(sortedFinite(values.slice(-quarter)), 99.5)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  const height = peak - middle
  return (
    1.08 * middle +
    0.392 * height +
    1.334 * spread +
    1.516 * rise +
    0.147 * Math.max(0, latestPeak - high) +
    1.36 * Math.sqrt(height)
  )
}
