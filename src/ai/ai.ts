import type { Account, Aws } from '#aws/cloud.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Transaction } from '#platform/db/database.ts'
import type { RaiseAlert } from '#monitoring/monitoring.ts'
import type { Cache } from '#platform/cache/cache.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Log } from '#platform/log.ts'
import type { Watchable, WatchableQuery } from '#resources/watchable.ts'
import { createAccountForecasts } from './account/account-forecasts.ts'
import type { Candidates } from './account/storage.ts'
import { createCostWatch } from './costs/cost-watch.ts'
import type { Identify, Newcomers } from './costs/drivers.ts'
import type { Totals } from '#resources/daily-totals.ts'
import type { Find } from './find.ts'
import { createForecasts } from './forecasts/forecasts.ts'
import type { ReadMetrics } from './forecasts/forecasts.ts'
import { accountForecastsHttp } from './http/account-forecasts.ts'
import { forecastsHttp } from './http/forecasts.ts'
import type { MakePlan } from './http/recommendations.ts'
import { recommendationsHttp } from './http/recommendations.ts'
import { createAdvisor } from './recommend/advisor.ts'
import type { AdvisorDeps } from './recommend/advisor.ts'
import { anomaliesHttp } from './http/anomalies.ts'
import { alertKey, alertOf } from './watch/alert.ts'
import type { FindNear, News } from './watch/record.ts'
import { createWatcher } from './watch/watcher.ts'

export type Ai = {
  http: HttpService[]
  /** Follows metrics and costs; what it found before can be read without it. */
  watcher: { start: () => void; stop: () => Promise<void> }
}

/** The AI service, as far as it goes: the models at work on the metrics of the resource service. */
export const createAi = (deps: {
  db: Database
  log: Log
  clock: Clock
  aws: Aws
  /** Keeps forecasts for an hour. */
  cache: Cache
  /** The resource service's: one resource and its metrics as a principal may see them, whose accounts they may read, and what is worth watching. */
  resources: {
    find: Find
    metrics: ReadMetrics
    readableAccounts: (principal: Principal) => Promise<Account[]>
    watchable: (query: WatchableQuery) => Promise<Watchable[]>
    advisable: AdvisorDeps['advisable']
    current: AdvisorDeps['current']
    unused: AdvisorDeps['unused']
    candidates: Candidates
    /** What is related to a resource, and what accounts cost by list prices. */
    near: FindNear
    totals: { read: (account: string) => Promise<Totals>; identify: Identify; newcomers: Newcomers }
  }
  /** The task service's: plans are made with the rights of whoever asks. */
  plan: MakePlan
  /** Whether people are told of anomalies as alerts. */
  hasAlerts: boolean
  raiseAlert: RaiseAlert
  resolveAlert: (key: string, tx: Transaction) => Promise<void>
}): Ai => {
  const { db, clock, aws, cache, hasAlerts, raiseAlert, resolveAlert } = deps
  const { find, metrics, readableAccounts, watchable, advisable, current, unused, candidates, near, totals } =
    deps.resources
  const log = deps.log.child({ box: 'ai' })
  const tell = async (news: News, tx: Transaction): Promise<void> => {
    if (hasAlerts) await raiseAlert(alertOf(news), tx)
  }
  // Also while no alerts are wanted: what was raised before is over some day.
  const resolve = (incidentId: string, tx: Transaction): Promise<void> => resolveAlert(alertKey(incidentId), tx)
  const watcher = createWatcher({
    db,
    aws,
    clock,
    log,
    watchable,
    near,
    advise: createAdvisor({ db, aws, clock, advisable, current, unused }),
    tell,
    resolve,
  })
  const costs = createCostWatch({ db, aws, clock, log, totals, tell, resolve })
  const forecast = createForecasts({ find, metrics, cache, clock })
  return {
    http: [
      anomaliesHttp({ db, clock, find, readableAccounts }),
      forecastsHttp(forecast),
      accountForecastsHttp({
        db,
        readableAccounts,
        forecast: createAccountForecasts({ db, aws, clock, cache, metrics, candidates, forecast }),
      }),
      recommendationsHttp({ db, clock, readableAccounts, plan: deps.plan }),
    ],
    watcher: {
      start: () => {
        watcher.start()
        costs.start()
      },
      stop: async () => {
        await Promise.all([watcher.stop(), costs.stop()])
      },
    },
  }
}
