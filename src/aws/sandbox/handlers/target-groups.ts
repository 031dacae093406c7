import type {
  DescribeTargetGroupsCommandInput,
  DescribeTargetGroupsCommandOutput,
  DescribeTargetHealthCommandInput,
  DescribeTargetHealthCommandOutput,
  TargetGroup,
  TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { awsError } from '../aws-error.ts'
import { instancesOf } from '../estate/fleet-group.ts'
import type { SeedInstance } from '../estate/instance.ts'
import type { SeedTargetGroup } from '../estate/load-balancer.ts'
import { fraction } from '../estate/random.ts'
import { appPort } from '../estate/security-group.ts'
import type { Handler, HandlerContext } from './context.ts'
import { isShown } from './instance-ids.ts'
import { pickNamed, targetGroupNotFound } from './load-balancers.ts'
import { markerPage, refuseSize } from './marker-page.ts'
import { stateOf } from './power.ts'

/** The API's largest page. */
const largestPage = 400

export const describeTargetGroups: Handler<DescribeTargetGroupsCommandInput, DescribeTargetGroupsCommandOutput> = (
  input,
  { world, partition },
) => {
  const { PageSize = largestPage, LoadBalancerArn } = input
  refuseSize('pageSize', PageSize, largestPage)
  const { loadBalancers, targetGroups } = world.estate.around(partition)
  if (LoadBalancerArn !== undefined && !loadBalancers.some(({ arn }) => arn === LoadBalancerArn))
    throw awsError('LoadBalancerNotFoundException', 'One or more load balancers not found')
  const named = pickNamed(targetGroups, { arns: input.TargetGroupArns, names: input.Names }, targetGroupNotFound)
  const { items, next } = markerPage(
    (named ?? targetGroups).filter(
      ({ loadBalancer }) => LoadBalancerArn === undefined || loadBalancer?.arn === LoadBalancerArn,
    ),
    { marker: input.Marker, size: PageSize },
  )
  return { TargetGroups: items.map(toTargetGroup), ...(next === undefined ? {} : { NextMarker: next }) }
}

const toTargetGroup = (group: SeedTargetGroup): TargetGroup => ({
  TargetGroupArn: group.arn,
  TargetGroupName: group.name,
  Protocol: group.protocol,
  Port: appPort,
  VpcId: group.vpc.id,
  TargetType: 'instance',
  IpAddressType: 'ipv4',
  LoadBalancerArns: group.loadBalancer === null ? [] : [group.loadBalancer.arn],
  HealthCheckEnabled: true,
  HealthCheckProtocol: group.protocol,
  HealthCheckPort: 'traffic-port',
  HealthCheckIntervalSeconds: 30,
  HealthCheckTimeoutSeconds: group.protocol === 'TCP' ? 10 : 5,
  HealthyThresholdCount: 5,
  UnhealthyThresholdCount: 2,
  ...(group.protocol === 'HTTP'
    ? { ProtocolVersion: 'HTTP1', HealthCheckPath: '/healthz', Matcher: { HttpCode: '200' } }
    : {}),
})

export const describeTargetHealth: Handler<DescribeTargetHealthCommandInput, DescribeTargetHealthCommandOutput> = (
  input,
  context,
) => {
  const { world, partition } = context
  const group = world.estate.around(partition).targetGroups.find(({ arn }) => arn === input.TargetGroupArn)
  if (group === undefined) throw targetGroupNotFound()
  const wanted = input.Targets && new Set(input.Targets.map(({ Id }) => Id))
  return {
    TargetHealthDescriptions: instancesOf(group.fleets, partition)
      .map((index) => world.estate.instance(partition, index))
      // What is terminated is taken out of its target groups.
      .filter((instance) => isShown(instance, context) && stateOf(instance, context) !== 'terminated')
      .filter(({ id }) => wanted === undefined || wanted.has(id))
      .map((instance) => ({
        Target: { Id: instance.id, Port: appPort },
        HealthCheckPort: String(appPort),
        TargetHealth: healthOf(instance, group, context),
      })),
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
const healthOf = (instance: SeedInstance, group: SeedTargetGroup, context: HandlerContext): TargetHealth => {
  const { world, nowMs } = context
  const power = world.power(instance)
  const state = stateOf(instance, context)
  if (group.loadBalancer === null) {
    return {
      State: 'unused',
      Reason: 'Target.NotInUse',
      Description: 'Target group is not configured to receive traffic from the load balancer',
    }
  }
  if (state === 'shutting-down') {
    return {
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
      Description: 'Target deregistration is in progress',
    }
  }
  if (state === 'stopping' || state === 'stopped')
    return { State: 'unused', Reason: 'Target.InvalidState', Description: 'Target is in the stopped state' }
  if (state === 'pending') {
    return {
      State: 'initial',
      Reason: 'Elb.RegistrationInProgress',
      Description: 'Target registration is in progress',
    }
  }
  if (nowMs < power.checkedMs) {
    return {
      State: 'initial',
      Reason: 'Elb.InitialHealthChecking',
      Description: 'Initial health checks in progress',
    }
  }
  if (instance.isImpaired && power.starts === 0)
    return { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' }
  // Its program hangs, as long as nobody starts it anew.
  if (power.starts === 0 && fraction(world.estate.seed, instance.partition.number, instance.index, 23) < 0.01) {
    return group.protocol === 'TCP'
      ? { State: 'unhealthy', Reason: 'Target.FailedHealthChecks', Description: 'Health checks failed' }
      : {
          State: 'unhealthy',
          Reason: 'Target.ResponseCodeMismatch',
          Description: 'Health checks failed with these codes: [502]',
        }
  }
  return { State: 'healthy' }
}
