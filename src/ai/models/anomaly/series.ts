import { createSorted } from './sorted.ts'
import type { Sorted } from './sorted.ts'
import { createTail } from './tail.ts'
import type { Tail } from './tail.ts'
import { tailCount } from './evidence.ts'

/** Values that are remembered as they were: two weeks of 5-minute values. */
export const historySize = 4096
export const recentSize = 1024
export const stepsSize = 512
export const daySlots = 288
export const weekSlots = 168

/**
 * What is known of a series, in units of its own: (value - origin) / unit, so that neither scale nor shift matter. What is
 * written down when it is stored is everything but `sorted`, `recent` and `steps`, which follow from the history.
 */
export type Series = {
  origin: number
  unit: number
  /** Usual time between values. */
  stepMs: number
  /** Values that were taken in. */
  count: number
  lastMs: number
  /** The latest values, up to twice the history so that it is seldom moved; the last `used`, at most `historySize`, count. */
  history: Float32Array
  used: number
  sorted: Sorted
  recent: Sorted
  steps: Sorted
  low: number
  high: number
  /** Exponential means of the value, quick and slow, of the spread and of the residual against the time of day. */
  quick: number
  slow: number
  spread: number
  dayShift: number
  sums: { last12: number; last72: number; last144: number; last288: number }
  unchanged: number
  slots: number
  day: Float32Array
  dayCounts: Float32Array
  week: Float32Array
  weekCounts: Float32Array
  tails: Tail[]
}

export const createSeries = (options: { origin: number; unit: number; stepMs: number }): Series => ({
  ...options,
  count: 0,
  lastMs: Number.NEGATIVE_INFINITY,
  history: new Float32Array(2 * historySize),
  used: 0,
  sorted: createSorted(historySize),
  recent: createSorted(recentSize),
  steps: createSorted(stepsSize),
  low: Infinity,
  high: -Infinity,
  quick: 0,
  slow: 0,
  spread: 0,
  dayShift: 0,
  sums: { last12: 0, last72: 0, last144: 0, last288: 0 },
  unchanged: 0,
  slots: Math.max(1, Math.min(daySlots, Math.round(86_400_000 / Math.max(options.stepMs, 300_000)))),
  day: new Float32Array(daySlots),
  dayCounts: new Float32Array(daySlots),
  week: new Float32Array(weekSlots),
  weekCounts: new Float32Array(weekSlots),
  tails: Array.from({ length: tailCount }, () => createTail()),
})
