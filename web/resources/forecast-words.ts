import type { MetricForecast } from '#contracts/forecast.ts'
import { usd } from '../design/words.ts'

/** Metrics of which it matters how they go on: what they measure is used up some day, or paid for. */
export const isForecast = (metric: string): boolean =>
  [
    'disk_used_percent',
    'mem_used_percent',
    'CPUCreditBalance',
    'BurstBalance',
    'ConcurrentExecutions',
    'BucketSizeBytes',
  ].includes(metric)

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** A day; of what is near the hour as well. */
const dateWords = (iso: string, nowMs: number, timeZone: string | undefined): string =>
  new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'long',
    ...(Date.parse(iso) - nowMs < 2 * 86_400_000 ? { hour: '2-digit', minute: '2-digit', hour12: false } : {}),
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(new Date(iso))

/** "The disk is full on 3 December (earliest 1 December, latest 9 December)."; null where there is nothing to say. */
export const forecastWords = (forecast: MetricForecast, nowMs: number, timeZone?: string): string | null => {
  const { limit, exhaustion, monthlyUsd, unknown, until } = forecast
  const date = (iso: string): string => dateWords(iso, nowMs, timeZone)
  if (unknown !== null) return `No forecast: ${unknown}`
  if (monthlyUsd !== null) {
    const { now, expected, low, high } = monthlyUsd
    return `Its Standard storage costs ${usd(now)} a month now, and about ${usd(expected)} (${usd(low)} to ${usd(high)}) as of ${date(until)}, at list prices.`
  }
  if (limit === null || exhaustion === null) return null
  const { status, earliest, expected, latest } = exhaustion
  if (status === 'reached') return `${capital(limit.meaning)}.`
  if (expected !== null) {
    const end = latest === null ? `perhaps not until ${date(until)}` : `latest ${date(latest)}`
    return `${capital(limit.meaning)} on ${date(expected)} (earliest ${date(earliest ?? expected)}, ${end}).`
  }
  const not = `Until ${date(until)} it is not expected that ${limit.meaning}`
  return earliest === null ? `${not}.` : `${not}, but possible from ${date(earliest)} on.`
}

/** What somebody should know of without looking for it. */
export const isPressing = ({ exhaustion }: MetricForecast): boolean =>
  exhaustion?.status === 'reached' || exhaustion?.status === 'expected'
