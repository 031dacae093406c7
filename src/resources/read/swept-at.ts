import type { Partition, TypeKey } from '../store/type-states.ts'

/** A function that tells since when at least the resources of a type are known to exist in their place. */
export const sweptAtOf = (partitions: readonly Partition[]) => {
  const times = new Map(partitions.map((partition) => [keyOf(partition), partition.sweptAt]))
  // What has no listing of its own is listed under the name of its service.
  return (place: TypeKey): Date | null =>
    times.get(keyOf(place)) ?? times.get(keyOf({ ...place, type: place.service })) ?? null
}

const keyOf = ({ account, region, service, type }: TypeKey): string => `${account}/${region}/${service}/${type}`
