import type { Freshness } from '#contracts/resource.ts'
import { keyOf } from '../sync/sweep.ts'
import type { Partition } from '../store/type-states.ts'

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
    partial: [...Map.groupBy(partitions, keyOf).values()].flatMap(problemsOf),
  }
}

/** The troubles of the types of one partition that were asked for: one entry for each cause, which names its types unless it is all of them. */
const problemsOf = (types: readonly Partition[]): Freshness['partial'] => {
  const causes = Map.groupBy(types, problemOf)
  return [...causes].flatMap(([why, affected]) => {
    const [one] = affected
    if (why === null || one === undefined) return []
    const { account, region, service } = one
    const which = affected.length === types.length ? '' : `${affected.map(({ type }) => type).join(', ')}: `
    return [{ account, region, service, why: `${which}${why}` }]
  })
}

const problemOf = ({ ageSeconds, lastError }: Partition): string | null => {
  if (ageSeconds === null) return lastError ?? 'It is still being read for the first time.'
  return lastError === null ? null : `${lastError} (shown as it was ${Math.round(ageSeconds)} s ago)`
}

/** The freshness of what was counted so long ago. */
export const countedBefore = (freshness: Freshness, countedSeconds: number): Freshness => ({
  ...freshness,
  ageSeconds: freshness.ageSeconds === null ? null : round(freshness.ageSeconds + countedSeconds),
})

const round = (seconds: number): number => Math.round(seconds * 10) / 10

/** The `X-Cache` header of an answer. */
export const cacheHeader = ({ status }: Freshness): string => status.toUpperCase()
