import type { Recommendation } from '#contracts/recommendation.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Advisable } from '#resources/advisable.ts'
import { settle } from './store.ts'

const nothing = { cpuMean: null, cpuPeak: null, memoryPeak: null }

/** What nothing used is gone, so it no longer costs anything; or it is there, and something uses it. */
export const settleUnused = async (
  sql: Sql,
  { id, status, evidence, monthlySavingUsd }: Recommendation,
  resource: Advisable | undefined,
  now: Date,
): Promise<void> => {
  if (status === 'applied') return
  if (resource !== undefined) return settle(sql, id, 'gone', null)
  const usd = monthlySavingUsd ?? (typeof evidence['monthlyUsd'] === 'number' ? evidence['monthlyUsd'] : 0)
  await settle(sql, id, 'applied', { since: now.toISOString(), monthlyUsd: usd, before: nothing, after: nothing })
}
