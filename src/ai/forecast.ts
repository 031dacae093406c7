import { medianForecast } from './models/forecast/combine.ts'
import { fillGaps } from './models/forecast/gaps.ts'
import { halfWidths } from './models/forecast/intervals.ts'
import { fitMembers } from './models/forecast/members.ts'
import { seasonsOf } from './models/forecast/seasons.ts'

/** The forecast at one step ahead, with the interval in which the value lies 95 times of 100. */
export type ForecastPoint = { value: number; low: number; high: number }

export type Forecast =
  | {
      status: 'known'
      points: ForecastPoint[]
      /** What the forecast rests on, to be shown with it. */
      because: {
        /** Names of the forecasters whose median it is. */
        members: string[]
        /** Length of the seasons that were used, in steps. */
        seasons: number[]
        /** Values used, and how many of them had been missing and were filled in. */
        used: number
        filled: number
        /** From how many moments of the past the forecast was repeated to see how wrong it is. */
        triedFrom: number
        /** The root mean square of those errors over that of the seasonal naive forecast's; below 1 it is better than "as yesterday". */
        errorAgainstNaive: number | undefined
      }
    }
  | { status: 'unknown'; reason: 'too_short' | 'too_many_gaps' | 'no_season' }

/** More of the past changes nothing but the time it takes. */
const mostSeasons = 60
const mostValues = 4096

/**
 * Continues a series by `horizon` steps: the median of ridge autoregressions and of the seasonal naive forecast, fitted to
 * this series alone. `values` are equally spaced, `stepSeconds` apart, oldest first; what is missing is NaN. It takes two days of
 * history (two weeks of daily values), and no more than a third may be missing.
 */
export const forecast = (options: { values: ArrayLike<number>; stepSeconds: number; horizon: number }): Forecast => {
  const { stepSeconds, horizon } = options
  if (!Number.isSafeInteger(horizon) || horizon < 1 || horizon > 10_000) {
    throw new RangeError(`A horizon is a whole number of 1 to 10,000 steps, not ${horizon}.`)
  }
  const seasons = seasonsOf(stepSeconds, options.values.length)
  if (seasons === undefined) return { status: 'unknown', reason: 'no_season' }
  const { short, long } = seasons
  const most = Math.min(mostValues, mostSeasons * short)
  const recent = Array.from(options.values).slice(-Math.max(most, 2 * short))
  if (recent.length < 2 * short) return { status: 'unknown', reason: 'too_short' }
  const history = fillGaps(recent, short)
  if (history === undefined) return { status: 'unknown', reason: 'too_many_gaps' }

  const members = fitMembers(history, {
    short,
    long: long !== undefined && 2 * long <= history.length ? long : undefined,
  })
  const middle = medianForecast(members, history, horizon)
  const { widths, origins, errorAgainstNaive } = halfWidths(members, history, short, horizon)
  const floor = history.every((value) => value >= 0) ? 0 : -Infinity
  return {
    status: 'known',
    points: Array.from(middle, (value, i) => ({
      value,
      low: Math.max(floor, value - widths[i]!),
      high: value + widths[i]!,
    })),
    because: {
      members: members.map((member) => member.name),
      seasons: long === undefined ? [short] : [short, long],
      used: history.length,
      filled: recent.filter((value) => !Number.isFinite(value)).length,
      triedFrom: origins,
      errorAgainstNaive,
    },
  }
}

/**
 * In how many steps (1 is the next) a forecast reaches `limit` from below: at the earliest (the interval's upper edge), as
 * expected, and at the latest (its lower edge); undefined where it doesn't within the forecast.
 */
export const stepsUntil = (
  points: readonly ForecastPoint[],
  limit: number,
): Record<'earliest' | 'expected' | 'latest', number | undefined> => {
  const first = (reaches: (point: ForecastPoint) => boolean): number | undefined => {
    const index = points.findIndex(reaches)
    return index === -1 ? undefined : index + 1
  }
  return {
    earliest: first(({ high }) => high >= limit),
    expected: first(({ value }) => value >= limit),
    latest: first(({ low }) => low >= limit),
  }
}
