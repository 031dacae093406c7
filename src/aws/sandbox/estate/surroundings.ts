import { addressNumbers } from './address.ts'
import { autoScalingGroupsOf } from './auto-scaling-group.ts'
import type { SeedAutoScalingGroup } from './auto-scaling-group.ts'
import { fleetAt } from './fleet.ts'
import { fleetCount, fleetGroupsOf, instancesOf } from './fleet-group.ts'
import type { FleetGroups } from './fleet-group.ts'
import { zoneOf } from './instance.ts'
import { keyPairsOf } from './key-pair.ts'
import type { SeedKeyPair } from './key-pair.ts'
import { loadBalancersOf } from './load-balancer.ts'
import type { SeedLoadBalancer, SeedTargetGroup } from './load-balancer.ts'
import { seatOf, subnetsOf, vpcsOf } from './network.ts'
import type { SeedSubnet, SeedVpc } from './network.ts'
import type { Partition } from './partitions.ts'
import { securityGroupsOf } from './security-group.ts'
import type { SeedSecurityGroup } from './security-group.ts'

/**
 * What stands around the machines of an account and Region. Unlike them it hardly grows with the estate: it follows from what
 * the company runs, not from how many machines that takes. Only the addresses are a list of numbers as long as there are any.
 */
export type Surroundings = {
  groups: FleetGroups
  vpcs: SeedVpc[]
  subnets: SeedSubnet[]
  securityGroups: SeedSecurityGroup[]
  loadBalancers: SeedLoadBalancer[]
  targetGroups: SeedTargetGroup[]
  autoScalingGroups: SeedAutoScalingGroup[]
  keyPairs: SeedKeyPair[]
  /** Numbers of the Elastic IPs. */
  addresses: number[]
  /** How many machines were launched into each subnet. */
  machinesIn: () => Uint32Array
}

/** Looks at each fleet once (0.1 s for the largest partition of 1,000,000 resources), so keep what it returns. */
export const surroundingsOf = (seed: number, partition: Partition): Surroundings => {
  const groups = fleetGroupsOf(seed, partition)
  const vpcs = vpcsOf(seed, partition)
  const around = { vpcs, groups: groups.groups }
  const { loadBalancers, targetGroups } = loadBalancersOf(seed, partition, around)
  const subnets = subnetsOf(seed, partition, vpcs)
  let machines: Uint32Array | undefined
  return {
    groups,
    vpcs,
    subnets,
    securityGroups: securityGroupsOf(seed, partition, { ...around, loadBalancers }),
    loadBalancers,
    targetGroups,
    autoScalingGroups: autoScalingGroupsOf(seed, partition, { ...around, targetGroups }),
    keyPairs: keyPairsOf(seed, partition, groups.groups),
    addresses: addressNumbers(seed, partition),
    machinesIn: () => (machines ??= countMachines(seed, partition, subnets.length)),
  }
}

const countMachines = (seed: number, partition: Partition, subnets: number): Uint32Array => {
  const counts = new Uint32Array(subnets)
  for (let number = 0; number < fleetCount(partition); number++) {
    const { app, hasPublicIps } = fleetAt(seed, partition, number)
    for (const index of instancesOf([number], partition)) {
      const availabilityZone = zoneOf(seed, partition, index)
      const { subnet } = seatOf(partition, { index, team: app.team, availabilityZone, isPublic: hasPublicIps })
      // A seat is in one of the partition's subnets.
      counts[subnet]!++
    }
  }
  return counts
}
