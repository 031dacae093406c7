import type { Account } from '#aws/cloud.ts'
import type { AccountView, SyncState } from '#contracts/account.ts'
import type { Partition } from '../store/partitions.ts'

/** An account as people see it: without its external id, with the state of its sync. */
export const toView = (account: Account, partitions: readonly Partition[]): AccountView => ({
  id: account.id,
  name: account.name,
  cloud: account.cloud,
  regions: account.regions,
  credentials: toCredentials(account.credentials),
  isProduction: account.isProduction,
  sync: partitions.filter((partition) => partition.account === account.id).map(toSyncState),
})

const toCredentials = (credentials: Account['credentials']): AccountView['credentials'] =>
  credentials.kind === 'role'
    ? { kind: 'role', roleArn: credentials.roleArn, hasExternalId: credentials.externalId !== null }
    : credentials

const toSyncState = (partition: Partition): SyncState => ({
  region: partition.region,
  service: partition.service,
  status: statusOf(partition),
  sweptAt: partition.sweptAt?.toISOString() ?? null,
  nextAt: partition.nextAt.toISOString(),
  seconds: partition.sweepSeconds === null ? null : Math.round(partition.sweepSeconds * 1000) / 1000,
  resources: partition.seen,
  error:
    partition.lastError === null || partition.lastErrorAt === null
      ? null
      : { message: partition.lastError, at: partition.lastErrorAt.toISOString() },
})

const statusOf = ({ isLeased, lastError, sweptAt, isFresh }: Partition): SyncState['status'] => {
  if (isLeased) return 'syncing'
  if (lastError !== null) return 'failing'
  if (sweptAt === null) return 'never'
  return isFresh ? 'fresh' : 'stale'
}
