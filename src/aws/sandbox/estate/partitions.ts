import { shares } from './accounts.ts'

/** The resources of one account and Region, by number: index 0 to count - 1 of each kind. */
export type Partition = {
  number: number
  account: string
  region: string
  instances: number
  volumes: number
  snapshots: number
  functions: number
  buckets: number
}

/**
 * Cuts an estate of `size` resources into accounts and Regions: a third of it are instances, and of the rest so many parts
 * are volumes, snapshots, functions and buckets. What stands around those (security groups, load balancers, alarms, log
 * groups, roles, ...) follows from the fleets and makes up about what is left of a large estate, and more than that of a
 * small one. Rounding is settled in the largest partition.
 */
export const partitionsOf = (size: number): Partition[] => {
  const instances = Math.round(size / 3)
  const rest = size - instances
  const totals: Counts = {
    instances,
    volumes: Math.max(Math.round(rest * 0.6), Math.min(instances, rest)),
    snapshots: Math.floor(rest * 0.12),
    functions: Math.floor(rest * 0.05),
    buckets: Math.floor(rest * 0.03),
  }
  const counts = shares.map(({ percent }) => mapCounts(totals, (total) => Math.floor((total * percent) / 100)))
  const [largest] = counts
  if (largest !== undefined) {
    for (const kind of kinds) largest[kind] += totals[kind] - counts.reduce((sum, own) => sum + own[kind], 0)
  }
  return shares.map(({ account, region }, number) => ({ number, account, region, ...counts[number]! }))
}

const kinds = ['instances', 'volumes', 'snapshots', 'functions', 'buckets'] as const
type Counts = Record<(typeof kinds)[number], number>

const mapCounts = (counts: Counts, change: (count: number) => number): Counts => ({
  instances: change(counts.instances),
  volumes: change(counts.volumes),
  snapshots: change(counts.snapshots),
  functions: change(counts.functions),
  buckets: change(counts.buckets),
})
