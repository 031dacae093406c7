import type { Member } from './members.ts'

/** How far beyond what was ever seen a forecast may go, in widths of the seen range. */
const reach = 0.5

/** The median of the members' forecasts, each kept within reach of what was seen. */
export const medianForecast = (members: readonly Member[], history: Float64Array, horizon: number): Float64Array => {
  let low = Infinity
  let high = -Infinity
  for (const value of history) {
    if (value < low) low = value
    if (value > high) high = value
  }
  const slack = reach * (high - low)
  const floor = low >= 0 ? Math.max(0, low - slack) : low - slack
  const last = history.at(-1) ?? 0
  const keep = (value: number): number =>
    Number.isFinite(value) ? Math.min(high + slack, Math.max(floor, value)) : last
  const forecasts = members
    .filter((member) => member.needs <= history.length)
    .map((member) => member.continue(history, horizon).map(keep))
  return Float64Array.from({ length: horizon }, (_, i) => medianOf(forecasts.map((forecast) => forecast[i]!)))
}

const medianOf = (values: number[]): number => {
  const sorted = values.sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
