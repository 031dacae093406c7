import type {
  AutoScalingGroup,
  DescribeAutoScalingGroupsCommandInput,
  DescribeAutoScalingGroupsCommandOutput,
} from '@aws-sdk/client-auto-scaling'
import { awsError } from '../aws-error.ts'
import type { SeedAutoScalingGroup } from '../estate/auto-scaling-group.ts'
import { vpcOfTeam } from '../estate/network.ts'
import type { Handler, HandlerContext } from './context.ts'
import { matcherOf, tagValues } from './filters.ts'
import { isShown } from './instance-ids.ts'
import { markerPage } from './marker-page.ts'
import { stateOf } from './power.ts'

/** The API's largest page. */
const largestPage = 100

/** By name (unknown ones are left out), by tags, or all, in the order of their names. */
export const describeAutoScalingGroups: Handler<
  DescribeAutoScalingGroupsCommandInput,
  DescribeAutoScalingGroupsCommandOutput
> = (input, context) => {
  const { MaxRecords = 50, AutoScalingGroupNames } = input
  if (!Number.isInteger(MaxRecords) || MaxRecords < 1 || MaxRecords > largestPage)
    throw awsError('ValidationError', `MaxRecords must be 1 to ${largestPage}.`)
  const wanted =
    AutoScalingGroupNames === undefined || AutoScalingGroupNames.length === 0
      ? undefined
      : new Set(AutoScalingGroupNames)
  const matches = matcherOf<SeedAutoScalingGroup>(input.Filters, (group, name) =>
    name === 'tag-value' ? Object.values(group.tags) : tagValues(group.tags, name),
  )
  const { autoScalingGroups } = context.world.estate.around(context.partition)
  const { items, next } = markerPage(
    autoScalingGroups.filter((group) => (wanted === undefined || wanted.has(group.name)) && matches(group)),
    { marker: input.NextToken, size: MaxRecords },
  )
  return {
    AutoScalingGroups: items.map((group) => toGroup(group, context)),
    ...(next === undefined ? {} : { NextToken: next }),
  }
}

const toGroup = (group: SeedAutoScalingGroup, context: HandlerContext): AutoScalingGroup => {
  const { world, partition, region } = context
  const machines = group.instances
    .map((index) => world.estate.instance(partition, index))
    // What is gone leaves the group; the sandbox's groups don't replace it.
    .filter((instance) => isShown(instance, context) && stateOf(instance, context) !== 'terminated')
  const template = {
    LaunchTemplateId: group.launchTemplate.id,
    LaunchTemplateName: group.launchTemplate.name,
    Version: group.launchTemplate.version,
  }
  const { fleet } = group.group
  const vpcNumber = vpcOfTeam(partition, fleet.app.team)
  const seats = world.estate
    .around(partition)
    .subnets.filter(({ vpc, isPublic }) => vpc.index === vpcNumber && isPublic === fleet.hasPublicIps)
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    LaunchTemplate: template,
    MinSize: group.minSize,
    MaxSize: group.maxSize,
    DesiredCapacity: group.desiredCapacity,
    DefaultCooldown: 300,
    AvailabilityZones: ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
    VPCZoneIdentifier: seats.map(({ id }) => id).join(','),
    TargetGroupARNs: group.targetGroupArns,
    LoadBalancerNames: [],
    HealthCheckType: group.targetGroupArns.length > 0 ? 'ELB' : 'EC2',
    HealthCheckGracePeriod: 300,
    Instances: machines.map((instance) => ({
      InstanceId: instance.id,
      InstanceType: world.instanceType(instance),
      AvailabilityZone: instance.availabilityZone,
      LifecycleState: 'InService',
      HealthStatus: stateOf(instance, context) === 'running' ? 'Healthy' : 'Unhealthy',
      ProtectedFromScaleIn: false,
      LaunchTemplate: template,
    })),
    CreatedTime: new Date(group.createdMs),
    SuspendedProcesses: [],
    EnabledMetrics: [],
    TerminationPolicies: ['Default'],
    NewInstancesProtectedFromScaleIn: false,
    ServiceLinkedRoleARN: `arn:aws:iam::${partition.account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    Tags: Object.entries(group.tags).map(([Key, Value]) => ({
      Key,
      Value,
      PropagateAtLaunch: true,
      ResourceId: group.name,
      ResourceType: 'auto-scaling-group',
    })),
  }
}
