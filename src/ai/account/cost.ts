import type { Account } from '#aws/cloud.ts'
import type { AccountForecast, ForecastLine } from '#contracts/account-forecast.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { readBudget } from '../costs/budget-store.ts'
import { costSourceOf } from '../costs/cost-watch.ts'
import { dayOf, everyDay, judgeCosts } from '../costs/judge-costs.ts'
import { readDailyCosts, readQuestion } from '../costs/store.ts'
import { lineOf } from './line.ts'
import { boundsOf, monthOf, monthSum, passedAt } from './months.ts'
import type { Days } from './months.ts'

const dayMs = 86_400_000
const historyDays = 120
const mostServices = 20

/** What an account costs a day, at the end of this month and of the next one, and when its budget is passed. */
export const forecastCost = async (
  { db, clock }: { db: Database; clock: Clock },
  account: Account,
): Promise<Omit<AccountForecast, 'account' | 'kind' | 'madeAt'>> => {
  const nowMs = clock.now().getTime()
  const todayMs = Date.parse(dayOf(nowMs))
  const source = costSourceOf(account)
  const [all, question, budget] = await Promise.all([
    readDailyCosts(db, account.id, source, dayOf(todayMs - historyDays * dayMs)),
    readQuestion(db, account.id),
    readBudget(db, account.id),
  ])
  // Of the bill the last day that was asked for; by list prices, the last one that is over.
  const last = source === 'cost-explorer' ? (question?.through ?? null) : dayOf(todayMs - dayMs)
  const costs = all.filter(({ day }) => last !== null && day <= last)
  const first = costs[0]?.day
  const months = [monthOf(todayMs), monthOf(boundsOf(monthOf(todayMs)).toMs)]
  const note = question?.error == null ? null : `Cost Explorer could not be read: ${question.error}`
  if (first === undefined || last === null) {
    const none = { spentUsd: 0, expectedUsd: null, lowUsd: null, highUsd: null, passed: null, services: [] }
    const unread = 'No day was read so far: that is done once a day.'
    return { source, lines: [], months: months.map((month) => ({ month, ...none })), budget, note: note ?? unread }
  }
  const untilMs = boundsOf(months[1]!).toMs // there are two
  const daysOf = (service: string | null) =>
    everyDay(
      costs.filter((one) => service === null || one.service === service),
      first,
      last,
    )
  const ran = ranAway([...new Set(costs.map(({ service }) => service))].map(daysOf), Date.parse(last))
  const follow = (service: string | null): { days: Days; line: ForecastLine } => {
    const known = daysOf(service)
    const left = service === null ? ran : ranAway([known], Date.parse(last))
    const values = known.map(({ usd }) => usd)
    const { line, steps, beginMs } = lineOf({
      name: service ?? 'All services',
      region: null,
      unit: 'USD',
      stepSeconds: dayMs / 1000,
      fromMs: Date.parse(first),
      values,
      learnt: known.map(({ atMs, usd }) => (left.has(atMs) ? Number.NaN : usd)),
      limit: null,
      horizon: Math.max(1, Math.round((untilMs - Date.parse(last)) / dayMs) - 1),
    })
    const because =
      line.because === null || left.size === 0
        ? line.because
        : `${line.because}; ${left.size} days on which a cost ran away are among those`
    return { days: { known, beginMs, steps }, line: { ...line, because } }
  }
  const total = follow(null)
  const recent = dayOf(Date.parse(last) - 30 * dayMs)
  const byService = new Map<string, number>()
  for (const { day, service, usd } of costs)
    if (day > recent) byService.set(service, (byService.get(service) ?? 0) + usd)
  const services = [...byService]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, mostServices)
    .map(([service]) => ({ service, ...follow(service) }))
  return {
    source,
    // The one that costs most says more than all the small ones.
    lines: [total.line, ...services.slice(0, 5).map(({ line }) => line)],
    months: months.map((month) => ({
      month,
      ...monthSum(total.days, month),
      passed: budget === null ? null : passedAt(total.days, month, budget.monthlyUsd),
      services: services.map(({ service, days }) => ({ service, ...monthSum(days, month) })),
    })),
    budget,
    note,
  }
}

/** The days of rises that are over: what ran away once says nothing of how it goes on. One that goes on is how it is. */
const ranAway = (services: readonly (readonly { atMs: number; usd: number }[])[], lastMs: number): Set<number> => {
  const days = new Set<number>()
  for (const rise of services.flatMap((own) => judgeCosts(own)))
    if (rise.lastMs < lastMs) for (let atMs = rise.beganMs; atMs <= rise.lastMs; atMs += dayMs) days.add(atMs)
  return days
}
