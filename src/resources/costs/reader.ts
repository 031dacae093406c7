import type { Aws } from '#aws/cloud.ts'
import { measuredDays } from '#aws/costexplorer.ts'
import type { CostExplorer, MeasuredCost } from '#aws/costexplorer.ts'
import { AwsFailure } from '#aws/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { appendEvents } from '#platform/events/append.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { Log } from '#platform/log.ts'
import { tellNews } from '../read/news.ts'
import type { News } from '../read/news.ts'
import {
  claimCostReading,
  finishCostReading,
  forgetCosts,
  putCosts,
  readUnwantedCosts,
  showCosts,
} from '../store/costs.ts'
import { databaseNow } from '../store/write.ts'
import { changeEvent } from '../sync/apply.ts'
import { failureText } from '../sync/failure-text.ts'
import { billedServices, nameOfBilled } from './billed-services.ts'

const lookEveryMs = 60_000
/** A cent each: what a reading of an account may cost at most is a dollar. */
const mostRequests = 100
/** Rows a transaction, as with sweeps. */
const chunkSize = 200
const dayMs = 86_400_000
const daysInAMonth = 365 / 12
/** Then the other services would say the same. */
const denied = /^(?:AccessDenied|AccessDeniedException|UnauthorizedOperation)$/

export type CostReader = {
  start: () => void
  stop: () => Promise<void>
  /** Reads the accounts that are due, and forgets what is no longer wanted. */
  look: () => Promise<void>
}

/**
 * Asks Cost Explorer once a day what resources have cost, of accounts where somebody wants that, and puts it in the place of the
 * estimate from list prices.
 */
export const createCostReader = (deps: {
  db: Database
  aws: Aws
  notifier: Notifier
  /** Called after each commit, before anybody else is told. */
  onNews: (news: News) => void
  clock: Clock
  log: Log
}): CostReader => {
  const { db, aws, notifier, onNews, clock, log } = deps
  const stopping = new AbortController()
  let running: Promise<void> | undefined

  const show = (account: string, ids: readonly string[]): Promise<void> =>
    db.transaction(async (tx) => {
      const rows = await showCosts(tx, account, ids)
      const groups = Map.groupBy(rows, ({ region, type }) => JSON.stringify([region, type]))
      for (const those of groups.values()) {
        // A group has at least the one that made it.
        const { region, type } = those[0]!
        const news = { account, region, type, ids: those.map(({ id }) => id) }
        await appendEvents(tx, [changeEvent(news, news.ids, false)])
        tx.afterCommit(() => {
          onNews(news)
          tellNews(notifier, news)
          notifier.nudge('events')
        })
      }
    })

  const forget = async (account: string, older: { service: string; than: Date } | null): Promise<void> => {
    while ((await forgetCosts(db, account, older, chunkSize)) === chunkSize) if (stopping.signal.aborted) return
  }

  const keep = async (
    about: { account: string; service: string; types: readonly string[]; source: string; at: Date },
    measured: readonly MeasuredCost[],
  ): Promise<number> => {
    const costs = monthly(measured)
    let kept = 0
    for (let from = 0; from < costs.length; from += chunkSize) {
      // Kept first: a sweep that writes one of the rows in between finds it there.
      const ids = await putCosts(db, about, costs.slice(from, from + chunkSize))
      if (ids.length > 0) await show(about.account, ids)
      kept += ids.length
    }
    await forget(about.account, { service: about.service, than: about.at })
    return kept
  }

  const read = async (account: string): Promise<void> => {
    const today = clock.now().toISOString().slice(0, 10)
    const through = new Date(Date.parse(today) - dayMs).toISOString().slice(0, 10)
    const source = `cost-explorer, ${measuredDays} days to ${through}`
    const at = await databaseNow(db)
    const failures: string[] = []
    let [requests, resources] = [0, 0]
    // Made with the first question, so that what is wrong with the credentials is told as what is wrong with an answer.
    let explorer: CostExplorer | undefined
    for (const { service, types } of billedServices) {
      try {
        explorer ??= await aws.costExplorer(await aws.accounts.get(account))
        const measured = await explorer.costsOf({ priority: 'sweep', signal: stopping.signal }, service, {
          today,
          mostRequests: mostRequests - requests,
          onRequest: () => void requests++,
        })
        resources += await keep({ account, service, types, source, at }, measured)
      } catch (error) {
        failures.push(`${service}: ${failureText(error)}`)
        log.info({ err: error, account, service }, 'costs could not be read')
        if (!(error instanceof AwsFailure) || denied.test(error.code) || stopping.signal.aborted) break
      }
    }
    const isNothingRead = resources === 0 && failures.length > 0
    await finishCostReading(db, account, {
      through: isNothingRead ? null : through,
      requests,
      resources,
      error: failures.length > 0 ? failures.join(' ').slice(0, 2000) : noneMeasured(resources),
    })
  }

  const look = async (): Promise<void> => {
    for (const account of await readUnwantedCosts(db)) await forget(account, null)
    for (let account = await claimCostReading(db); account !== undefined; account = await claimCostReading(db)) {
      if (stopping.signal.aborted) return
      await read(account)
    }
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => log.warn({ err: error }, 'costs are read a day later'))
      await clock.sleep(lookEveryMs, stopping.signal)
    }
  }

  return {
    look,
    start: () => void (running ??= loop()),
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

const noneMeasured = (resources: number): string | null =>
  resources > 0
    ? null
    : 'Cost Explorer told no costs of single resources: turn on "resource-level data at daily granularity" in the billing ' +
      'preferences of the account that pays, and wait a day.'

/** By what the inventory knows it by. Credits may make more than up for a cost; then it is none. */
const monthly = (measured: readonly MeasuredCost[]): { resource: string; monthlyUsd: number }[] => {
  const sums = new Map<string, number>()
  for (const { resource, usd, days } of measured) {
    const name = nameOfBilled(resource)
    sums.set(name, (sums.get(name) ?? 0) + (usd / days) * daysInAMonth)
  }
  return [...sums].map(([resource, usd]) => ({ resource, monthlyUsd: Math.max(0, Math.round(usd * 100) / 100) }))
}
