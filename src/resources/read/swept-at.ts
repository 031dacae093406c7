import type { Partition } from '../store/partitions.ts'
import { keyOf } from '../sync/sweep.ts'

/** A function that tells since when at least the resources of a partition are known to exist. */
export const sweptAtOf = (partitions: readonly Partition[]) => {
  const times = new Map(partitions.map((partition) => [keyOf(partition), partition.sweptAt]))
  return (place: { account: string; region: string; service: string }): Date | null => times.get(keyOf(place)) ?? null
}
