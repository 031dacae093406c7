import type { ForecastLine } from '#contracts/account-forecast.ts'
import type { ForecastPoint } from '../forecast.ts'
import { continueSeries } from '../forecasts/continue.ts'
import { exhaustionOf } from '../forecasts/exhaustion.ts'
import type { Limit } from '../forecasts/limits.ts'

/** More points make no better line on a screen. */
const mostPoints = 400
/** Steps without a value until nothing can be said. */
const mostBehind = 3

export type Measured = {
  name: string
  region: string | null
  unit: string
  stepSeconds: number
  /** When the first value's step begins. */
  fromMs: number
  /** Equally spaced, NaN where nothing was measured. */
  values: readonly number[]
  /** What it is continued from, where that isn't all that was measured; as long as `values`. */
  learnt?: readonly number[]
  limit: Limit | null
  /** Steps ahead of the last value. */
  horizon: number
  /** What so much costs a month. */
  monthlyUsdOf?: (value: number) => number
}

/** A line with how it goes on, and every step of that: the line itself may have fewer. */
export const lineOf = (
  measured: Measured,
): { line: ForecastLine; steps: readonly ForecastPoint[]; beginMs: number } => {
  const { name, region, unit, stepSeconds, fromMs, limit, monthlyUsdOf } = measured
  const values = measured.values.slice(0, measured.values.findLastIndex(Number.isFinite) + 1)
  const behind = measured.values.length - values.length
  const stepMs = stepSeconds * 1000
  const beginMs = fromMs + values.length * stepMs
  const at = (index: number): string => new Date(fromMs + index * stepMs).toISOString()
  const thin = thinner(values.length)
  const line: ForecastLine = {
    name,
    region,
    resource: null,
    unit,
    stepSeconds,
    history: values.flatMap((value, index) =>
      Number.isFinite(value) && thin(index) ? [{ at: at(index), value }] : [],
    ),
    points: [],
    method: null,
    limit,
    exhaustion: null,
    monthlyUsd: null,
    unknown: null,
    because: null,
  }
  if (behind > mostBehind)
    return {
      line: { ...line, unknown: `Nothing was measured since ${new Date(beginMs).toISOString()}.` },
      steps: [],
      beginMs,
    }
  const continued = continueSeries(
    measured.learnt?.slice(0, values.length) ?? values,
    stepSeconds,
    measured.horizon + behind,
  )
  if (continued.method === null) return { line: { ...line, unknown: continued.unknown }, steps: [], beginMs }
  // What was never below nothing doesn't become so.
  const least = values.some((value) => value < 0) ? Number.NEGATIVE_INFINITY : 0
  const steps = continued.points.map(({ value, low, high }) => ({
    value: Math.max(least, value),
    low: Math.max(least, low),
    high: Math.max(least, high),
  }))
  // Something was continued, so there is a last value and a last step.
  const [last, end] = [values.at(-1)!, steps.at(-1)!]
  const thinAhead = thinner(steps.length)
  return {
    beginMs,
    steps,
    line: {
      ...line,
      method: continued.method,
      because: continued.because,
      points: steps.flatMap((step, index) =>
        thinAhead(index) ? [{ at: new Date(beginMs + index * stepMs).toISOString(), ...step }] : [],
      ),
      exhaustion: limit === null ? null : exhaustionOf(steps, limit, { last, fromMs: beginMs, stepMs }),
      monthlyUsd:
        monthlyUsdOf === undefined
          ? null
          : {
              now: monthlyUsdOf(last),
              expected: monthlyUsdOf(end.value),
              low: monthlyUsdOf(end.low),
              high: monthlyUsdOf(end.high),
            },
    },
  }
}

const thinner = (count: number): ((index: number) => boolean) => {
  const every = Math.ceil(count / mostPoints)
  return (index) => index % every === 0
}

/** One value for each step in a time, the sum of what was measured in it; NaN where nothing was. */
export const stepsIn = (
  points: readonly { atMs: number; value: number }[],
  { fromMs, toMs, stepMs }: { fromMs: number; toMs: number; stepMs: number },
): number[] => {
  const values = Array.from({ length: Math.round((toMs - fromMs) / stepMs) }, () => Number.NaN)
  for (const { atMs, value } of points) {
    const index = Math.floor((atMs - fromMs) / stepMs)
    const before = values[index]
    if (before !== undefined) values[index] = Number.isNaN(before) ? value : before + value
  }
  return values
}
