import { medianForecast } from './combine.ts'
import type { Member } from './members.ts'

/** Half the width of a 95 % interval in root mean squares of the past errors; chosen for coverage on the last two days of the training part of M4's hourly series. */
const widthInErrors = 2.45
const origins = 14

/**
 * Half the width of the 95 % interval at each step ahead: the forecast is repeated from moments in the past, one season apart
 * (so that a step ahead always means the same time of day), and the errors' root mean square at a step and its neighbours
 * says how wrong it is there. With few such moments the interval is wider, as Student's t is wider than the normal distribution.
 */
export const halfWidths = (
  members: readonly Member[],
  history: Float64Array,
  season: number,
  horizon: number,
): { widths: Float64Array; origins: number; errorAgainstNaive: number | undefined } => {
  const errors: Float64Array[] = []
  let squares = 0
  let naiveSquares = 0
  const neededBefore = Math.max(season, Math.floor(history.length / 2))
  for (let k = 0; k < origins; k++) {
    const origin = history.length - Math.min(horizon, Math.floor(history.length / 4)) - k * season
    if (origin < neededBefore) break
    const ahead = Math.min(horizon, history.length - origin)
    const error = medianForecast(members, history.subarray(0, origin), ahead).map((p, i) => history[origin + i]! - p)
    errors.push(error)
    for (let i = 0; i < ahead; i++) {
      squares += error[i]! ** 2
      naiveSquares += (history[origin + i]! - history[origin - season + (i % season)]!) ** 2
    }
  }
  const widths = new Float64Array(horizon)
  let widest = 0
  const few = 1 + 2 / Math.max(1, errors.length) ** 2 + 0.5 / Math.max(1, errors.length)
  for (let h = 0; h < horizon; h++) {
    let sum = 0
    let count = 0
    for (const error of errors) {
      for (let i = Math.max(0, h - 2); i <= Math.min(error.length - 1, h + 2); i++) {
        sum += error[i]! ** 2
        count++
      }
    }
    // Beyond what could be tried the width grows on with the square root of the time ahead, as a random walk's does.
    const seen = errors.reduce((most, error) => Math.max(most, error.length), 1)
    const width = count > 0 ? widthInErrors * few * Math.sqrt(sum / count) : widest * Math.sqrt((h + 1) / seen)
    widths[h] = width
    if (count > 0) widest = Math.max(widest, width)
  }
  return {
    widths,
    origins: errors.length,
    errorAgainstNaive: naiveSquares > 0 ? Math.sqrt(squares / naiveSquares) : undefined,
  }
}
