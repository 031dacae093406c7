import type { Account } from '#aws/cloud.ts'
import type { AccountView, SyncState } from '#contracts/account.ts'
import { missingActionsOf } from './missing-actions.ts'
import type { CostReading } from '../store/costs.ts'
import { keyOf } from '../sync/sweep.ts'
import type { Partition } from '../store/type-states.ts'

/** An account as people see it: without its external id, with the state of its sync. */
export const toView = (
  account: Account,
  partitions: readonly Partition[],
  readings: readonly CostReading[],
): AccountView => ({
  id: account.id,
  name: account.name,
  cloud: account.cloud,
  regions: account.regions,
  credentials: toCredentials(account.credentials),
  isProduction: account.isProduction,
  costs: account.costs ?? 'prices',
  costExplorer: account.costs === 'cost-explorer' ? toCostExplorer(readings, account.id) : null,
  sync: [
    ...Map.groupBy(
      partitions.filter((partition) => partition.account === account.id),
      keyOf,
    ).values(),
  ].map(toSyncState),
})

const toCostExplorer = (readings: readonly CostReading[], id: string): AccountView['costExplorer'] => {
  const reading = readings.find(({ account }) => account === id)
  if (reading === undefined) return null
  const { nextAt, readAt, through, requests, resources, error } = reading
  return { nextAt: nextAt.toISOString(), readAt: iso(readAt), through, requests, resources, error }
}

const toCredentials = (credentials: Account['credentials']): AccountView['credentials'] =>
  credentials.kind === 'role'
    ? { kind: 'role', roleArn: credentials.roleArn, hasExternalId: credentials.externalId !== null }
    : credentials

/** A partition is what its types are: as old as the oldest, and failing where one is. */
const toSyncState = (types: readonly Partition[]): SyncState => {
  // A group has at least the one that made it.
  const first = types[0]!
  const failing = types.filter(({ lastError }) => lastError !== null)
  const sweptAt = types.map((type) => type.sweptAt)
  return {
    region: first.region,
    service: first.service,
    status: worstOf(types),
    sweptAt: sweptAt.includes(null) ? null : iso(least(sweptAt)),
    nextAt: least(types.map(({ nextAt }) => nextAt))?.toISOString() ?? first.nextAt.toISOString(),
    seconds: sumOf(types.map(({ sweepSeconds }) => sweepSeconds)),
    resources: sumOf(types.map(({ seen }) => seen)),
    error: errorOf(failing),
    types: types.map(toTypeState),
  }
}

const toTypeState = (type: Partition): SyncState['types'][number] => ({
  type: type.type,
  status: statusOf(type),
  sweptAt: iso(type.sweptAt),
  nextAt: type.nextAt.toISOString(),
  resources: type.seen,
  error: errorOf([type]),
})

const statusOf = ({ isLeased, lastError, sweptAt, isFresh }: Partition): SyncState['status'] => {
  if (isLeased) return 'syncing'
  if (lastError !== null) return 'failing'
  if (sweptAt === null) return 'never'
  return isFresh ? 'fresh' : 'stale'
}

const byGravity = ['syncing', 'failing', 'never', 'stale', 'fresh'] as const
const worstOf = (types: readonly Partition[]): SyncState['status'] => {
  const statuses = new Set(types.map(statusOf))
  return byGravity.find((status) => statuses.has(status)) ?? 'never'
}

/** The latest error, and the permissions that are missing for any of them. */
const errorOf = (types: readonly Partition[]): SyncState['error'] => {
  const [latest] = types
    .filter(({ lastError }) => lastError !== null)
    .toSorted((a, b) => Number(b.lastErrorAt) - Number(a.lastErrorAt))
  if (latest === undefined || latest.lastError === null || latest.lastErrorAt === null) return null
  const missing = types.flatMap(({ type, lastError }) => (lastError === null ? [] : missingActionsOf(type, lastError)))
  return {
    message: latest.lastError,
    at: latest.lastErrorAt.toISOString(),
    missingActions: [...new Set(missing)].sort(),
  }
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null
const least = (dates: readonly (Date | null)[]): Date | null =>
  dates.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null)
const sumOf = (numbers: readonly (number | null)[]): number | null =>
  numbers.every((number) => number === null)
    ? null
    : Math.round(numbers.reduce<number>((sum, number) => sum + (number ?? 0), 0) * 1000) / 1000
