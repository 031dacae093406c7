import { forecast } from '../forecast.ts'
import type { ForecastPoint } from '../forecast.ts'
import { continueLine } from '../models/forecast/trend.ts'
import type { Trend } from '../models/forecast/trend.ts'

export type Continued =
  | { method: 'rhythm' | 'trend'; points: ForecastPoint[]; because: string }
  | { method: null; unknown: string }

/** Of the last six values so many have to lie outside of what had been forecast, all on one side, for the rhythm to be left. */
const checked = 6
const outside = 5
/** And that share of the line's rise or fall has to be news: on a smooth curve the interval is narrow, and left by little. */
const news = 0.5

/**
 * Continues a series: by its rhythm, as days and weeks went so far, unless that failed just now. Where the last values run along a line
 * and left the interval that the rhythm had for them before the line began, the line goes on: a disk that fills up is no matter of the
 * time of day, and a rise that comes every morning is.
 */
export const continueSeries = (values: readonly number[], stepSeconds: number, horizon: number): Continued => {
  // Nothing was measured before the first value; a resource that is new has a short history, not one with gaps.
  const first = values.findIndex(Number.isFinite)
  const known = first === -1 ? [] : values.slice(first)
  if (known.length === 0) return { method: null, unknown: 'Nothing was measured.' }
  const rhythm = forecast({ values: known, stepSeconds, horizon })
  if (rhythm.status === 'unknown')
    return { method: null, unknown: unknownWords(rhythm.reason, known.length, stepSeconds) }
  const found = continueLine(known, horizon)
  const line = found !== undefined && isRhythmLeft(known, found, stepSeconds) ? found : undefined
  if (line !== undefined) {
    return {
      method: 'trend',
      points: line.points,
      because: `the last values left what days and weeks before would have led one to expect; the last ${spanWords(line.used * stepSeconds)} go on as a line`,
    }
  }
  const { used, filled, errorAgainstNaive } = rhythm.because
  return {
    method: 'rhythm',
    points: rhythm.points,
    because: [
      `days and weeks go on as in the last ${spanWords(used * stepSeconds)}`,
      ...(filled > 0 ? [`${filled} of ${used} values were missing and filled in`] : []),
      ...(errorAgainstNaive === undefined
        ? []
        : [`tried on the past, its error was ${errorAgainstNaive.toFixed(2)} times that of "as a season ago"`]),
    ].join('; '),
  }
}

const isRhythmLeft = (
  values: readonly number[],
  { stretch: { length, change } }: Trend,
  stepSeconds: number,
): boolean => {
  const before = forecast({ values: values.slice(0, -length), stepSeconds, horizon: length })
  if (before.status === 'unknown') return false
  const expected = before.points.slice(-checked)
  const last = values.slice(-checked)
  // Both have six values: a line has at least as many.
  if (Math.abs(last.at(-1)! - expected.at(-1)!.value) < news * Math.abs(change)) return false
  const above = expected.filter(({ high }, index) => last[index]! > high).length
  const below = expected.filter(({ low }, index) => last[index]! < low).length
  return above >= outside || below >= outside
}

const spanWords = (seconds: number): string => {
  const hours = seconds / 3600
  if (hours < 2) return `${Math.round(seconds / 60)} minutes`
  return hours < 72 ? `${Math.round(hours)} hours` : `${Math.round(hours / 24)} days`
}

const unknownWords = (
  reason: 'too_short' | 'too_many_gaps' | 'no_season',
  count: number,
  stepSeconds: number,
): string => {
  switch (reason) {
    case 'too_short':
      return `Only ${spanWords(count * stepSeconds)} were measured; it takes ${stepSeconds >= 86_400 ? 'two weeks' : 'two days'}.`
    case 'too_many_gaps':
      return 'More than a third of the values is missing.'
    case 'no_season':
      return 'Its steps fit neither a day nor a week.'
  }
}
