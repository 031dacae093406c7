import type { Account, Aws } from '#aws/cloud.ts'
import type { Principal } from '#contracts/principal.ts'
import type { RaiseAlert } from '#monitoring/monitoring.ts'
import type { Cache } from '#platform/cache/cache.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Log } from '#platform/log.ts'
import type { Watchable, WatchableQuery } from '#resources/watchable.ts'
import type { Find } from './find.ts'
import { createForecasts } from './forecasts/forecasts.ts'
import type { ReadMetrics } from './forecasts/forecasts.ts'
import { forecastsHttp } from './http/forecasts.ts'
import type { MakePlan } from './http/recommendations.ts'
import { recommendationsHttp } from './http/recommendations.ts'
import { createAdvisor } from './recommend/advisor.ts'
import type { AdvisorDeps } from './recommend/advisor.ts'
import { anomaliesHttp } from './http/anomalies.ts'
import { alertOf } from './watch/alert.ts'
import { createWatcher } from './watch/watcher.ts'
import type { Watcher } from './watch/watcher.ts'

export type Ai = {
  http: HttpService[]
  /** Follows metrics; what it found before can be read without it. */
  watcher: Pick<Watcher, 'start' | 'stop'>
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
  }
  /** The task service's: plans are made with the rights of whoever asks. */
  plan: MakePlan
  /** Whether people are told of anomalies as alerts. */
  hasAlerts: boolean
  raiseAlert: RaiseAlert
}): Ai => {
  const { db, clock, aws, cache, hasAlerts, raiseAlert } = deps
  const { find, metrics, readableAccounts, watchable, advisable, current } = deps.resources
  const log = deps.log.child({ box: 'ai' })
  return {
    http: [
      anomaliesHttp({ db, clock, find, readableAccounts }),
      forecastsHttp(createForecasts({ find, metrics, cache, clock })),
      recommendationsHttp({ db, clock, readableAccounts, plan: deps.plan }),
    ],
    watcher: createWatcher({
      db,
      aws,
      clock,
      log,
      watchable,
      advise: createAdvisor({ db, aws, clock, advisable, current }),
      tell: async (news) => {
        if (hasAlerts) await raiseAlert(alertOf(news))
      },
    }),
  }
}
