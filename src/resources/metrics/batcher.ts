import type { Call } from '#aws/call.ts'
import type { Account, Aws } from '#aws/cloud.ts'
import { mostMetricsOfACall, mostPointsOfACall } from '#aws/cloudwatch.ts'
import type { MetricPoint, MetricQuery } from '#aws/cloudwatch.ts'
import type { Clock } from '#platform/clock.ts'
import { shortestPeriodAt } from './periods.ts'

export type Window = { fromMs: number; toMs: number }
export type Ask = { account: Account; region: string; query: MetricQuery; window: Window; priority: Call['priority'] }

type Waiter = Ask & {
  resolve: (points: MetricPoint[]) => void
  reject: (error: unknown) => void
}

/** A group of queries that one call answers: everything between the earliest and the latest time that one of them wants. */
type Group = Window & { waiters: Waiter[]; queries: Map<string, MetricQuery> }

/** Readers who come within so long share a call. Nobody sees it: CloudWatch takes longer to answer. */
const gatherMs = 5

/**
 * Reads metrics for many readers at once: what is asked of one account and Region within a few milliseconds goes out together,
 * up to 500 metrics a call. AWS's quota counts calls, and its bill counts metrics; neither counts points.
 */
export const createBatcher = ({ aws, clock }: { aws: Pick<Aws, 'cloudwatch'>; clock: Clock }) => {
  const places = new Map<string, Waiter[]>()

  const flush = async (key: string): Promise<void> => {
    const waiters = places.get(key) ?? []
    places.delete(key)
    for (const group of groupsOf(waiters, clock.now().getTime())) void answer(group)
  }

  const answer = async ({ waiters, queries, fromMs, toMs }: Group): Promise<void> => {
    // A group has at least one.
    const { account, region, priority } = waiters[0]!
    try {
      const { getMetricData } = await aws.cloudwatch(account, region)
      const all = await getMetricData(
        { priority },
        { queries: [...queries.values()], from: new Date(fromMs), to: new Date(toMs) },
      )
      const byKey = new Map([...queries.keys()].map((query, index) => [query, all[index] ?? []]))
      for (const { query, window, resolve } of waiters) {
        const points = byKey.get(keyOf(query)) ?? []
        resolve(points.filter(({ atMs }) => atMs >= window.fromMs && atMs < window.toMs))
      }
    } catch (error) {
      for (const { reject } of waiters) reject(error)
    }
  }

  return (ask: Ask): Promise<MetricPoint[]> =>
    new Promise((resolve, reject) => {
      const { account, region, priority } = ask
      const key = JSON.stringify([account.id, account.cloud, account.credentials, region, priority])
      const waiting = places.get(key)
      if (waiting === undefined) {
        places.set(key, [{ ...ask, resolve, reject }])
        setTimeout(() => void flush(key), gatherMs)
      } else waiting.push({ ...ask, resolve, reject })
    })
}

/** A metric with its statistic and period, whoever asks. */
export const keyOf = ({ namespace, name, dimensions, statistic, periodSeconds }: MetricQuery): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).toSorted(), statistic, periodSeconds])

/** Puts waiters together as long as one call can take them, those of about the same time first. */
const groupsOf = (waiters: readonly Waiter[], nowMs: number): Group[] => {
  const groups: Group[] = []
  for (const waiter of waiters.toSorted((a, b) => b.window.fromMs - a.window.fromMs)) {
    const last = groups.at(-1)
    const joined = last === undefined ? undefined : join(last, waiter, nowMs)
    if (joined === undefined) groups.push(join(emptyGroup(), waiter, nowMs) ?? alone(waiter))
    else groups[groups.length - 1] = joined
  }
  return groups
}

const emptyGroup = (): Group => ({ fromMs: Infinity, toMs: -Infinity, waiters: [], queries: new Map() })

const alone = (waiter: Waiter): Group => ({
  ...waiter.window,
  waiters: [waiter],
  queries: new Map([[keyOf(waiter.query), waiter.query]]),
})

const join = (group: Group, waiter: Waiter, nowMs: number): Group | undefined => {
  const fromMs = Math.min(group.fromMs, waiter.window.fromMs)
  const toMs = Math.max(group.toMs, waiter.window.toMs)
  const queries = new Map(group.queries).set(keyOf(waiter.query), waiter.query)
  const shortest = shortestPeriodAt(nowMs - fromMs)
  const all = [...queries.values()]
  const points = all.reduce((sum, { periodSeconds }) => sum + (toMs - fromMs) / 1000 / periodSeconds, 0)
  if (queries.size > mostMetricsOfACall || points > mostPointsOfACall) return undefined
  if (all.some(({ periodSeconds }) => periodSeconds % shortest !== 0)) return undefined
  return { fromMs, toMs, waiters: [...group.waiters, waiter], queries }
}
