import { fleetAt, fleetSize } from './fleet.ts'
import type { Fleet } from './fleet.ts'
import type { Partition } from './partitions.ts'

/** The fleets of one app, role and stage: what stands around machines (a load balancer, a security group) they share. */
export type FleetGroup = {
  index: number
  /** For example "checkout-web-prod". */
  name: string
  /** Its first fleet; app, role and stage are those of all. */
  fleet: Fleet
  /** Numbers of its fleets. */
  fleets: number[]
}

export type FleetGroups = {
  groups: FleetGroup[]
  /** The group of a fleet. */
  of: (fleet: number) => FleetGroup
}

export const fleetCount = ({ instances }: Partition): number => Math.ceil(instances / fleetSize)

export const nameOfGroup = ({ app, role, env }: Fleet): string => `${app.name}-${role}-${env}`

/** All groups of a partition, in the order of their first fleets: at most a few hundred, however large the estate is. */
export const fleetGroupsOf = (seed: number, partition: Partition): FleetGroups => {
  const byName = new Map<string, FleetGroup>()
  const groupOf = new Uint16Array(fleetCount(partition))
  for (let number = 0; number < groupOf.length; number++) {
    const fleet = fleetAt(seed, partition, number)
    const name = nameOfGroup(fleet)
    const group = byName.get(name) ?? { index: byName.size, name, fleet, fleets: [] }
    byName.set(name, group)
    group.fleets.push(number)
    groupOf[number] = group.index
  }
  const groups = [...byName.values()]
  // Each fleet was put into one of the groups.
  return { groups, of: (fleet) => groups[groupOf[fleet]!]! }
}

/** The instances of some fleets, by number. */
export const instancesOf = (fleets: readonly number[], { instances }: Partition): number[] =>
  fleets.flatMap((fleet) =>
    Array.from(
      { length: Math.min(fleetSize, instances - fleet * fleetSize) },
      (_, machine) => fleet * fleetSize + machine,
    ),
  )
