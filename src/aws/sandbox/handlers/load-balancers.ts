import type {
  DescribeListenersCommandInput,
  DescribeListenersCommandOutput,
  DescribeLoadBalancersCommandInput,
  DescribeLoadBalancersCommandOutput,
  DescribeTagsCommandInput,
  DescribeTagsCommandOutput,
  LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { awsError } from '../aws-error.ts'
import { listenersOf } from '../estate/load-balancer.ts'
import type { SeedLoadBalancer } from '../estate/load-balancer.ts'
import type { Handler, HandlerContext } from './context.ts'
import { markerPage, refuseSize } from './marker-page.ts'

/** The API's largest page, and the most ARNs or names of a call. */
const largestPage = 400
const mostNamed = 20

const loadBalancerNotFound = (): Error =>
  awsError('LoadBalancerNotFoundException', 'One or more load balancers not found')
export const targetGroupNotFound = (): Error =>
  awsError('TargetGroupNotFoundException', 'One or more target groups not found')

/** Picks what a call names by ARN or by name, whole or not at all; undefined where it names nothing. */
export const pickNamed = <Item extends { arn: string; name: string }>(
  all: readonly Item[],
  { arns, names }: { arns: readonly string[] | undefined; names: readonly string[] | undefined },
  unknown: () => Error,
): Item[] | undefined => {
  if (arns !== undefined && names !== undefined && arns.length > 0 && names.length > 0)
    throw awsError('ValidationError', 'ARNs and names can not be given together')
  const wanted = new Set([...(arns ?? []), ...(names ?? [])])
  if (wanted.size === 0) return undefined
  if (wanted.size > mostNamed) throw awsError('ValidationError', `At most ${mostNamed} can be named in one call`)
  const key = names !== undefined && names.length > 0 ? 'name' : 'arn'
  const found = all.filter((item) => wanted.has(item[key]))
  if (found.length < wanted.size) throw unknown()
  return found
}

export const describeLoadBalancers: Handler<DescribeLoadBalancersCommandInput, DescribeLoadBalancersCommandOutput> = (
  input,
  context,
) => {
  const { PageSize = largestPage } = input
  refuseSize('pageSize', PageSize, largestPage)
  const { loadBalancers } = context.world.estate.around(context.partition)
  const named = pickNamed(loadBalancers, { arns: input.LoadBalancerArns, names: input.Names }, loadBalancerNotFound)
  const { items, next } = markerPage(named ?? loadBalancers, { marker: input.Marker, size: PageSize })
  return {
    LoadBalancers: items.map((balancer) => toLoadBalancer(balancer, context)),
    ...(next === undefined ? {} : { NextMarker: next }),
  }
}

/** Hosted zones that AWS publishes for us-east-1, the same for every Region here. */
const hostedZones = { application: 'Z35SXDOTRQ7X7K', network: 'Z26RNL4JYFTOTI' } as const

const toLoadBalancer = (balancer: SeedLoadBalancer, { world, partition }: HandlerContext): LoadBalancer => {
  const around = world.estate.around(partition)
  const own = around.securityGroups.find(({ name, vpc }) => name === `${balancer.name}-alb` && vpc === balancer.vpc)
  return {
    LoadBalancerArn: balancer.arn,
    LoadBalancerName: balancer.name,
    DNSName: balancer.dnsName,
    CanonicalHostedZoneId: hostedZones[balancer.type],
    CreatedTime: new Date(balancer.createdMs),
    Scheme: balancer.scheme,
    Type: balancer.type,
    State: { Code: 'active' },
    VpcId: balancer.vpc.id,
    IpAddressType: 'ipv4',
    SecurityGroups: own === undefined ? [] : [own.id],
    AvailabilityZones: around.subnets
      .filter(({ vpc, isPublic }) => vpc === balancer.vpc && isPublic === (balancer.scheme === 'internet-facing'))
      .slice(0, 3)
      .map(({ id, availabilityZone }) => ({ ZoneName: availabilityZone, SubnetId: id, LoadBalancerAddresses: [] })),
  }
}

export const describeListeners: Handler<DescribeListenersCommandInput, DescribeListenersCommandOutput> = (
  input,
  { world, partition },
) => {
  const { PageSize = largestPage } = input
  refuseSize('pageSize', PageSize, largestPage)
  const { loadBalancers, targetGroups } = world.estate.around(partition)
  const all = loadBalancers.flatMap((balancer) =>
    listenersOf(balancer).map((listener) => ({
      ListenerArn: listener.arn,
      LoadBalancerArn: balancer.arn,
      Port: listener.port,
      Protocol: listener.protocol,
      DefaultActions:
        listener.protocol === 'HTTP'
          ? [
              {
                Type: 'redirect' as const,
                Order: 1,
                RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' as const },
              },
            ]
          : targetGroups
              .filter(({ loadBalancer }) => loadBalancer === balancer)
              .map(({ arn }) => ({ Type: 'forward' as const, Order: 1, TargetGroupArn: arn })),
    })),
  )
  const arns = input.ListenerArns ?? []
  if (arns.length > 0) {
    const found = all.filter(({ ListenerArn }) => arns.includes(ListenerArn))
    if (found.length < new Set(arns).size)
      throw awsError('ListenerNotFoundException', 'One or more listeners not found')
    return { Listeners: found }
  }
  if (input.LoadBalancerArn === undefined) {
    throw awsError('ValidationError', 'You must specify either listener ARNs or a load balancer ARN')
  }
  if (!loadBalancers.some(({ arn }) => arn === input.LoadBalancerArn)) throw loadBalancerNotFound()
  const { items, next } = markerPage(
    all.filter(({ LoadBalancerArn }) => LoadBalancerArn === input.LoadBalancerArn),
    { marker: input.Marker, size: PageSize },
  )
  return { Listeners: [...items], ...(next === undefined ? {} : { NextMarker: next }) }
}

/** Of load balancers and target groups; refused whole when one of the ARNs names none. */
export const describeTags: Handler<DescribeTagsCommandInput, DescribeTagsCommandOutput> = (
  { ResourceArns = [] },
  { world, partition },
) => {
  if (ResourceArns.length === 0 || ResourceArns.length > mostNamed)
    throw awsError('ValidationError', `Tags are told of 1 to ${mostNamed} resources in one call`)
  const { loadBalancers, targetGroups } = world.estate.around(partition)
  return {
    TagDescriptions: [...new Set(ResourceArns)].map((arn) => {
      const isTargetGroup = arn.includes(':targetgroup/')
      const found = (isTargetGroup ? targetGroups : loadBalancers).find((one) => one.arn === arn)
      if (found === undefined) throw isTargetGroup ? targetGroupNotFound() : loadBalancerNotFound()
      return { ResourceArn: arn, Tags: Object.entries(found.tags).map(([Key, Value]) => ({ Key, Value })) }
    }),
  }
}
