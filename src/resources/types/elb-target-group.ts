import type { Target, TargetGroup } from '#aws/elb.ts'
import { freeOfCharge } from '#aws/prices.ts'
import { readType } from './read-type.ts'

/** States of targets in AWS's words, from the one to look at first. */
const fromWorst = ['unhealthy', 'unavailable', 'draining', 'initial', 'unused', 'healthy']

/** A target group has no state of its own in AWS: it is that of its worst target, and none without targets. */
const stateOf = (targets: readonly Target[]): string | null =>
  fromWorst.find((state) => targets.some(({ health }) => health === state)) ?? targets[0]?.health ?? null

export const elbTargetGroup = readType<TargetGroup>({
  type: 'elb.target-group',
  service: 'elb',
  arnService: 'elasticloadbalancing',
  iamActions: [
    'elasticloadbalancing:DescribeTags',
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetHealth',
  ],
  // As CloudWatch calls it, and as its ARN ends.
  isAwsId: (awsId) => /^targetgroup\/[A-Za-z0-9-]{1,32}\/[0-9a-f]{16}$/.test(awsId),
  arnResource: (resource) => (resource.startsWith('targetgroup/') ? resource : null),
  reader: async ({ aws, account, region }) => (await aws.elb(account, region)).targetGroups,
  observe: (group) => ({
    name: group.name,
    state: stateOf(group.targets),
    cost: freeOfCharge,
    summary: {
      protocol: group.protocol,
      port: group.port,
      targetType: group.targetType,
      vpcId: group.vpcId,
      loadBalancerArns: group.loadBalancerArns,
      healthCheckPath: group.healthCheckPath,
      healthyTargets: group.targets.filter(({ health }) => health === 'healthy').length,
      unhealthyTargets: group.targets.filter(({ health }) => health === 'unhealthy').length,
      targetIds: [...new Set(group.targets.map(({ id }) => id))],
      /** Each with its port, its health in AWS's words, and AWS's reason where it isn't healthy. */
      targets: group.targets,
    },
  }),
  // Why a target is unhealthy is told anew with every check.
  noise: ['summary.targets.*.reason'],
  transitionalStates: ['initial', 'draining'],
})
