import type { FleetGroup } from './fleet-group.ts'
import { groupTags } from './group-tags.ts'
import { encodeId } from './ids.ts'
import type { SeedLoadBalancer } from './load-balancer.ts'
import { vpcOfTeam } from './network.ts'
import type { SeedVpc } from './network.ts'
import type { Partition } from './partitions.ts'
import { fraction } from './random.ts'

/** A rule lets in from addresses or from the members of another security group (by its number). */
export type SeedRule = {
  protocol: 'tcp' | 'all'
  port: number | null
  from: { cidr: string } | { group: number }
  description: string
}
export type SeedSecurityGroup = {
  id: string
  index: number
  vpc: SeedVpc
  name: string
  description: string
  ingress: SeedRule[]
  tags: Record<string, string>
}

export const securityGroupKind = 12
const anywhere = '0.0.0.0/0'
const inside = '10.0.0.0/8'
export const appPort = 8080
const databasePort = 5432

/**
 * By number: the default group of each VPC, one for each group of fleets, one for each Application Load Balancer, and at the
 * end what the launch wizard left behind.
 */
export const securityGroupsOf = (
  seed: number,
  partition: Partition,
  around: { vpcs: readonly SeedVpc[]; groups: readonly FleetGroup[]; loadBalancers: readonly SeedLoadBalancer[] },
): SeedSecurityGroup[] => {
  const { vpcs, groups, loadBalancers } = around
  const withGroups = loadBalancers.filter(({ type }) => type === 'application')
  const numberOfFleets = (group: number): number => vpcs.length + group
  const numberOfLoadBalancer = (balancer: SeedLoadBalancer): number =>
    vpcs.length + groups.length + withGroups.indexOf(balancer)
  const made: Omit<SeedSecurityGroup, 'id' | 'index'>[] = [
    ...vpcs.map((vpc, index) => ({
      vpc,
      name: 'default',
      description: 'default VPC security group',
      ingress: [{ protocol: 'all' as const, port: null, from: { group: index }, description: '' }],
      tags: {},
    })),
    ...groups.map((group) => ({
      // The VPC that the team's machines sit in is one of these.
      vpc: vpcs[vpcOfTeam(partition, group.fleet.app.team)]!,
      name: group.name,
      description: `${group.fleet.role} of ${group.fleet.app.name}`,
      ingress: [...serviceRules(group), sshRule(fraction(seed, partition.number, group.index, securityGroupKind, 4))],
      tags: groupTags(seed, partition, group, securityGroupKind, group.name, 'SecurityGroup'),
    })),
    ...withGroups.map((balancer) => ({
      vpc: balancer.vpc,
      name: `${balancer.name}-alb`,
      description: `Load balancer ${balancer.name}`,
      ingress: (balancer.scheme === 'internet-facing' ? [443, 80] : [443]).map((port) => ({
        protocol: 'tcp' as const,
        port,
        from: { cidr: balancer.scheme === 'internet-facing' ? anywhere : inside },
        description: '',
      })),
      tags: groupTags(
        seed,
        partition,
        balancer.group,
        securityGroupKind + 100,
        `${balancer.name}-alb`,
        'LoadBalancerSecurityGroup',
      ),
    })),
    ...vpcs.flatMap((vpc) =>
      Array.from({ length: 1 + Math.floor(groups.length / 16) }, (_, number) => ({
        vpc,
        name: `launch-wizard-${number + 1}`,
        description: `launch-wizard-${number + 1} created 2024-0${(number % 9) + 1}-11T09:12:44.108Z`,
        ingress: [{ protocol: 'tcp' as const, port: 22, from: { cidr: anywhere }, description: '' }],
        tags: {},
      })),
    ),
  ]
  return made.map((one, index) => ({
    ...one,
    id: encodeId('sg', seed, securityGroupKind, partition.number, index),
    index,
  }))

  function serviceRules(group: FleetGroup): SeedRule[] {
    const { role, app, env } = group.fleet
    const own = withGroups.filter((balancer) => balancer.group === group)
    if (role === 'web' || role === 'api') {
      const rule = { protocol: 'tcp' as const, port: appPort, description: 'from the load balancer' }
      return own.length > 0
        ? own.map((balancer) => ({ ...rule, from: { group: numberOfLoadBalancer(balancer) } }))
        : [{ ...rule, from: { cidr: inside }, description: '' }]
    }
    if (role === 'worker') return []
    const clients = groups.filter(
      ({ fleet }) => fleet.app === app && fleet.env === env && fleet.role !== 'db' && fleet.role !== 'web',
    )
    const rule = { protocol: 'tcp' as const, port: databasePort, description: 'PostgreSQL' }
    // As everywhere: somebody had to look into a database from home, once.
    if (fraction(seed, partition.number, group.index, securityGroupKind, 5) < 0.06)
      return [{ ...rule, from: { cidr: anywhere } }]
    return clients.length > 0
      ? clients.map(({ index }) => ({ ...rule, from: { group: numberOfFleets(index) } }))
      : [{ ...rule, from: { cidr: inside } }]
  }
}

const sshRule = (dice: number): SeedRule => ({
  protocol: 'tcp',
  port: 22,
  from: { cidr: dice < 0.07 ? anywhere : inside },
  description: 'SSH',
})

/** Numbers of security groups: of the machines of a group of fleets, and of a load balancer (none for a Network Load Balancer). */
export const numberOfFleetsGroup = (vpcs: readonly SeedVpc[], group: FleetGroup): number => vpcs.length + group.index
