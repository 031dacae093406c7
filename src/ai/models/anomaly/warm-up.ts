import { createSeries } from './series.ts'
import type { Series } from './series.ts'

/** The first values of a series, from which its unit and its step are taken. */
export type WarmUp = { points: [ms: number, value: number][]; constant: number }

export const warmUpSize = 32
/** Values of a constant beginning that count as seen, once there is something else. */
const mostConstant = 512

export const createWarmUp = (): WarmUp => ({ points: [], constant: 0 })

/**
 * Takes a value and gives the series once there is one, with the values to observe first: after 32 values of which two differ. Of a series that is constant all
 * along only the number of its values is kept; its unit is then the first change.
 */
export const warmUp = (
  state: WarmUp,
  ms: number,
  value: number,
): { series: Series; first: [ms: number, value: number][] } | undefined => {
  const { points } = state
  const isFull = points.length === warmUpSize
  const isConstant = points.every(([, other]) => other === points[0]?.[1])
  if (isFull && isConstant && value === points[0]![1]) {
    state.constant++
    points.shift()
    points.push([ms, value])
    return undefined
  }
  if (!isFull) {
    points.push([ms, value])
    if (points.length < warmUpSize || points.every(([, other]) => other === points[0]![1])) return undefined
  }
  const values = points.map(([, other]) => other).sort((a, b) => a - b)
  const gaps = points
    .slice(1)
    .map(([at], i) => at - points[i]![0])
    .sort((a, b) => a - b)
  const range = isFull ? Math.abs(value - values[0]!) : values.at(-1)! - values[0]!
  const stepMs = Math.max(1000, gaps[gaps.length >> 1]!)
  const series = createSeries({ origin: values[values.length >> 1]!, unit: range, stepMs })
  const [firstMs, constant] = points[0]!
  const before = Math.min(state.constant, mostConstant)
  return {
    series,
    first: [
      ...Array.from({ length: before }, (_, k): [number, number] => [firstMs - (before - k) * stepMs, constant]),
      ...points,
    ],
  }
}
