import type { Account, Aws } from '#aws/cloud.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database, Transaction } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import type { Log } from '#platform/log.ts'
import type { Totals } from '#resources/daily-totals.ts'
import { failureText } from '../failure-text.ts'
import { settleIncidents } from '../watch/settle.ts'
import type { News } from '../watch/record.ts'
import { costRegion, followCosts, forgetCostSeries } from './cost-series.ts'
import { billedDrivers, newDrivers } from './drivers.ts'
import type { Identify, Newcomers } from './drivers.ts'
import { dayOf, everyDay, judgeCosts } from './judge-costs.ts'
import { isKnownRise, recordRise } from './record-costs.ts'
import {
  addSample,
  claimQuestion,
  claimSample,
  dropOldDays,
  finishQuestion,
  putBilled,
  putStorage,
  readDailyCosts,
} from './store.ts'
import type { CostSource } from './store.ts'

const dayMs = 86_400_000
const lookEveryMs = 60_000
const daysInAMonth = 365 / 12
/** The first answer goes so far back: a quarter of a year; later ones as far as AWS may still correct a bill. */
const firstDays = 90
const laterDays = 14
/** A cent each. */
const mostRequests = 10
/** More of the past is not judged by, nor kept. */
const judgedDays = 120
const keptDays = 430
/** What rose within that time before it was looked at is told. */
const toldDays = 30

/** Where the daily costs of an account come from. What the sandbox says costs nobody anything, so it is asked unasked. */
export const costSourceOf = ({ cloud, costs }: Account): CostSource =>
  cloud === 'sandbox' || costs === 'cost-explorer' ? 'cost-explorer' : 'prices'

export type CostWatch = {
  start: () => void
  stop: () => Promise<void>
  /** Looks at every account that is due. */
  look: () => Promise<void>
}

/**
 * Keeps what accounts cost by day and service, from the bill where somebody wants Cost Explorer, else from list prices of what is there,
 * and follows those costs as metrics are followed. Any number of processes share the accounts.
 */
export const createCostWatch = (deps: {
  db: Database
  aws: Aws
  clock: Clock
  log: Log
  totals: { read: (account: string) => Promise<Totals>; identify: Identify; newcomers: Newcomers }
  tell: (news: News, tx: Transaction) => Promise<void>
  resolve: (incidentId: string, tx: Transaction) => Promise<void>
}): CostWatch => {
  const { db, aws, clock, log, totals, tell, resolve } = deps
  const stopping = new AbortController()
  const { signal } = stopping
  let looping: Promise<void> | undefined
  let droppedMs = Number.NEGATIVE_INFINITY
  const today = (): string => dayOf(clock.now().getTime())

  const sample = async (account: string): Promise<void> => {
    const { costs, storage } = await totals.read(account)
    await addSample(
      db,
      account,
      today(),
      costs.map(({ service, monthlyUsd }) => ({ service, usd: monthlyUsd / daysInAMonth })),
    )
    await putStorage(db, account, today(), storage)
  }

  const ask = async (account: Account, through: string | null): Promise<void> => {
    const until = today()
    const days = through === null ? firstDays : laterDays
    try {
      const explorer = await aws.costExplorer(account)
      const asking = { today: until, days, mostRequests, onRequest: () => {} }
      const costs = await explorer.dailyCosts({ priority: 'sweep', signal }, asking)
      await putBilled(db, account.id, dayOf(Date.parse(until) - days * dayMs), costs)
      await finishQuestion(db, account.id, { through: dayOf(Date.parse(until) - dayMs) })
    } catch (error) {
      if (signal.aborted) return
      await finishQuestion(db, account.id, { error: failureText(error) })
      log.info({ err: error, account: account.id }, 'daily costs could not be read')
    }
  }

  /** Judges all days that are over. */
  const judge = async (account: Account): Promise<void> => {
    const source = costSourceOf(account)
    const nowMs = Date.parse(today())
    const last = dayOf(nowMs - dayMs)
    const costs = await readDailyCosts(db, account.id, source, dayOf(nowMs - judgedDays * dayMs))
    const first = costs[0]?.day
    if (first === undefined || first > last) return
    const services = [...new Set(costs.map(({ service }) => service))]
    const series = await followCosts(
      db,
      account.id,
      services.map((service) => ({ id: uuidv7(), service, judgedUntil: new Date(nowMs) })),
    )
    for (const service of services) {
      const seriesId = series.get(service)! // one was made for each
      const own = costs.filter((one) => one.service === service)
      for (const rise of judgeCosts(everyDay(own, first, last))) {
        if (rise.beganMs < nowMs - toldDays * dayMs) continue
        const isKnown = await isKnownRise(db, seriesId, rise)
        const drivers = isKnown
          ? []
          : source === 'prices'
            ? await newDrivers(totals.newcomers, account.id, service, rise)
            : await billedDrivers({ aws, identify: totals.identify, signal }, account, service, rise, today()).catch(
                // A rise whose cause AWS doesn't tell is one all the same.
                () => [],
              )
        const isOver = rise.lastMs < nowMs - dayMs
        await recordRise(db, { account: account.id, service, seriesId, isOver }, rise, drivers, tell)
      }
    }
    await settleIncidents(db, { account: account.id, region: costRegion }, new Date(nowMs - dayMs), resolve)
  }

  const look = async (): Promise<void> => {
    const accounts = new Map((await aws.accounts.list()).map((account) => [account.id, account]))
    const ids = [...accounts.keys()]
    await forgetCostSeries(db, ids)
    const asked = ids.filter((id) => costSourceOf(accounts.get(id)!) === 'cost-explorer')
    const due = new Set<string>()
    for (let id = await claimSample(db, ids); id !== undefined; id = await claimSample(db, ids)) {
      await sample(id)
      due.add(id)
    }
    for (let one = await claimQuestion(db, asked); one !== undefined; one = await claimQuestion(db, asked)) {
      await ask(accounts.get(one.account)!, one.through)
      due.add(one.account)
      if (signal.aborted) return
    }
    for (const id of due) if (!signal.aborted) await judge(accounts.get(id)!)
    if (clock.monotonicMs() - droppedMs > dayMs) {
      droppedMs = clock.monotonicMs()
      await dropOldDays(db, keptDays)
    }
  }

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      await look().catch((error: unknown) => {
        if (!signal.aborted) log.warn({ err: error }, 'daily costs are looked at later')
      })
      await clock.sleep(lookEveryMs, signal)
    }
  }

  return {
    look,
    start: () => void (looping ??= loop()),
    stop: async () => {
      stopping.abort()
      await looping
    },
  }
}
