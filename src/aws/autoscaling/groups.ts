import type {
  AutoScalingGroup as SdkAutoScalingGroup,
  DescribeAutoScalingGroupsCommandInput,
} from '@aws-sdk/client-auto-scaling'
import type { AutoScalingGroup } from '../autoscaling.ts'
import type { Call } from '../call.ts'
import { batchesOf } from '../ec2/batches.ts'
import { toJson } from '../ec2/json.ts'
import { toTags } from '../ec2/tags.ts'
import type { Reader } from '../reader.ts'
import type { AutoScalingContext } from './context.ts'

/** The API's largest page. */
const pageSize = 100
/** Names of a call: its pages are no longer than that either. */
const namesInACall = 50

export const readGroups = (context: AutoScalingContext): Reader<AutoScalingGroup> => ({
  list: (call) => pages(context, call, {}),
  describe: async (call, names) => {
    const found: AutoScalingGroup[] = []
    for (const batch of batchesOf(names, namesInACall)) {
      for await (const page of pages(context, call, { AutoScalingGroupNames: batch })) found.push(...page)
    }
    return found
  },
})

async function* pages(
  context: AutoScalingContext,
  call: Call,
  which: Pick<DescribeAutoScalingGroupsCommandInput, 'AutoScalingGroupNames'>,
): AsyncGenerator<AutoScalingGroup[]> {
  const { sdk, client, send } = context
  let token: string | undefined
  do {
    const command = new sdk.DescribeAutoScalingGroupsCommand({
      MaxRecords: pageSize,
      ...which,
      ...(token === undefined ? {} : { NextToken: token }),
    })
    const output = await send({ action: 'DescribeAutoScalingGroups', effect: 'read', call }, command, (options) =>
      client.send(command, options),
    )
    yield (output.AutoScalingGroups ?? []).map((group) => toGroup(context, group))
    token = output.NextToken
  } while (token)
}

const toGroup = ({ account, region }: AutoScalingContext, group: SdkAutoScalingGroup): AutoScalingGroup => {
  const instances = group.Instances ?? []
  const template = group.LaunchTemplate ?? group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification ?? {}
  return {
    // AWS describes no group without a name and an ARN.
    id: group.AutoScalingGroupName ?? '',
    arn: group.AutoScalingGroupARN ?? '',
    account,
    region,
    state: group.Status ?? null,
    minSize: group.MinSize ?? 0,
    maxSize: group.MaxSize ?? 0,
    desiredCapacity: group.DesiredCapacity ?? 0,
    // AWS tells them in any order.
    instanceIds: instances.flatMap(({ InstanceId }) => InstanceId ?? []).sort(),
    inService: instances.filter(
      ({ LifecycleState, HealthStatus }) => LifecycleState === 'InService' && HealthStatus?.toLowerCase() === 'healthy',
    ).length,
    availabilityZones: (group.AvailabilityZones ?? []).toSorted(),
    subnetIds: (group.VPCZoneIdentifier ?? '')
      .split(',')
      .filter((id) => id !== '')
      .sort(),
    targetGroupArns: (group.TargetGroupARNs ?? []).toSorted(),
    healthCheckType: group.HealthCheckType ?? null,
    launchTemplateId: template.LaunchTemplateId ?? null,
    launchTemplateName: template.LaunchTemplateName ?? null,
    suspendedProcesses: (group.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []).sort(),
    createdAt: group.CreatedTime?.toISOString() ?? null,
    tags: toTags((group.Tags ?? []).map(({ Key, Value }) => ({ Key, Value }))),
    raw: toJson(group),
  }
}
