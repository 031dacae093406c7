import type { DescribeInstancesCommandInput, DescribeInstancesCommandOutput, Instance } from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import type { HandlerContext, Handler } from './context.ts'
import { toEc2Instance } from './ec2-instance.ts'
import { matcherOf, tagValues } from './filters.ts'
import { endDryRun, instanceWithId, isShown, namedInstances } from './instance-ids.ts'
import { pageOf } from './page.ts'

export const describeInstances: Handler<DescribeInstancesCommandInput, DescribeInstancesCommandOutput> = (
  input,
  context,
) => {
  if (input.InstanceIds !== undefined && input.InstanceIds.length > 0 && input.MaxResults !== undefined) {
    throw awsError(
      'InvalidParameterCombination',
      'The parameter instancesSet cannot be used with the parameter maxResults',
    )
  }
  endDryRun(input)
  const matches = matcherOf<Instance>(input.Filters, filterValues)
  const { count, at } = candidates(input, context)
  const { items, NextToken } = pageOf(
    count,
    (position) => {
      const instance = at(position)
      return instance !== undefined && matches(instance) ? instance : undefined
    },
    input,
  )
  return {
    Reservations: items.map((instance) => ({
      ReservationId: `r-0${instance.InstanceId?.slice(3) ?? ''}`,
      OwnerId: context.account,
      Groups: [],
      Instances: [instance],
    })),
    ...(NextToken === undefined ? {} : { NextToken }),
  }
}

/** By id where the call names ids, directly or by filter; else the whole partition. */
const candidates = (
  input: DescribeInstancesCommandInput,
  context: HandlerContext,
): { count: number; at: (position: number) => Instance | undefined } => {
  const { world, partition } = context
  const byFilter = input.Filters?.find(({ Name }) => Name === 'instance-id')?.Values
  if (input.InstanceIds !== undefined && input.InstanceIds.length > 0) {
    const named = namedInstances(input.InstanceIds, context)
    return { count: named.length, at: (position) => toInstance(named[position]) }
  }
  if (byFilter !== undefined && !byFilter.some((value) => /[*?]/.test(value))) {
    const ids = [...new Set(byFilter)]
    return {
      count: ids.length,
      at: (position) => toInstance(instanceWithId(ids[position] ?? '', context)),
    }
  }
  return { count: partition.instances, at: (position) => toInstance(world.estate.instance(partition, position)) }

  function toInstance(instance: Parameters<typeof toEc2Instance>[0] | undefined): Instance | undefined {
    return instance === undefined || !isShown(instance, context) ? undefined : toEc2Instance(instance, context)
  }
}

const filterValues = (instance: Instance, name: string): readonly (string | undefined)[] | undefined => {
  switch (name) {
    case 'instance-id':
      return [instance.InstanceId]
    case 'instance-state-name':
      return [instance.State?.Name]
    case 'instance-state-code':
      return [String(instance.State?.Code)]
    case 'instance-type':
      return [instance.InstanceType]
    case 'instance-lifecycle':
      return [instance.InstanceLifecycle]
    case 'availability-zone':
      return [instance.Placement?.AvailabilityZone]
    case 'architecture':
      return [instance.Architecture]
    case 'image-id':
      return [instance.ImageId]
    case 'vpc-id':
      return [instance.VpcId]
    case 'subnet-id':
      return [instance.SubnetId]
    case 'private-ip-address':
      return [instance.PrivateIpAddress]
    case 'ip-address':
      return [instance.PublicIpAddress]
    case 'key-name':
      return [instance.KeyName]
    case 'iam-instance-profile.arn':
      return [instance.IamInstanceProfile?.Arn]
    case 'instance.group-id':
      return (instance.SecurityGroups ?? []).map(({ GroupId }) => GroupId)
    case 'instance.group-name':
      return (instance.SecurityGroups ?? []).map(({ GroupName }) => GroupName)
    case 'root-device-type':
      return [instance.RootDeviceType]
    default:
      return tagValues(
        Object.fromEntries((instance.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
        name,
      )
  }
}
