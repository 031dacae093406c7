import type { FleetGroup } from './fleet-group.ts'
import { groupTags } from './group-tags.ts'
import { hexOf } from './hex.ts'
import { estateEpochMs } from './instance.ts'
import { vpcOfTeam } from './network.ts'
import type { SeedVpc } from './network.ts'
import type { Partition } from './partitions.ts'
import { fraction } from './random.ts'

/** A load balancer in front of a group of web or api fleets, as the seed made it. */
export type SeedLoadBalancer = {
  arn: string
  name: string
  type: 'application' | 'network'
  scheme: 'internet-facing' | 'internal'
  dnsName: string
  group: FleetGroup
  vpc: SeedVpc
  createdMs: number
  tags: Record<string, string>
}

export type SeedTargetGroup = {
  arn: string
  name: string
  protocol: 'HTTP' | 'TCP'
  vpc: SeedVpc
  /** The load balancer that sends to it; null where none does. */
  loadBalancer: SeedLoadBalancer | null
  /** The fleets whose machines are its targets. */
  fleets: readonly number[]
  tags: Record<string, string>
}

const kind = 20
const dayMs = 86_400_000

/** Both lists in the order of their groups. */
export const loadBalancersOf = (
  seed: number,
  partition: Partition,
  around: { vpcs: readonly SeedVpc[]; groups: readonly FleetGroup[] },
): { loadBalancers: SeedLoadBalancer[]; targetGroups: SeedTargetGroup[] } => {
  const loadBalancers: SeedLoadBalancer[] = []
  const targetGroups: SeedTargetGroup[] = []
  const balanced = around.groups.filter(({ fleet }) => fleet.role === 'web' || fleet.role === 'api')
  for (const [number, group] of balanced.entries()) {
    const dice = (salt: number): number => fraction(seed, partition.number, group.index, kind, salt)
    // The VPC that the team's machines sit in is one of these.
    const vpc = around.vpcs[vpcOfTeam(partition, group.fleet.app.team)]!
    const isWeb = group.fleet.role === 'web'
    const balancer = (suffix: string, salt: number): SeedLoadBalancer => {
      const name = `${group.name}${suffix}`
      const type = isWeb || dice(1) < 0.75 ? 'application' : 'network'
      const scheme = isWeb ? 'internet-facing' : 'internal'
      const id = hexOf(16, seed, partition.number, group.index, kind, salt)
      return {
        arn: `${arnPrefix(partition)}:loadbalancer/${type === 'application' ? 'app' : 'net'}/${name}/${id}`,
        name,
        type,
        scheme,
        dnsName: dnsNameOf(partition, { name, type, scheme, id }),
        group,
        vpc,
        createdMs: estateEpochMs - Math.floor((20 + dice(salt) * 700) * dayMs),
        tags: groupTags(seed, partition, group, kind + salt, name, 'LoadBalancer'),
      }
    }
    const targets = (
      suffix: string,
      salt: number,
      loadBalancer: SeedLoadBalancer | null,
      fleets: readonly number[],
    ): SeedTargetGroup => {
      const name = `${group.name}${suffix}`
      return {
        arn: `${arnPrefix(partition)}:targetgroup/${name}/${hexOf(16, seed, partition.number, group.index, kind, salt)}`,
        name,
        protocol: loadBalancer?.type === 'network' ? 'TCP' : 'HTTP',
        vpc,
        loadBalancer,
        fleets,
        tags: groupTags(seed, partition, group, kind + salt, name, 'TargetGroup'),
      }
    }
    // The first one always has one, so that even a small part of an estate shows it.
    if (number > 0 && dice(2) < 0.12) continue
    const own = balancer('', 3)
    loadBalancers.push(own)
    targetGroups.push(targets('', 4, own, group.fleets))
    // The other half of a blue/green deployment, and what a migration left behind.
    if (dice(5) < 0.12) targetGroups.push(targets('-green', 6, null, []))
    if (number === 2 || dice(7) < 0.05) {
      const old = balancer('-old', 8)
      loadBalancers.push(old)
      targetGroups.push(targets('-old', 9, old, []))
    }
  }
  return { loadBalancers, targetGroups }
}

const arnPrefix = ({ account, region }: Partition): string => `arn:aws:elasticloadbalancing:${region}:${account}`

const dnsNameOf = (
  { region }: Partition,
  { name, type, scheme, id }: Pick<SeedLoadBalancer, 'name' | 'type' | 'scheme'> & { id: string },
): string => {
  if (type === 'network') return `${name}-${id}.elb.${region}.amazonaws.com`
  const number = Number.parseInt(id.slice(0, 8), 16)
  return `${scheme === 'internal' ? 'internal-' : ''}${name}-${number}.${region}.elb.amazonaws.com`
}

/** The listeners of a load balancer, by port. */
export const listenersOf = (
  balancer: SeedLoadBalancer,
): { arn: string; port: number; protocol: 'HTTP' | 'HTTPS' | 'TCP' }[] => {
  const prefix = balancer.arn.replace(':loadbalancer/', ':listener/')
  const id = balancer.arn.slice(-16)
  const of = (port: number, protocol: 'HTTP' | 'HTTPS' | 'TCP') => ({
    arn: `${prefix}/${hexOf(16, Number.parseInt(id.slice(0, 8), 16), port)}`,
    port,
    protocol,
  })
  if (balancer.type === 'network') return [of(443, 'TCP')]
  return balancer.scheme === 'internet-facing' ? [of(80, 'HTTP'), of(443, 'HTTPS')] : [of(443, 'HTTPS')]
}
