import { createSorted } from './sorted.ts'
import type { Sorted } from './sorted.ts'
import { createTail } from './tail.ts'
import type { Tail } from './tail.ts'
import { evidenceNames } from './evidence.ts'

/** Values that are remembered as they were: two weeks of 5-minute values. */
export const historySize = 4096
/** What the usual level and spread are taken from: two weeks of hourly values. */
export const recentSize = 336
export const stepsSize = 512
export const daySlots = 288
/** Values whose mean is a level. */
export const levelWidth = 36

/**
 * What is known of a series, in units of its own: (value - origin) / unit, so that neither scale nor shift matter. What is
 * written down when it is stored is everything but `sorted`, `levels`, `recent` and `steps`, which follow from the history.
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
  /** The means of the last `levelWidth` values at all moments of the history but the latest ones, which overlap with that of now. */
  levels: Sorted
  recent: Sorted
  steps: Sorted
  low: number
  high: number
  /** Exponential mean of the last few values. */
  quick: number
  slots: number
  day: Float32Array
  dayCounts: Float32Array
  /** How far from what is usual values are: of each evidence, and from what is expected. */
  tails: Tail[]
  around: { timeOfDay: Tail; recentLevel: Tail }
}

export const createSeries = (options: { origin: number; unit: number; stepMs: number }): Series => ({
  ...options,
  count: 0,
  lastMs: Number.NEGATIVE_INFINITY,
  history: new Float32Array(2 * historySize),
  used: 0,
  sorted: createSorted(historySize),
  levels: createSorted(historySize),
  recent: createSorted(recentSize),
  steps: createSorted(stepsSize),
  low: Infinity,
  high: -Infinity,
  quick: 0,
  slots: Math.max(1, Math.min(daySlots, Math.round(86_400_000 / Math.max(options.stepMs, 300_000)))),
  day: new Float32Array(daySlots),
  dayCounts: new Float32Array(daySlots),
  tails: evidenceNames.map(() => createTail()),
  around: { timeOfDay: createTail(), recentLevel: createTail() },
})
