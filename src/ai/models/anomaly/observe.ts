import { evidenceNames, tailCount } from './evidence.ts'
import type { EvidenceName } from './evidence.ts'
import { novelty, noveltyForTime } from './neighbours.ts'
import { historySize, recentSize, stepsSize, weekSlots } from './series.ts'
import type { Series } from './series.ts'
import { insert, nearest, quantile, remove } from './sorted.ts'
import { learn, surprise } from './tail.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000
/** Nothing counts for more: about one in 10^13. */
const most = 30
const mostDistance = 12
/** In units; so that squares stay finite. */
const farthest = 1e18
/** Before there are this many values nothing is usual or unusual. */
const fewest = 8

/** What was to be expected: the slot of the day if it is known, else the recent level. */
export type Expected = {
  value: number
  from: 'timeOfDay' | 'recentLevel'
  /** Index of the tail that says how far from it is usual. */
  tail: number
}

const tails = { timeOfDay: evidenceNames.indexOf('timeOfDay'), recentLevel: evidenceNames.indexOf('recentLevel') }

/**
 * Takes in one value and says how much each evidence speaks against it, in the order of `evidenceNames`: -ln of the probability
 * under the series' own past. The value is judged before it is learned, so no score ever depends on what comes after it.
 */
export const observe = (series: Series, ms: number, raw: number): { surprises: Float64Array; expected: Expected } => {
  const value = Math.fround(Math.min(farthest, Math.max(-farthest, (raw - series.origin) / series.unit)))
  const surprises = new Float64Array(evidenceNames.length)
  const slot = Math.floor((modulo(ms, dayMs) / dayMs) * series.slots)
  const hour = Math.floor(ms / hourMs)
  const hourSlot = modulo(hour, weekSlots)
  if (series.recent.count < fewest) {
    take(series, ms, value)
    learnTime(series, slot, hourSlot, value)
    return { surprises, expected: { value: series.quick, from: 'recentLevel', tail: tails.recentLevel } }
  }

  const { recent, steps } = series
  const range = Math.max(series.high - series.low, 1e-9)
  const middle = quantile(recent, 0.5)
  const width = Math.max(quantile(recent, 0.9) - quantile(recent, 0.1), 0.05 * range)
  const isDayKnown = series.dayCounts[slot]! > 0
  const ofDay = isDayKnown ? series.day[slot]! : middle
  const isWeekKnown = series.weekCounts[hourSlot]! >= (0.5 * hourMs) / series.stepMs
  const fromQuick = value - series.quick
  const fromDay = value - ofDay
  let unexplained = fromDay
  if (isWeekKnown && Math.abs(value - series.week[hourSlot]!) < Math.abs(unexplained)) {
    unexplained = value - series.week[hourSlot]!
  }
  if (Math.abs(fromQuick) < Math.abs(unexplained)) unexplained = fromQuick

  const previous = latest(series, 0)
  const isSame = value === previous
  const nearestValue = nearest(series.sorted, value)
  const median7 = medianOfLatest(series)
  const dayShift = series.dayShift
  series.unchanged = isSame ? series.unchanged + 1 : 0
  const { low, high, quick, slow, spread } = series
  take(series, ms, value)
  learnTime(series, slot, hourSlot, value)
  series.dayShift += 0.1 * (fromDay - dayShift)

  const { history, used } = series
  const end = used - 1
  const start = Math.max(0, used - historySize)
  const { sums } = series
  const mean = (sum: number, size: number): number => sum / Math.min(size, used - start)
  const mean12 = mean(sums.last12, 12)
  const mean288 = mean(sums.last288, 288)
  const spreadNow = spreadOfLatest(series, mean12) / width
  const inWidths = (of: number): number => Math.asinh((of - middle) / (0.1 * width))

  const shape = (name: EvidenceName, size: number): number => {
    const enough = series.tails[evidenceNames.indexOf(name)]!.usual
    return novelty({ history, start, end, width: size, enough })
  }
  const measures = [
    fromDay,
    fromDay - dayShift,
    shape('shape4', 4),
    shape('shape12', 12),
    value > high ? (value - high) / range : value < low ? (value - low) / range : 0,
    inWidths(value) - inWidths(quick),
    mean12 - mean288,
    mean(sums.last72, 72) - middle,
    value - previous,
    Math.log((spreadNow + 0.01) / (spread + 0.01)),
    fromQuick,
    value - median7,
    nearestValue,
    unexplained,
    noveltyForTime(history, start, end, Math.max(1, Math.round(dayMs / series.stepMs))),
    mean(sums.last144, 144) - slow,
    Math.log2(1 + series.unchanged),
    Math.log2(Math.abs(fromQuick) / width + 0.05) - Math.log2(0.05),
  ]
  series.spread += 0.005 * (spreadNow - spread)
  for (let k = 0; k < tailCount; k++) {
    const tail = series.tails[k]!
    surprises[k] = Math.min(most, surprise(tail, measures[k]!))
    learn(tail, measures[k]!)
  }
  const step = Math.max(quantile(steps, 0.5), 0.25 * quantile(steps, 0.75), 0.002 * range)
  const local = Math.min(Math.abs(value - median7), Math.abs(fromQuick)) / step
  surprises[tailCount] = Math.min(mostDistance, 2 * Math.log1p(local))
  const usual = Math.max(0.5 * (quantile(recent, 0.75) - quantile(recent, 0.25)), 0.5 * step)
  surprises[tailCount + 1] = Math.min(mostDistance, 2 * Math.log1p(Math.abs(value - middle) / usual))
  return {
    surprises,
    expected: isDayKnown
      ? { value: ofDay, from: 'timeOfDay', tail: tails.timeOfDay }
      : { value: quick, from: 'recentLevel', tail: tails.recentLevel },
  }
}

const modulo = (of: number, by: number): number => ((of % by) + by) % by

/** The value `back` before the latest one. */
const latest = (series: Series, back: number): number => series.history[series.used - 1 - back]!

const medianOfLatest = (series: Series): number => {
  const size = Math.min(7, series.used)
  const some = series.history.slice(series.used - size, series.used).sort()
  return some[size >> 1]!
}

const spreadOfLatest = (series: Series, mean: number): number => {
  const size = Math.min(12, series.used)
  let sum = 0
  for (let back = 0; back < size; back++) sum += (latest(series, back) - mean) ** 2
  return Math.sqrt(sum / size)
}

const take = (series: Series, ms: number, value: number): void => {
  const { history, sums } = series
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
  sums.last12 += value - (before(12) ?? 0)
  sums.last72 += value - (before(72) ?? 0)
  sums.last144 += value - (before(144) ?? 0)
  sums.last288 += value - (before(288) ?? 0)
  const isFirst = series.count === 0
  series.quick = isFirst ? value : series.quick + 0.2 * (value - series.quick)
  series.slow = isFirst ? value : series.slow + 0.01 * (value - series.slow)
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

const learnTime = (series: Series, slot: number, hourSlot: number, value: number): void => {
  const { day, dayCounts, week, weekCounts } = series
  const ofDay = dayCounts[slot]!
  day[slot] = ofDay > 0 ? day[slot]! + Math.max(0.15, 1 / (ofDay + 1)) * (value - day[slot]!) : value
  dayCounts[slot] = ofDay + 1
  const ofWeek = weekCounts[hourSlot]!
  const pace = Math.max(0.3 * Math.min(1, series.stepMs / hourMs), 1 / (ofWeek + 1))
  week[hourSlot] = ofWeek > 0 ? week[hourSlot]! + pace * (value - week[hourSlot]!) : value
  weekCounts[hourSlot] = ofWeek + 1
}
