import type { Account, Aws } from '#aws/cloud.ts'
import type { AccountForecast, AccountForecastKind } from '#contracts/account-forecast.ts'
import type { ForecastQuery, MetricForecast } from '#contracts/forecast.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Cache } from '#platform/cache/cache.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { ReadMetrics } from '../forecasts/forecasts.ts'
import { forecastConcurrency } from './concurrency.ts'
import { forecastCost } from './cost.ts'
import { forecastCredits } from './credits.ts'
import { forecastStorage } from './storage.ts'
import type { Candidates } from './storage.ts'

const keptSeconds = 3600

/** Forecasts of a whole account. What CloudWatch is asked for is kept for an hour; costs are in the database. */
export const createAccountForecasts = (deps: {
  db: Database
  aws: Aws
  clock: Clock
  cache: Cache
  metrics: ReadMetrics
  candidates: Candidates
  forecast: (principal: Principal, query: ForecastQuery) => Promise<MetricForecast>
}) => {
  const { clock, cache } = deps

  const make = (principal: Principal, account: Account, kind: AccountForecastKind) => {
    switch (kind) {
      case 'cost':
        return forecastCost(deps, account)
      case 'storage':
        return forecastStorage(deps, principal, account)
      case 'concurrency':
        return forecastConcurrency(deps, account)
      case 'credits':
        return forecastCredits(deps, principal, account)
    }
  }

  return async (principal: Principal, account: Account, kind: AccountForecastKind): Promise<AccountForecast> => {
    // Each sees what they may read, so each has a copy of their own.
    const key = `account-forecast:${account.cloud}:${account.id}:${kind}:${principal.userId}:${principal.credentialId ?? ''}`
    const kept = kind === 'cost' ? undefined : await cache.get<AccountForecast>(key)
    const ageMs = kept === undefined ? Infinity : clock.now().getTime() - Date.parse(kept.madeAt)
    if (kept !== undefined && ageMs >= 0 && ageMs < keptSeconds * 1000) return kept
    const madeAt = clock.now().toISOString()
    const made = { account: account.id, kind, madeAt, ...(await make(principal, account, kind)) }
    // What failed in part is made anew as soon as it is asked for again.
    if (kind !== 'cost' && !(kind === 'concurrency' && made.note !== null)) cache.set(key, made, keptSeconds)
    return made
  }
}
