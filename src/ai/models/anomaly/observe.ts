import { evidenceNames } from './evidence.ts'
import { noveltyForTime } from './neighbours.ts'
import { historySize, levelWidth, recentSize, stepsSize } from './series.ts'
import type { Series } from './series.ts'
import { insert, nearest, quantile, remove } from './sorted.ts'
import { learn, surprise } from './tail.ts'

const dayMs = 86_400_000
/** Nothing counts for more: about one in 10^13. */
const most = 30
/** Most values are within the range, so that the first one beyond it would count for more than all else. */
const mostOfRange = 6
/** Values that have to look like an earlier day. */
const hoursWidth = 24
/** In units; so that squares stay finite. */
const farthest = 1e18
/** Before there are this many values nothing is usual or unusual. */
const fewest = 8
const fewestForDistance = 24

/** What was to be expected: the slot of the day if it is known, else the recent level. */
export type Expected = { value: number; from: keyof Series['around'] }

/** What speaks against a value: the surprises in the order of `evidenceNames`, and how far it is by a measure that gets used to nothing. */
export type Observed = { surprises: Float64Array; distance: number; expected: Expected }

/**
 * Takes in one value and says how much each evidence speaks against it: -ln of the probability under the series' own past. The value is judged
 * before it is learned, so no score ever depends on what comes after it.
 */
export const observe = (series: Series, ms: number, raw: number): Observed => {
  const value = Math.fround(Math.min(farthest, Math.max(-farthest, (raw - series.origin) / series.unit)))
  const surprises = new Float64Array(evidenceNames.length)
  const slot = Math.floor((modulo(ms, dayMs) / dayMs) * series.slots)
  if (series.recent.count < fewest) {
    take(series, ms, value)
    learnTime(series, slot, value)
    return { surprises, distance: 0, expected: { value: series.quick, from: 'recentLevel' } }
  }

  const { recent, steps, low, high, quick, history } = series
  const range = Math.max(high - low, 1e-9)
  const middle = quantile(recent, 0.5)
  const isDayKnown = series.dayCounts[slot]! > 0
  const ofDay = isDayKnown ? series.day[slot]! : middle
  const nearestValue = nearest(series.sorted, value)
  const isFew = recent.count <= fewestForDistance
  const widest = 0.002 * (quantile(recent, 1) - quantile(recent, 0))
  const step = Math.max(quantile(steps, 0.5), 0.25 * quantile(steps, 0.75), widest, 1e-9)
  const usual = 0.5 * Math.max(quantile(recent, 0.75) - quantile(recent, 0.25), step)
  take(series, ms, value)
  learnTime(series, slot, value)

  const end = series.used - 1
  const start = Math.max(0, series.used - historySize)
  const day = Math.max(1, Math.round(dayMs / series.stepMs))
  const local = Math.min(Math.abs(value - medianOfLatest(series)), Math.abs(value - quick)) / step
  const distance = isFew ? 0 : Math.min(most, Math.log1p(Math.abs(value - middle) / usual) + Math.log1p(local))
  const measures = [
    nearestValue,
    noveltyForTime({ history, start, end, day, width: hoursWidth }),
    end - start < levelWidth ? 0 : nearest(series.levels, meanUntil(history, end)),
    value > high ? (value - high) / range : value < low ? (value - low) / range : 0,
    distance,
  ]
  for (const [k, name] of evidenceNames.entries()) {
    surprises[k] = Math.min(name === 'range' ? mostOfRange : most, surprise(series.tails[k]!, measures[k]!))
    learn(series.tails[k]!, measures[k]!)
  }
  learn(series.around.timeOfDay, value - ofDay)
  learn(series.around.recentLevel, value - quick)
  return {
    surprises,
    distance,
    expected: isDayKnown ? { value: ofDay, from: 'timeOfDay' } : { value: quick, from: 'recentLevel' },
  }
}

const modulo = (of: number, by: number): number => ((of % by) + by) % by

/** Mean of the `levelWidth` values that end at an index. */
export const meanUntil = (history: Float32Array, end: number): number => {
  let sum = 0
  for (let k = end - levelWidth + 1; k <= end; k++) sum += history[k]!
  return Math.fround(sum / levelWidth)
}

const medianOfLatest = (series: Series): number => {
  const size = Math.min(7, series.used)
  const some = series.history.slice(series.used - size, series.used).sort()
  return some[size >> 1]!
}

const take = (series: Series, ms: number, value: number): void => {
  const { history } = series
  if (series.used === history.length) {
    history.copyWithin(0, historySize)
    series.used = historySize
  }
  const { used } = series
  const before = (back: number): number | undefined => (used - back >= 0 ? history[used - back] : undefined)
  const previous = before(1)
  if (previous !== undefined) {
    insert(series.steps, Math.abs(Math.fround(value - previous)))
    if (series.steps.count > stepsSize) {
      remove(series.steps, Math.abs(Math.fround(before(stepsSize)! - before(stepsSize + 1)!)))
    }
  }
  history[used] = value
  series.used++
  insert(series.sorted, value)
  if (series.sorted.count > historySize) remove(series.sorted, before(historySize)!)
  insert(series.recent, value)
  if (series.recent.count > recentSize) remove(series.recent, before(recentSize)!)
  // The latest level that doesn't overlap with that of the value taken in, and the one whose first value leaves the history.
  if (used >= 2 * levelWidth - 1) insert(series.levels, meanUntil(history, used - levelWidth))
  if (used >= historySize) remove(series.levels, meanUntil(history, used - historySize + levelWidth - 1))
  const isFirst = series.count === 0
  series.quick = isFirst ? value : series.quick + 0.2 * (value - series.quick)
  // Records age: a range that was reached once, long ago, is not the range for ever.
  if (!isFirst) {
    const centre = (series.low + series.high) / 2
    series.high -= (series.high - centre) / 20_000
    series.low += (centre - series.low) / 20_000
  }
  series.high = Math.max(series.high, value)
  series.low = Math.min(series.low, value)
  series.lastMs = ms
  series.count++
}

const learnTime = (series: Series, slot: number, value: number): void => {
  const { day, dayCounts } = series
  const ofDay = dayCounts[slot]!
  day[slot] = ofDay > 0 ? day[slot]! + Math.max(0.15, 1 / (ofDay + 1)) * (value - day[slot]!) : value
  dayCounts[slot] = ofDay + 1
}
