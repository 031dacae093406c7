import type { AutoScalingGroup } from '#aws/autoscaling.ts'
import { freeOfCharge } from '#aws/prices.ts'
import { readType } from './read-type.ts'

export const autoscalingGroup = readType<AutoScalingGroup>({
  type: 'autoscaling.group',
  service: 'autoscaling',
  iamActions: ['autoscaling:DescribeAutoScalingGroups'],
  // A name may be almost anything, but an ARN is meant as one.
  isAwsId: (awsId) => awsId.length <= 255 && /^(?!arn:)[^\p{Cc}]+$/u.test(awsId),
  arnResource: (resource) => /^autoScalingGroup:[^:]+:autoScalingGroupName\/(.+)$/.exec(resource)?.[1] ?? null,
  reader: async ({ aws, account, region }) => (await aws.autoscaling(account, region)).groups,
  observe: (group) => ({
    name: group.id,
    state: group.state,
    // Its instances cost, and are resources of their own.
    cost: freeOfCharge,
    summary: {
      minSize: group.minSize,
      maxSize: group.maxSize,
      desiredCapacity: group.desiredCapacity,
      inServiceInstances: group.inService,
      instanceIds: group.instanceIds,
      availabilityZones: group.availabilityZones,
      subnetIds: group.subnetIds,
      targetGroupArns: group.targetGroupArns,
      healthCheckType: group.healthCheckType,
      launchTemplateId: group.launchTemplateId,
      launchTemplateName: group.launchTemplateName,
      suspendedProcesses: group.suspendedProcesses,
      createdAt: group.createdAt,
    },
  }),
  transitionalStates: ['Delete in progress'],
})
