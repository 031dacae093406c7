import type { FleetGroup } from './fleet-group.ts'
import type { Partition } from './partitions.ts'
import { companyTags, stackTags } from './tags.ts'

/** Tags of something that stands around a group of fleets; `kind` tells the things of a group apart. */
export const groupTags = (
  seed: number,
  partition: Partition,
  group: FleetGroup,
  kind: number,
  name: string,
  logicalId: string,
): Record<string, string> => {
  const { app, env, owner, managedBy } = group.fleet
  return {
    ...companyTags({ name, app, env, owner }, seed, partition.number, group.index, kind),
    ...(managedBy === 'cloudformation' ? stackTags(`${group.name}-stack`, logicalId) : {}),
  }
}
