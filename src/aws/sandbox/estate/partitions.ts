import { shares } from './accounts.ts'

/** The resources of one account and Region, by number: index 0 to count - 1 of each kind. */
export type Partition = {
  number: number
  account: string
  region: string
  instances: number
  volumes: number
}

/**
 * Cuts an estate of `size` resources into accounts and Regions: a third of it are instances, the rest volumes. The sums
 * are exact: rounding is settled in the largest partition.
 */
export const partitionsOf = (size: number): Partition[] => {
  const allInstances = Math.round(size / 3)
  const partitions = shares.map(({ account, region, percent }, number) => {
    const instances = Math.floor((allInstances * percent) / 100)
    return { number, account, region, instances, volumes: Math.floor(((size - allInstances) * percent) / 100) }
  })
  const [largest] = partitions
  if (largest !== undefined) {
    largest.instances += allInstances - partitions.reduce((sum, { instances }) => sum + instances, 0)
    largest.volumes += size - allInstances - partitions.reduce((sum, { volumes }) => sum + volumes, 0)
  }
  return partitions
}
