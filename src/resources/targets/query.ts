import type { Account } from '#aws/cloud.ts'
import type { Resource, Targets } from '#contracts/resource.ts'
import type { Database } from '#platform/db/database.ts'
import { errors } from '../errors.ts'
import { select } from '../read/filter.ts'
import type { FirstSync } from '../read/first-sync.ts'
import { sweptAtOf } from '../read/swept-at.ts'
import { listRows } from '../store/list.ts'
import { toResource } from '../store/row.ts'

const maxTargets = 10_000

export type QueryDeps = { db: Database; firstSync: FirstSync }

/** Everything of that type that matches the query, by ARN. */
export const resolveQuery = async (
  { db, firstSync }: QueryDeps,
  accounts: readonly Account[],
  { query: q, region }: Extract<Targets, { query: string }>,
  type: string,
): Promise<Resource[]> => {
  const selection = select({ q, type, ...(region === undefined ? {} : { region }) }, accounts, 'targets.query')
  const { partitions } = await firstSync.partitions(selection.accounts, selection.isAskedFor)
  // A place that can't be read is the account's problem; one that is still being read would be missed in silence.
  const pending = partitions.find(({ sweptAt, lastError }) => sweptAt === null && lastError === null)
  if (pending !== undefined) {
    throw errors.inventory_not_ready(
      `${pending.service} of account ${pending.account} in ${pending.region} is still being read for the first time. ` +
        'Try again in a moment, or name the targets by id.',
      { retryAfterSeconds: 5 },
    )
  }
  const rows = await listRows(db, selection.where, { key: 'id', isDescending: false }, undefined, maxTargets + 1)
  if (rows.length > maxTargets) {
    throw errors.too_many_matches(
      `More than ${maxTargets} resources match. Narrow the query, or add an account or Region.`,
    )
  }
  const sweptAt = sweptAtOf(partitions)
  return rows.map((row) => toResource(row, sweptAt(row)))
}
