import { createBar } from './alert.ts'
import type { Bar } from './alert.ts'
import { evidenceNames } from './evidence.ts'
import { meanUntil, observe } from './observe.ts'
import { createSeries, historySize, levelWidth, recentSize, stepsSize } from './series.ts'
import type { Series } from './series.ts'
import { createSorted } from './sorted.ts'
import { createTail, tailSize } from './tail.ts'
import type { Tail } from './tail.ts'

/** Of what is written; another one is learned anew from its history. */
const version = 2

/** A series as text, at most 64 kB: numbers as they are, arrays of 32-bit floats in base64. */
export type StoredSeries = {
  version?: number
  numbers: Record<string, number>
  bar: Bar
  tails: { count: number; added: number }[]
  floats: { history: string; day: string; dayCounts: string; bins: string }
}

const numberNames = ['origin', 'unit', 'stepMs', 'count', 'lastMs', 'low', 'high', 'quick'] as const

const tailsOf = ({ tails, around }: Series): Tail[] => [...tails, around.timeOfDay, around.recentLevel]

export const storeSeries = (series: Series, bar: Bar): StoredSeries => {
  const tails = tailsOf(series)
  const bins = new Float32Array(tails.length * tailSize)
  for (const [k, tail] of tails.entries()) bins.set(tail.bins, k * tailSize)
  const from = Math.max(0, series.used - historySize - 1)
  return {
    version,
    numbers: Object.fromEntries(numberNames.map((name) => [name, series[name]])),
    bar: { ...bar },
    tails: tails.map(({ count, added }) => ({ count, added })),
    floats: {
      // One more than the history, for the step before its first value.
      history: encode(series.history.subarray(from, series.used)),
      day: encode(series.day.subarray(0, series.slots)),
      dayCounts: encode(series.dayCounts.subarray(0, series.slots)),
      bins: encode(bins),
    },
  }
}

export const restoreSeries = (stored: StoredSeries): { series: Series; bar: Bar } => {
  if (stored.version !== version) return relearn(stored)
  const { numbers, floats } = stored
  const series = seriesOf(numbers)
  for (const name of numberNames) series[name] = numbers[name]!
  const past = decode(floats.history)
  series.history.set(past)
  series.used = past.length
  series.sorted = createSorted(historySize, past.subarray(-historySize))
  const levels: number[] = []
  const first = Math.max(0, past.length - historySize)
  for (let end = first + levelWidth - 1; end < past.length - levelWidth; end++) levels.push(meanUntil(past, end))
  series.levels = createSorted(historySize, Float32Array.from(levels))
  series.recent = createSorted(recentSize, past.subarray(-recentSize))
  const steps = Float32Array.from(past.subarray(1), (value, i) => Math.abs(Math.fround(value - past[i]!)))
  series.steps = createSorted(stepsSize, steps.subarray(-stepsSize))
  series.day.set(decode(floats.day))
  series.dayCounts.set(decode(floats.dayCounts))
  const bins = decode(floats.bins)
  const tails = stored.tails.map(({ count, added }, k) => ({
    ...createTail(bins.slice(k * tailSize, (k + 1) * tailSize)),
    count,
    added,
  }))
  series.tails = tails.slice(0, evidenceNames.length)
  const [timeOfDay, recentLevel] = tails.slice(evidenceNames.length)
  series.around = { timeOfDay: timeOfDay!, recentLevel: recentLevel! }
  return { series, bar: { ...createBar(), ...stored.bar } }
}

/** What an earlier version knew was measured otherwise; the values themselves are the same. */
const relearn = ({ numbers, floats }: StoredSeries): { series: Series; bar: Bar } => {
  const series = seriesOf(numbers)
  const past = decode(floats.history)
  for (const [i, value] of past.entries()) {
    const ms = numbers['lastMs']! - (past.length - 1 - i) * series.stepMs
    observe(series, ms, series.origin + series.unit * value)
  }
  return { series, bar: createBar() }
}

const seriesOf = (numbers: StoredSeries['numbers']): Series =>
  createSeries({ origin: numbers['origin']!, unit: numbers['unit']!, stepMs: numbers['stepMs']! })

const encode = (floats: Float32Array): string =>
  Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength).toString('base64')

const decode = (text: string): Float32Array => {
  const bytes = Buffer.from(text, 'base64')
  return new Float32Array(new Uint8Array(bytes).buffer)
}
