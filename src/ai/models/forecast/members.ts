import { fitAutoregression, iterate } from './autoregression.ts'
import type { Seasons } from './seasons.ts'

/** Continues a history of at least `needs` values; fitted once, usable from any moment of the history on. */
type Continue = (history: Float64Array, horizon: number) => Float64Array
export type Member = { name: string; needs: number; continue: Continue }

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const around = (lag: number, reach: number): number[] => range(lag - reach, lag + reach)

/** Sorted, without repetitions, and short enough that the history has twice as many rows as the lags take away. */
const usable = (lags: readonly number[], count: number): number[] =>
  [...new Set(lags)].filter((lag) => lag > 0 && lag * 2 <= count).sort((a, b) => a - b)

/**
 * The forecasters whose median is the forecast: autoregressions that differ in what they look at, so that their mistakes
 * differ, and the seasonal naive one, which no history can lead astray. Which of them, and how much ridge, was chosen on the
 * last two days of the training part of M4's hourly series.
 */
export const fitMembers = (y: Float64Array, { short, long }: Seasons): Member[] => {
  const dense = [
    ...range(1, Math.min(short + 2, 26)),
    ...range(1, 6).flatMap((k) => around(k * short, 2)),
    ...(long === undefined ? [] : around(long, 4)),
  ]
  const lean = [
    ...range(1, 14),
    ...around(short, 2),
    ...range(2, 6).flatMap((k) => [k * short, k * short + 1]),
    ...(long === undefined ? [] : [...around(long, 2), long - 1]),
  ]
  const few = [
    1,
    2,
    3,
    ...around(short, 1),
    ...range(2, 6).map((k) => k * short),
    ...(long === undefined ? [] : around(long, 1)),
  ]
  const isPositive = y.every((value) => value > 0)
  const logs = isPositive ? y.map(Math.log) : y
  const onLogs = (inner: Continue): Continue =>
    isPositive ? (history, horizon) => inner(history.map(Math.log), horizon).map(Math.exp) : inner

  const candidates: (Member | undefined)[] = [
    autoregression('log, many lags', logs, dense, 0.00005, onLogs),
    autoregression('log, few lags', logs, few, 0.0001, onLogs),
    autoregression('plain', y, lean, 0.0003),
    differenced('log, against the season before', logs, short, few, 0.001, onLogs),
    differenced('log, step by step', logs, 1, lean, 0.003, onLogs),
    ...(long === undefined
      ? []
      : [
          differenced(
            'log, against the week before',
            logs,
            long,
            [...range(1, 26), ...range(2, 7).map((k) => k * short)],
            0.005,
            onLogs,
          ),
          differenced('against the week before', y, long, [...range(1, 26), 2 * short], 0.005),
        ]),
    seasonalNaive(short),
  ]
  return candidates.filter((member) => member !== undefined)
}

const autoregression = (
  name: string,
  y: Float64Array,
  lags: readonly number[],
  ridge: number,
  wrap: (inner: Continue) => Continue = (inner) => inner,
): Member | undefined => {
  const some = usable(lags, y.length)
  const fitted = fitAutoregression(y, some, ridge)
  if (fitted === undefined) return undefined
  const needs = some.at(-1) ?? 1
  const ahead = wrap((history, horizon) => iterate(fitted, history, horizon))
  return { name, needs, continue: (history, horizon) => ahead(history.subarray(history.length - needs), horizon) }
}

const differenced = (
  name: string,
  y: Float64Array,
  season: number,
  lags: readonly number[],
  ridge: number,
  wrap: (inner: Continue) => Continue = (inner) => inner,
): Member | undefined => {
  if (y.length < 2 * season) return undefined
  const some = usable(lags, y.length - season)
  const fitted = some.length === 0 ? undefined : fitAutoregression(differences(y, season), some, ridge)
  if (fitted === undefined) return undefined
  const needs = (some.at(-1) ?? 1) + season
  const ahead = wrap((recent, horizon) => {
    const changes = iterate(fitted, differences(recent, season), horizon)
    const all = new Float64Array(needs + horizon)
    all.set(recent)
    for (let i = 0; i < horizon; i++) all[needs + i] = all[needs + i - season]! + changes[i]!
    return all.subarray(needs)
  })
  return { name, needs, continue: (history, horizon) => ahead(history.subarray(history.length - needs), horizon) }
}

const differences = (y: Float64Array, season: number): Float64Array =>
  Float64Array.from({ length: y.length - season }, (_, i) => y[i + season]! - y[i]!)

const seasonalNaive = (season: number): Member => ({
  name: 'as a season ago',
  needs: season,
  continue: (history, horizon) =>
    Float64Array.from({ length: horizon }, (_, i) => history[history.length - season + (i % season)]!),
})
