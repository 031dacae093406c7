import type { BucketLimit } from '../cloud.ts'

/** Tokens a call takes from a bucket: one a call, or one for each resource in it. */
export type Unit = 'requests' | 'resources'

/** A bucket as AWS documents it. `shares` names a bucket that several actions draw from; without it each has its own. */
type Documented = { unit: Unit; limit: BucketLimit; shares?: string }

const bucket = (capacity: number, refillPerSecond: number, unit: Unit = 'requests', shares?: string): Documented => ({
  unit,
  limit: { capacity, refillPerSecond },
  ...(shares === undefined ? {} : { shares }),
})
/** A plain rate a second: what has not been used within a second is gone. */
const rate = (perSecond: number, shares?: string): Documented => ({
  ...bucket(perSecond, perSecond, 'requests', shares),
})
const each = (actions: string, ...documented: Documented[]): [string, Documented[]][] =>
  actions.split(' ').map((action) => [action, documented])

/** Of an account and Region, whatever the call. */
const elbAccount = bucket(40, 10, 'requests', 'account')

/**
 * Default quotas for each account, Region and action.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 * https://docs.aws.amazon.com/tag-editor/latest/userguide/reference.html
 */
const documented: Record<string, { actions: Map<string, Documented[]>; otherwise: (action: string) => Documented[] }> =
  {
    ec2: {
      actions: new Map([
        ...each('RunInstances StartInstances', bucket(5, 2), bucket(1000, 2, 'resources')),
        ...each('StopInstances', bucket(50, 5), bucket(1000, 20, 'resources')),
        ...each('TerminateInstances', bucket(100, 5), bucket(1000, 20, 'resources')),
        ...each(
          'CreateSnapshot CreateSnapshots DeleteSnapshot CreateVolume DeleteVolume ModifyInstanceMetadataOptions DeregisterImage',
          bucket(100, 5),
        ),
        ...each('CreateTags DeleteTags', bucket(100, 10)),
        ...each('CopyImage', bucket(100, 1)),
      ]),
      // Filtered or paginated, which all our reads are; the rest is "mutating, the default" and "resource-intensive" alike.
      otherwise: (action) => (/^(Describe|Get|List|Search)/.test(action) ? [bucket(100, 20)] : [bucket(50, 5)]),
    },
    cloudwatch: {
      actions: new Map([
        ...each('DescribeAlarms', rate(9)),
        ...each('DescribeAlarmHistory', rate(20)),
        ...each('ListMetrics', rate(25)),
        ...each('GetMetricData PutMetricData', rate(500)),
        ...each('GetMetricStatistics', rate(400)),
        ...each('GetDashboard PutDashboard', rate(10)),
      ]),
      // PutMetricAlarm, DeleteAlarms, Enable/DisableAlarmActions, SetAlarmState and whatever has no published rate.
      otherwise: () => [rate(3)],
    },
    lambda: {
      actions: new Map([...each('GetFunction', rate(100)), ...each('GetPolicy', rate(15))]),
      otherwise: () => [rate(15, 'control-plane')],
    },
    logs: {
      actions: new Map([
        ...each('DescribeLogStreams', rate(25)),
        ...each('DescribeLogGroups GetLogEvents StartQuery GetQueryResults', rate(10)),
        ...each('PutLogEvents', rate(5000)),
      ]),
      otherwise: () => [rate(5)],
    },
    tagging: { actions: new Map(each('GetResources', rate(15))), otherwise: () => [rate(5)] },
    // Unpublished, as those of IAM and Cloud Control (below) are: 5 a second for bucket configuration, learnt from throttles.
    // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
    cloudtrail: { actions: new Map(), otherwise: () => [rate(2)] },
    // Unpublished; each call costs money, so nobody is in a hurry.
    costexplorer: { actions: new Map(), otherwise: () => [rate(1, 'all')] },
    // Unpublished: 5 a second for bucket configuration, learnt from throttles.
    s3: { actions: new Map(), otherwise: () => [rate(5)] },
    elb: {
      actions: new Map([
        ...each('CreateLoadBalancer SetSubnets', bucket(10, 0.2, 'requests', 'resource-intensive'), elbAccount),
        ...each('RegisterTargets DeregisterTargets', bucket(20, 4, 'requests', 'registration'), elbAccount),
      ]),
      // Each category has a bucket, and all calls of the account together another one.
      otherwise: (action) => [
        action.startsWith('Describe')
          ? bucket(40, 10, 'requests', 'non-mutating')
          : bucket(20, 3, 'requests', 'mutating'),
        elbAccount,
      ],
    },
    // One bucket for all calls; its size is not published. 10 a second to begin with, learnt from throttles.
    autoscaling: { actions: new Map(), otherwise: () => [rate(10, 'all')] },
    // 600 a second for each account, shared by all its calls.
    sts: { actions: new Map(), otherwise: () => [rate(600, 'all')] },
  }
const undocumented = { actions: new Map<string, Documented[]>(), otherwise: () => [rate(5)] }

export type Bucket = {
  /** Unique within an account and Region, for example "ec2:StopInstances:resources". */
  name: string
  unit: Unit
  limit: BucketLimit
}

/** The buckets that AWS keeps for an action, with AWS's own limits. */
export const documentedBuckets = (service: string, action: string): Bucket[] => {
  const table = documented[service] ?? undocumented
  return (table.actions.get(action) ?? table.otherwise(action)).map(({ unit, limit, shares }) => ({
    name: `${service}:${shares ?? action}:${unit}`,
    unit,
    limit,
  }))
}

/**
 * Reads that are neither filtered nor paginated draw from a smaller bucket (50/10). The adapters never make such calls;
 * the sandbox knows the rule for those who do.
 */
export const unfilteredLimit: BucketLimit = { capacity: 50, refillPerSecond: 10 }
export const unfilteredActions: ReadonlySet<string> = new Set([
  'DescribeInstances',
  'DescribeInstanceStatus',
  'DescribeNetworkInterfaces',
  'DescribeSecurityGroups',
  'DescribeSnapshots',
  'DescribeSpotInstanceRequests',
  'DescribeVolumes',
])

/**
 * What is planned with of a bucket. Its refill but for 2 %, since clocks don't run alike; of its capacity less what comes in
 * half a second, or 5 % where that is more, since calls travel for unequal times and may arrive closer together than they
 * left. Less than half of a rate is never left: that costs a fraction of a second once, and no throughput.
 */
const plannedRefill = 0.98
const travelSeconds = 0.5
const travelShare = 0.05

/** The buckets of an action as the limiter uses them. */
export const plannedBuckets = (service: string, action: string): Bucket[] =>
  documentedBuckets(service, action).map((planned) => {
    const { capacity, refillPerSecond } = planned.limit
    const forTravel = Math.min(capacity / 2, Math.max(capacity * travelShare, refillPerSecond * travelSeconds))
    return {
      ...planned,
      limit: {
        capacity: Math.max(Math.min(1, capacity), capacity - forTravel),
        refillPerSecond: refillPerSecond * plannedRefill,
      },
    }
  })
