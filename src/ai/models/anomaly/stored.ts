import { createBar } from './alert.ts'
import type { Bar } from './alert.ts'
import { createSeries, historySize, recentSize, stepsSize } from './series.ts'
import type { Series } from './series.ts'
import { createSorted } from './sorted.ts'
import { createTail, tailSize } from './tail.ts'

/** A series as text, at most 64 kB: numbers as they are, arrays of 32-bit floats in base64. */
export type StoredSeries = {
  numbers: Record<string, number>
  sums: Series['sums']
  bar: Bar
  tails: { count: number; added: number; usual: number }[]
  floats: { history: string; day: string; dayCounts: string; week: string; weekCounts: string; bins: string }
}

const numberNames = [
  'origin',
  'unit',
  'stepMs',
  'count',
  'lastMs',
  'low',
  'high',
  'quick',
  'slow',
  'spread',
  'dayShift',
  'unchanged',
] as const

export const storeSeries = (series: Series, bar: Bar): StoredSeries => {
  const bins = new Float32Array(series.tails.length * tailSize)
  for (const [k, tail] of series.tails.entries()) bins.set(tail.bins, k * tailSize)
  const from = Math.max(0, series.used - historySize - 1)
  return {
    numbers: Object.fromEntries(numberNames.map((name) => [name, series[name]])),
    sums: { ...series.sums },
    bar: { ...bar },
    tails: series.tails.map(({ count, added, usual }) => ({ count, added, usual })),
    floats: {
      // One more than the history, for the step before its first value.
      history: encode(series.history.subarray(from, series.used)),
      day: encode(series.day.subarray(0, series.slots)),
      dayCounts: encode(series.dayCounts.subarray(0, series.slots)),
      week: encode(series.week),
      weekCounts: encode(series.weekCounts),
      bins: encode(bins),
    },
  }
}

export const restoreSeries = (stored: StoredSeries): { series: Series; bar: Bar } => {
  const { numbers, floats } = stored
  const series = createSeries({ origin: numbers['origin']!, unit: numbers['unit']!, stepMs: numbers['stepMs']! })
  for (const name of numberNames) series[name] = numbers[name]!
  series.sums = { ...stored.sums }
  const past = decode(floats.history)
  series.history.set(past)
  series.used = past.length
  series.sorted = createSorted(historySize, past.subarray(-historySize))
  series.recent = createSorted(recentSize, past.subarray(-recentSize))
  const steps = Float32Array.from(past.subarray(1), (value, i) => Math.abs(Math.fround(value - past[i]!)))
  series.steps = createSorted(stepsSize, steps.subarray(-stepsSize))
  series.day.set(decode(floats.day))
  series.dayCounts.set(decode(floats.dayCounts))
  series.week.set(decode(floats.week))
  series.weekCounts.set(decode(floats.weekCounts))
  const bins = decode(floats.bins)
  series.tails = stored.tails.map(({ count, added, usual }, k) => ({
    ...createTail(bins.slice(k * tailSize, (k + 1) * tailSize)),
    count,
    added,
    usual,
  }))
  return { series, bar: { ...createBar(), ...stored.bar } }
}

const encode = (floats: Float32Array): string =>
  Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength).toString('base64')

const decode = (text: string): Float32Array => {
  const bytes = Buffer.from(text, 'base64')
  return new Float32Array(new Uint8Array(bytes).buffer)
}
