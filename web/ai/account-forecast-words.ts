import type { AccountForecast, ForecastLine } from '#contracts/account-forecast.ts'
import { usd } from '../design/words.ts'

type Month = AccountForecast['months'][number]

const monthName = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
const dayName = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' })
const timeName = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
})
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

export const monthWords = (month: string): string => monthName.format(new Date(`${month}-01T00:00:00Z`))

/** "$310.00 (of it $271.20 spent), between $290.00 and $333.00". */
export const sumWords = ({
  spentUsd,
  expectedUsd,
  lowUsd,
  highUsd,
}: Pick<Month, 'spentUsd' | 'expectedUsd' | 'lowUsd' | 'highUsd'>): string => {
  const spent = spentUsd > 0 ? `${usd(spentUsd)} spent` : null
  if (expectedUsd === null || lowUsd === null || highUsd === null)
    return spent === null ? 'not known' : `${spent}; its end is not known`
  const sum = `${usd(expectedUsd)}${spent === null ? '' : ` (of it ${spent})`}`
  return usd(lowUsd) === usd(highUsd) ? sum : `${sum}, between ${usd(lowUsd)} and ${usd(highUsd)}`
}

/** When the budget is passed in a month; null without a budget. */
export const budgetWords = ({ passed }: Month): string | null => {
  if (passed === null) return null
  const date = (iso: string): string => dayName.format(new Date(iso))
  const { status, earliest, expected, latest } = passed
  if (status === 'reached') return 'The budget is passed.'
  if (expected !== null)
    return `The budget is passed on ${date(expected)} (earliest ${date(earliest ?? expected)}, ${latest === null ? 'perhaps not in this month' : `latest ${date(latest)}`}).`
  return earliest === null
    ? 'Within the budget.'
    : `Within the budget as expected; it may be passed from ${date(earliest)} on.`
}

/** When what a line measures is used up; null where it has no limit. */
export const lineWords = ({ limit, exhaustion, unknown, monthlyUsd, points }: ForecastLine): string | null => {
  const end = points.at(-1)?.at
  if (unknown !== null) return `No forecast: ${unknown}`
  const date = (iso: string): string => `${timeName.format(new Date(iso))} UTC`
  if (monthlyUsd !== null && end !== undefined)
    return `Costs ${usd(monthlyUsd.now)} a month now, and about ${usd(monthlyUsd.expected)} (${usd(monthlyUsd.low)} to ${usd(monthlyUsd.high)}) as of ${dayName.format(new Date(end))}, at list prices.`
  if (limit === null || exhaustion === null) return null
  const { status, earliest, expected, latest } = exhaustion
  if (status === 'reached') return `${capital(limit.meaning)}.`
  if (expected !== null)
    return `${capital(limit.meaning)} on ${date(expected)} (earliest ${date(earliest ?? expected)}, ${latest === null ? 'latest not known' : `latest ${date(latest)}`}).`
  const until = end === undefined ? '' : ` until ${dayName.format(new Date(end))}`
  return earliest === null
    ? `It is not expected${until} that ${limit.meaning}.`
    : `It is not expected${until} that ${limit.meaning}, but possible from ${date(earliest)} on.`
}

export const sourceWords: Record<AccountForecast['source'], string> = {
  'cost-explorer': 'by Cost Explorer, in UTC days',
  prices: 'at list prices of what was there, in UTC days',
  cloudwatch: 'by CloudWatch',
  inventory: 'by the inventory',
}
