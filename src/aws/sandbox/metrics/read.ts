import { minuteMs } from './load.ts'
import type { Measure } from './measure.ts'

/** Most minutes of a period that are looked at: an hour's average of a smooth curve needs no sixty. */
const mostSamples = 5
const dayMs = 86_400_000

export type Datapoint = { atMs: number; value: number }
export type ReadQuery = { fromMs: number; toMs: number; periodSeconds: number; statistic: string }

/** Datapoints of a metric: one for each period in [from, to) with data, oldest first. */
export const datapoints = (measure: Measure, query: ReadQuery): Datapoint[] => {
  const periodMs = query.periodSeconds * 1000
  const samples = Math.min(mostSamples, Math.max(1, query.periodSeconds / 60))
  const points: Datapoint[] = []
  for (let atMs = Math.ceil(query.fromMs / periodMs) * periodMs; atMs < query.toMs; atMs += periodMs) {
    const values: number[] = []
    let looked = 0
    for (let sample = 0; sample < samples; sample++) {
      const sampleMs = atMs + Math.floor((sample * periodMs) / samples / minuteMs) * minuteMs
      if (sampleMs >= query.toMs) continue
      looked++
      const value = measure(sampleMs)
      if (value !== undefined) values.push(value)
    }
    const minutes = (query.periodSeconds / 60) * (looked === 0 ? 0 : values.length / samples)
    if (values.length > 0) points.push({ atMs, value: aggregate(values, query.statistic, minutes) })
  }
  return points
}

/** Of a metric that is sent once a day, with the time of the day that it is about; it comes half a day after that day's end. */
export const dailyDatapoints = (measure: Measure, query: ReadQuery, nowMs: number): Datapoint[] => {
  const points: Datapoint[] = []
  const lastMs = Math.min(query.toMs, nowMs - 1.5 * dayMs)
  for (let atMs = Math.ceil(query.fromMs / dayMs) * dayMs; atMs < lastMs; atMs += dayMs) {
    const value = measure(atMs)
    const periodMs = query.periodSeconds * 1000
    if (value !== undefined) points.push({ atMs: Math.floor(atMs / periodMs) * periodMs, value })
  }
  return points
}

/** Values are of a minute each; a sum covers all minutes of the period in which there was data. */
const aggregate = (values: readonly number[], statistic: string, minutes: number): number => {
  const average = values.reduce((sum, value) => sum + value, 0) / values.length
  const percent = /^p(\d{1,2}(?:\.\d+)?)$/.exec(statistic)?.[1]
  if (percent !== undefined) {
    const sorted = values.toSorted((a, b) => a - b)
    // The rank is within the list.
    return sorted[Math.min(sorted.length - 1, Math.floor((Number(percent) / 100) * sorted.length))]!
  }
  switch (statistic) {
    case 'Sum':
      return average * minutes
    case 'Maximum':
      return Math.max(...values)
    case 'Minimum':
      return Math.min(...values)
    case 'SampleCount':
      return Math.round(minutes)
    default:
      return average
  }
}
