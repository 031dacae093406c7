import { priceTable } from '#aws/prices.ts'
import type { Savings } from '#contracts/on-off-plan.ts'
import { operationOff } from '#contracts/on-off-plan.ts'
import type { Targets } from '#contracts/resource.ts'
import { AppError } from '#platform/app-error.ts'
import type { Planner } from '../plan.ts'
import type { Asker } from '../schedules/record.ts'
import { hoursOff, offShare } from './times.ts'
import type { OnOffTimes } from './times.ts'

/** What a plan of stopping the targets said. `monthlyUsd` is what they cost while they run. */
export type Estimate = { targets: number | null; monthlyUsd: number | null; why: string | null; at: string }

/**
 * Plans to stop the targets, for what it would save. Throws what speaks against the targets for good; what passes leaves the
 * estimate unknown, and nothing else waits for it.
 */
export const estimate = async (
  deps: { planner: Pick<Planner, 'prepare'>; now: () => Date },
  { principal, requestId }: Asker,
  targets: Targets,
): Promise<Estimate> => {
  try {
    const { plan } = await deps.planner.prepare({ principal, operation: operationOff, targets, params: {}, requestId })
    return {
      targets: plan.targets.length,
      // Not -0, which nobody saves.
      monthlyUsd: plan.monthlyCostDeltaUsd === 0 ? 0 : -plan.monthlyCostDeltaUsd,
      why: null,
      at: deps.now().toISOString(),
    }
  } catch (error) {
    if (!(error instanceof AppError) || (error.status < 500 && !error.isRetryable)) throw error
    return { targets: null, monthlyUsd: null, why: error.message.slice(0, 2000), at: deps.now().toISOString() }
  }
}

/** The part of what they cost that falls into the hours in which they are off. */
export const savingsOf = (times: OnOffTimes, { targets, monthlyUsd, why, at }: Estimate): Savings => ({
  hoursOff: hoursOff(times),
  targets,
  targetHours: targets === null ? null : Math.round(hoursOff(times) * targets * 10) / 10,
  usd: monthlyUsd === null ? null : Math.round(monthlyUsd * offShare(times) * 100) / 100,
  why,
  pricesFrom: priceTable.asOf,
  at,
})
