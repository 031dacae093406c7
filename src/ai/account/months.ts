import type { AccountForecast } from '#contracts/account-forecast.ts'
import type { ForecastPoint } from '../forecast.ts'
import { exhaustionOf } from '../forecasts/exhaustion.ts'

const dayMs = 86_400_000

/** What each day cost, and what those after it are expected to. */
export type Days = {
  known: readonly { atMs: number; usd: number }[]
  /** When the first day ahead begins. */
  beginMs: number
  /** Empty where nothing can be said. */
  steps: readonly ForecastPoint[]
}
export type MonthSum = Pick<AccountForecast['months'][number], 'spentUsd' | 'expectedUsd' | 'lowUsd' | 'highUsd'>

export const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7)
/** When a month begins and when the next one does. */
export const boundsOf = (month: string): { fromMs: number; toMs: number } => {
  const fromMs = Date.parse(`${month}-01T00:00:00Z`)
  const next = new Date(fromMs)
  next.setUTCMonth(next.getUTCMonth() + 1)
  return { fromMs, toMs: next.getTime() }
}

const cents = (usd: number): number => Math.round(usd * 100) / 100
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const daysOf = ({ known, beginMs, steps }: Days, month: string) => {
  const { fromMs, toMs } = boundsOf(month)
  const isWithin = (atMs: number): boolean => atMs >= fromMs && atMs < toMs
  return {
    spent: sum(known.filter(({ atMs }) => isWithin(atMs)).map(({ usd }) => usd)),
    ahead: steps
      .map((step, index) => ({ ...step, atMs: beginMs + index * dayMs }))
      .filter(({ atMs }) => isWithin(atMs)),
    isCovered: beginMs + steps.length * dayMs >= toMs,
  }
}

/**
 * What a month costs at its end. The edges are the sums of the days' edges, as if all days were wrong together: the interval holds at
 * least 95 times of 100.
 */
export const monthSum = (days: Days, month: string): MonthSum => {
  const { spent, ahead, isCovered } = daysOf(days, month)
  const total = (of: 'value' | 'low' | 'high'): number | null =>
    isCovered ? cents(spent + sum(ahead.map((step) => step[of]))) : null
  return { spentUsd: cents(spent), expectedUsd: total('value'), lowUsd: total('low'), highUsd: total('high') }
}

/** When what a month has cost by then is more than the budget; the day on which it is passed. */
export const passedAt = (
  days: Days,
  month: string,
  monthlyUsd: number,
): AccountForecast['months'][number]['passed'] => {
  const { spent, ahead, isCovered } = daysOf(days, month)
  const first = ahead[0]
  if (spent < monthlyUsd && (first === undefined || !isCovered))
    return { status: 'not_within', earliest: null, expected: null, latest: null }
  let [value, low, high] = [spent, spent, spent]
  const sums = ahead.map((step) => ({
    value: (value += step.value),
    low: (low += step.low),
    high: (high += step.high),
  }))
  return exhaustionOf(
    sums,
    { value: monthlyUsd, falling: false, meaning: 'the budget is passed' },
    { last: spent, fromMs: first?.atMs ?? days.beginMs, stepMs: dayMs },
  )
}
