import type { Account, Aws } from '#aws/cloud.ts'
import { measuredDays } from '#aws/costexplorer.ts'
import type { ResourceDays } from '#aws/costexplorer.ts'
import type { CostDriver } from '#contracts/anomaly.ts'
import type { CostRise } from './judge-costs.ts'
import { dayOf } from './judge-costs.ts'

const dayMs = 86_400_000
const daysInAMonth = 365 / 12
/** A cent each, for each rise once. */
const mostRequests = 5
const mostDrivers = 3
/** What makes up for less of a rise explains nothing. */
const leastShare = 0.1

export type Identify = (
  account: string,
  billed: readonly string[],
) => Promise<Map<string, { id: string; name: string | null }>>
export type Newcomers = (
  account: string,
  service: string,
  since: Date,
) => Promise<{ id: string; name: string | null; monthlyUsd: number }[]>

/** Which resources make up for a rise, by the bill; none where AWS doesn't tell costs of single resources. */
export const billedDrivers = async (
  { aws, identify, signal }: { aws: Aws; identify: Identify; signal: AbortSignal },
  account: Account,
  service: string,
  rise: CostRise,
  today: string,
): Promise<CostDriver[]> => {
  // AWS tells no more of the past, and what came before the rise is needed as well.
  if (rise.beganMs <= Date.parse(today) - (measuredDays - 1) * dayMs) return []
  const explorer = await aws.costExplorer(account)
  const asking = { today, mostRequests, onRequest: () => {} }
  const days = await explorer.resourceDays({ priority: 'sweep', signal }, service, asking)
  const found = dearerOf(days, rise, Date.parse(today) - measuredDays * dayMs)
  const known = await identify(
    account.id,
    found.map(({ resource }) => resource),
  )
  return found.map(({ resource, usd, beforeUsd }) => ({
    resource: known.get(resource) ?? { id: resource, name: null },
    usd,
    beforeUsd,
  }))
}

/** Those that cost more on the dearest day than in the mean of the days before the rise, what rose most first. */
export const dearerOf = (
  days: readonly ResourceDays[],
  { beganMs, atMs, usd, expected }: Pick<CostRise, 'beganMs' | 'atMs' | 'usd' | 'expected'>,
  fromMs: number,
): { resource: string; usd: number; beforeUsd: number }[] => {
  const before = Array.from({ length: Math.round((beganMs - fromMs) / dayMs) }, (_, n) => dayOf(fromMs + n * dayMs))
  return days
    .map(({ resource, usd: byDay }) => ({
      resource,
      usd: byDay.get(dayOf(atMs)) ?? 0,
      beforeUsd: before.reduce((sum, day) => sum + (byDay.get(day) ?? 0), 0) / Math.max(1, before.length),
    }))
    .filter((one) => one.usd - one.beforeUsd >= leastShare * (usd - expected.value))
    .toSorted((a, b) => b.usd - b.beforeUsd - (a.usd - a.beforeUsd))
    .slice(0, mostDrivers)
}

/** By list prices what is new makes up for it. */
export const newDrivers = async (
  newcomers: Newcomers,
  account: string,
  service: string,
  rise: CostRise,
): Promise<CostDriver[]> =>
  (await newcomers(account, service, new Date(rise.beganMs))).map(({ id, name, monthlyUsd }) => ({
    resource: { id, name },
    usd: monthlyUsd / daysInAMonth,
    beforeUsd: 0,
  }))
