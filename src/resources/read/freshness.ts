import type { Freshness } from '#contracts/resource.ts'
import type { Partition } from '../store/partitions.ts'

/**
 * What an answer over partitions says of itself: as old as its oldest partition, stale where one is overdue or failing,
 * a miss where something had to be read from AWS first, and partial where something is missing or could not be renewed.
 */
export const freshnessOf = (partitions: readonly Partition[], hasWaited: boolean): Freshness => {
  const ages = partitions.flatMap(({ ageSeconds }) => (ageSeconds === null ? [] : [ageSeconds]))
  const isCurrent = partitions.every((partition) => partition.isFresh && partition.lastError === null)
  return {
    source: hasWaited ? 'aws' : 'cache',
    ageSeconds: ages.length === 0 ? null : round(Math.max(...ages)),
    status: hasWaited ? 'miss' : isCurrent ? 'hit' : 'stale',
    partial: partitions.flatMap((partition) => {
      const why = problemOf(partition)
      const { account, region, service } = partition
      return why === null ? [] : [{ account, region, service, why }]
    }),
  }
}

const problemOf = ({ ageSeconds, lastError }: Partition): string | null => {
  if (ageSeconds === null) return lastError ?? 'It is still being read for the first time.'
  return lastError === null ? null : `${lastError} (shown as it was ${Math.round(ageSeconds)} s ago)`
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10

/** The `X-Cache` header of an answer. */
export const cacheHeader = ({ status }: Freshness): string => status.toUpperCase()
