import { fraction, mix, seedNumber } from '../estate/random.ts'
import type { SeedLoadBalancer } from '../estate/load-balancer.ts'
import type { Role } from '../estate/names.ts'
import { progressOf } from '../incidents/calendar.ts'
import { noiseAt, rhythm } from './load.ts'
import type { Family, Measure, MeasureContext } from './measure.ts'

/** What ends an ARN: CloudWatch's name of a load balancer or target group. */
const dimensionOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1).replace(/^loadbalancer\//, '')

const balancerOf = ({ world, partition }: MeasureContext, name: string): SeedLoadBalancer | undefined =>
  world.estate.around(partition).loadBalancers.find(({ arn }) => dimensionOf(arn) === name)

/** Requests in a minute, by how many users an app has; one that a migration left behind has none. */
const requestsAt = ({ region, role, key, isOld }: Traffic, atMs: number): number =>
  isOld
    ? 0
    : Math.round(
        rhythm(region, role, atMs) * (300 + 9000 * fraction(key, 1) ** 2) * (0.9 + 0.2 * noiseAt(atMs, key, 2)),
      )

type Traffic = { region: string; role: Role; key: number; isOld: boolean; arn: string }

const trafficOf = ({ partition }: MeasureContext, { arn, name, group }: SeedLoadBalancer): Traffic => ({
  region: partition.region,
  role: group.fleet.role,
  key: mix(seedNumber(arn)),
  isOld: name.endsWith('-old'),
  arn,
})

/** Seconds; six times as long while it is slow. */
const responseTimeAt = ({ world }: MeasureContext, traffic: Traffic, atMs: number): number => {
  const usual = 0.03 + 0.15 * fraction(traffic.key, 3)
  const busy = 1 + 0.6 * rhythm(traffic.region, traffic.role, atMs)
  const isSlow = progressOf(world.calendar, 'slow-load-balancer', traffic.arn, atMs) !== undefined
  return usual * busy * (0.92 + 0.16 * noiseAt(atMs, traffic.key, 4)) * (isSlow ? 6 : 1)
}

const failedAt = ({ world }: MeasureContext, traffic: Traffic, atMs: number): number => {
  const isSlow = progressOf(world.calendar, 'slow-load-balancer', traffic.arn, atMs) !== undefined
  return Math.round(requestsAt(traffic, atMs) * (isSlow ? 0.03 : 0.0004) * (0.5 + noiseAt(atMs, traffic.key, 5)))
}

const application = (context: MeasureContext, balancer: SeedLoadBalancer, name: string): Measure | undefined => {
  const traffic = trafficOf(context, balancer)
  const requests = (atMs: number): number | undefined => requestsAt(traffic, atMs) || undefined
  switch (name) {
    case 'RequestCount':
      return requests
    case 'TargetResponseTime':
      return (atMs) => (requests(atMs) === undefined ? undefined : responseTimeAt(context, traffic, atMs))
    case 'HTTPCode_Target_5XX_Count':
      return (atMs) => failedAt(context, traffic, atMs) || undefined
    case 'HTTPCode_ELB_5XX_Count':
      return (atMs) => (noiseAt(atMs, traffic.key, 6) < 0.02 ? 1 : undefined)
    case 'ActiveConnectionCount':
      return (atMs) => Math.round(requestsAt(traffic, atMs) * 0.4)
    default:
      return (atMs) => Math.round(requestsAt(traffic, atMs) * (4_000 + 20_000 * fraction(traffic.key, 7)))
  }
}

export const applicationFamily: Family = {
  namespace: 'AWS/ApplicationELB',
  dimensions: ['LoadBalancer'],
  names: [
    'RequestCount',
    'TargetResponseTime',
    'HTTPCode_Target_5XX_Count',
    'HTTPCode_ELB_5XX_Count',
    'ActiveConnectionCount',
    'ProcessedBytes',
  ],
  of: (context, { LoadBalancer = '' }, name) => {
    const balancer = balancerOf(context, LoadBalancer)
    return balancer?.type === 'application' ? application(context, balancer, name) : undefined
  },
}

export const networkFamily: Family = {
  namespace: 'AWS/NetworkELB',
  dimensions: ['LoadBalancer'],
  names: ['ActiveFlowCount', 'NewFlowCount', 'TCP_Target_Reset_Count', 'ProcessedBytes'],
  of: (context, { LoadBalancer = '' }, name) => {
    const balancer = balancerOf(context, LoadBalancer)
    if (balancer?.type !== 'network') return undefined
    const traffic = trafficOf(context, balancer)
    const share = { ActiveFlowCount: 0.5, NewFlowCount: 1, TCP_Target_Reset_Count: 0.001 }[name] ?? 12_000
    return (atMs) => Math.round(requestsAt(traffic, atMs) * share)
  },
}

const groupNames = [
  'HealthyHostCount',
  'UnHealthyHostCount',
  'RequestCount',
  'HTTPCode_Target_5XX_Count',
  'TargetResponseTime',
]

/** Of a target group behind the load balancer that is named with it. */
const targetGroupFamily = (namespace: string, type: SeedLoadBalancer['type'], names: readonly string[]): Family => ({
  namespace,
  dimensions: ['LoadBalancer', 'TargetGroup'],
  names,
  of: (context, { LoadBalancer = '', TargetGroup = '' }, name) => {
    const { world, partition } = context
    const group = world.estate.around(partition).targetGroups.find(({ arn }) => dimensionOf(arn) === TargetGroup)
    const balancer = group?.loadBalancer
    if (group === undefined || !balancer || balancer.type !== type) return undefined
    if (dimensionOf(balancer.arn) !== LoadBalancer) return undefined
    if (name !== 'HealthyHostCount' && name !== 'UnHealthyHostCount') return application(context, balancer, name)
    const machines = group.fleets
      .flatMap((fleet) => Array.from({ length: 8 }, (_, index) => fleet * 8 + index))
      .filter((index) => index < partition.instances)
    return () => {
      const running = machines.filter(
        (index) => world.power(world.estate.instance(partition, index)).target === 'running',
      )
      return name === 'HealthyHostCount' ? running.length : machines.length - running.length
    }
  },
})

export const targetGroupFamilies: readonly Family[] = [
  targetGroupFamily('AWS/ApplicationELB', 'application', groupNames),
  targetGroupFamily('AWS/NetworkELB', 'network', groupNames.slice(0, 2)),
]
