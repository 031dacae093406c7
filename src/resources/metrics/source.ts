import type { MetricQuery } from '#aws/cloudwatch.ts'
import type { Resource } from '#contracts/resource.ts'

/** A metric of a resource: where CloudWatch has it, and how it is put together over a period. */
export type MetricSource = Omit<MetricQuery, 'periodSeconds' | 'name'> & {
  /** What it is asked for by; CloudWatch's own name. */
  name: string
  unit: string
  /** CloudWatch has no finer points. */
  shortestPeriodSeconds: number
  /** A period's value may still change for so long after its end. */
  settlesAfterSeconds: number
}

/** What of a resource says which metrics it has. */
export type Measured = Pick<Resource, 'id' | 'summary' | 'config'>

/** "Average Percent CPUUtilization NetworkIn" is two metrics of one statistic and unit. */
type Row = string
type Family = { namespace: string; dimensions: Record<string, string>; rows: readonly Row[] }

const minute = 60
/** What AWS's services send arrives within minutes; 15 leave some to spare. */
const settles = 900
const day = 86_400

/** `null` where the ARN is not of that kind, else the part of it that names the resource. */
const partOf = (arn: string, pattern: RegExp): string | null => pattern.exec(arn)?.[1] ?? null

/**
 * Which metrics each type has, by the form of its ARN. Dimensions, statistics and units as AWS documents them:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html
 */
const kinds: readonly { pattern: RegExp; families: (part: string, resource: Measured) => readonly Family[] }[] = [
  { pattern: /^arn:[\w-]+:ec2:.*:instance\/(i-\w+)$/, families: (id, resource) => ofInstance(id, resource) },
  { pattern: /^arn:[\w-]+:ec2:.*:volume\/(vol-\w+)$/, families: (id, resource) => ofVolume(id, resource) },
  {
    pattern: /^arn:[\w-]+:elasticloadbalancing:.*:loadbalancer\/(app\/[^/]+\/\w+)$/,
    families: (LoadBalancer) => [
      {
        namespace: 'AWS/ApplicationELB',
        dimensions: { LoadBalancer },
        rows: [
          'Sum Count RequestCount HTTPCode_Target_5XX_Count HTTPCode_ELB_5XX_Count ActiveConnectionCount',
          'Average Seconds TargetResponseTime',
          'Sum Bytes ProcessedBytes',
        ],
      },
    ],
  },
  {
    pattern: /^arn:[\w-]+:elasticloadbalancing:.*:loadbalancer\/(net\/[^/]+\/\w+)$/,
    families: (LoadBalancer) => [
      {
        namespace: 'AWS/NetworkELB',
        dimensions: { LoadBalancer },
        rows: [
          'Average Count ActiveFlowCount',
          'Sum Count NewFlowCount TCP_Target_Reset_Count',
          'Sum Bytes ProcessedBytes',
        ],
      },
    ],
  },
  {
    pattern: /^arn:[\w-]+:elasticloadbalancing:.*:(targetgroup\/[^/]+\/\w+)$/,
    families: (TargetGroup, resource) => ofTargetGroup(TargetGroup, resource),
  },
  {
    pattern: /^arn:[\w-]+:autoscaling:.*:autoScalingGroupName\/(.+)$/,
    families: (AutoScalingGroupName) => [
      {
        namespace: 'AWS/AutoScaling',
        dimensions: { AutoScalingGroupName },
        rows: ['Average Count GroupInServiceInstances GroupDesiredCapacity'],
      },
      {
        namespace: 'AWS/EC2',
        dimensions: { AutoScalingGroupName },
        rows: ['Average Percent CPUUtilization', 'Sum Bytes NetworkIn NetworkOut'],
      },
    ],
  },
  {
    pattern: /^arn:[\w-]+:lambda:.*:function:([^:]+)$/,
    families: (FunctionName) => [
      {
        namespace: 'AWS/Lambda',
        dimensions: { FunctionName },
        rows: [
          'Sum Count Invocations Errors Throttles',
          'Average Milliseconds Duration',
          'Maximum Count ConcurrentExecutions',
        ],
      },
    ],
  },
  {
    pattern: /^arn:[\w-]+:logs:.*:log-group:([^:]+)$/,
    families: (LogGroupName) => [
      {
        namespace: 'AWS/Logs',
        dimensions: { LogGroupName },
        rows: ['Sum Bytes IncomingBytes', 'Sum Count IncomingLogEvents'],
      },
    ],
  },
]

/** Storage metrics of a bucket are sent once a day, and may come a day late. */
const bucket = /^arn:[\w-]+:s3:::([^/]+)$/
const alarm = /^arn:[\w-]+:cloudwatch:.*:alarm:.+$/

/** The metrics that a resource has; empty for a type without any. */
export const sourcesOf = (resource: Measured): MetricSource[] => {
  const name = partOf(resource.id, bucket)
  if (name !== null) return ofBucket(name)
  if (alarm.test(resource.id)) return ofAlarm(resource)
  for (const { pattern, families } of kinds) {
    const part = partOf(resource.id, pattern)
    if (part !== null) return families(part, resource).flatMap(sourcesIn)
  }
  return []
}

const sourcesIn = ({ namespace, dimensions, rows }: Family): MetricSource[] =>
  rows.flatMap((row) => {
    // Each row has a statistic, a unit and at least one name.
    const [statistic = '', unit = '', ...names] = row.split(' ')
    return names.map((name) => ({
      name,
      namespace,
      dimensions,
      statistic,
      unit,
      shortestPeriodSeconds: minute,
      settlesAfterSeconds: settles,
    }))
  })

const ofInstance = (InstanceId: string, { summary }: Measured): Family[] => {
  const isBurstable = /^t\d/.test(String(summary['instanceType'] ?? ''))
  return [
    {
      namespace: 'AWS/EC2',
      dimensions: { InstanceId },
      rows: [
        'Average Percent CPUUtilization',
        'Sum Bytes NetworkIn NetworkOut',
        'Sum Count DiskReadOps DiskWriteOps',
        'Maximum Count StatusCheckFailed',
        ...(isBurstable ? ['Average Count CPUCreditBalance'] : []),
      ],
    },
    // Of the CloudWatch agent, where it runs and aggregates by instance; EC2 itself sees neither memory nor disks.
    {
      namespace: 'CWAgent',
      dimensions: { InstanceId },
      rows: ['Average Percent mem_used_percent disk_used_percent'],
    },
  ]
}

const ofVolume = (VolumeId: string, { summary }: Measured): Family[] => [
  {
    namespace: 'AWS/EBS',
    dimensions: { VolumeId },
    rows: [
      'Sum Count VolumeReadOps VolumeWriteOps',
      'Sum Bytes VolumeReadBytes VolumeWriteBytes',
      'Average Count VolumeQueueLength',
      ...(/^(gp2|st1|sc1)$/.test(String(summary['volumeType'] ?? '')) ? ['Average Percent BurstBalance'] : []),
    ],
  },
]

/** Of a group that no load balancer uses CloudWatch has nothing. */
const ofTargetGroup = (TargetGroup: string, { config }: Measured): Family[] => {
  const arns: unknown = config['LoadBalancerArns']
  const first: unknown = Array.isArray(arns) ? arns[0] : undefined
  const LoadBalancer = partOf(typeof first === 'string' ? first : '', /:loadbalancer\/(.+)$/)
  if (LoadBalancer === null) return []
  const dimensions = { TargetGroup, LoadBalancer }
  const health = ['Minimum Count HealthyHostCount', 'Maximum Count UnHealthyHostCount']
  if (!LoadBalancer.startsWith('app/')) return [{ namespace: 'AWS/NetworkELB', dimensions, rows: health }]
  return [
    {
      namespace: 'AWS/ApplicationELB',
      dimensions,
      rows: [...health, 'Sum Count RequestCount HTTPCode_Target_5XX_Count', 'Average Seconds TargetResponseTime'],
    },
  ]
}

const ofBucket = (BucketName: string): MetricSource[] =>
  [
    { name: 'BucketSizeBytes', unit: 'Bytes', StorageType: 'StandardStorage' },
    { name: 'NumberOfObjects', unit: 'Count', StorageType: 'AllStorageTypes' },
  ].map(({ name, unit, StorageType }) => ({
    name,
    namespace: 'AWS/S3',
    dimensions: { BucketName, StorageType },
    statistic: 'Average',
    unit,
    shortestPeriodSeconds: day,
    settlesAfterSeconds: 2 * day,
  }))

/** The metric that it watches; one with metric math or over other alarms has none of its own. */
const ofAlarm = ({ config }: Measured): MetricSource[] => {
  const { Namespace, MetricName, Dimensions, Statistic, ExtendedStatistic, Unit, Period } = config
  if (typeof Namespace !== 'string' || typeof MetricName !== 'string') return []
  const dimensions: Record<string, string> = {}
  for (const one of Array.isArray(Dimensions) ? (Dimensions as unknown[]) : []) {
    const { Name, Value } = (one ?? {}) as { Name?: unknown; Value?: unknown }
    if (typeof Name === 'string' && typeof Value === 'string') dimensions[Name] = Value
  }
  return [
    {
      name: MetricName,
      namespace: Namespace,
      dimensions,
      statistic:
        typeof Statistic === 'string'
          ? Statistic
          : typeof ExtendedStatistic === 'string'
            ? ExtendedStatistic
            : 'Average',
      unit: typeof Unit === 'string' ? Unit : 'None',
      // Below a minute CloudWatch keeps points for three hours only.
      shortestPeriodSeconds: Math.max(
        minute,
        Math.ceil((typeof Period === 'number' ? Period : minute) / minute) * minute,
      ),
      settlesAfterSeconds: settles,
    },
  ]
}
