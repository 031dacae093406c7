import type { Resource } from '#contracts/resource.ts'

/** What a resource refers to. `to` is an ARN, or what AWS calls the other one within account and Region. */
export type Edge = { kind: string; toType: string; to: string }

type Referrer = Pick<Resource, 'type' | 'tags' | 'summary' | 'config'>
type Link = { field: string; kind: string; toType: string }

const link = (field: string, toType: string, kind = nounOf(toType)): Link => ({ field, kind, toType })
/** "security-group" of "ec2.security-group". */
export const nounOf = (type: string): string => type.slice(type.indexOf('.') + 1)

const network = [link('vpcId', 'ec2.vpc'), link('subnetId', 'ec2.subnet'), link('subnetIds', 'ec2.subnet')]
const securityGroups = link('securityGroupIds', 'ec2.security-group')

/** Fields of a summary that hold ids of others, and what those are to it. */
const links: Record<string, readonly Link[]> = {
  'ec2.instance': [
    link('volumeIds', 'ec2.volume'),
    securityGroups,
    ...network,
    link('imageId', 'ec2.image'),
    link('keyName', 'ec2.key-pair'),
    link('iamInstanceProfileArn', 'iam.instance-profile'),
  ],
  'ec2.volume': [link('attachedTo', 'ec2.instance', 'attached-to'), link('snapshotId', 'ec2.snapshot')],
  'ec2.snapshot': [link('volumeId', 'ec2.volume')],
  'ec2.image': [link('snapshotIds', 'ec2.snapshot'), link('sourceInstanceId', 'ec2.instance', 'made-from')],
  'ec2.security-group': [...network, link('sourceSecurityGroupIds', 'ec2.security-group', 'lets-in')],
  'ec2.subnet': network,
  'ec2.address': [link('instanceId', 'ec2.instance', 'attached-to')],
  'elb.load-balancer': [...network, securityGroups, link('targetGroupArns', 'elb.target-group')],
  'elb.target-group': [
    ...network,
    link('loadBalancerArns', 'elb.load-balancer'),
    link('targetIds', 'ec2.instance', 'target'),
  ],
  'autoscaling.group': [link('instanceIds', 'ec2.instance'), ...network, link('targetGroupArns', 'elb.target-group')],
  'lambda.function': [
    link('roleArn', 'iam.role'),
    link('logGroupName', 'logs.group', 'log-group'),
    link('layerArns', 'lambda.layer'),
    ...network,
    securityGroups,
    link('deadLetterArn', 'sqs.queue', 'dead-letter-queue'),
  ],
  'lambda.version': [link('functionArn', 'lambda.function')],
  'lambda.alias': [link('functionArn', 'lambda.function'), link('versionArn', 'lambda.version')],
  'lambda.event-source': [link('functionArn', 'lambda.function'), link('eventSourceArn', 'sqs.queue', 'event-source')],
  's3.bucket': [link('notificationTargets', 'lambda.function', 'notifies')],
  'logs.metric-filter': [link('logGroupName', 'logs.group', 'log-group')],
  'iam.role': [link('instanceProfileArns', 'iam.instance-profile')],
}

/** What the dimensions of a metric name: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html */
const dimensions: Record<string, string> = {
  InstanceId: 'ec2.instance',
  VolumeId: 'ec2.volume',
  AutoScalingGroupName: 'autoscaling.group',
  LoadBalancer: 'elb.load-balancer',
  TargetGroup: 'elb.target-group',
  FunctionName: 'lambda.function',
  BucketName: 's3.bucket',
  LogGroupName: 'logs.group',
}

/** More of one resource is nobody's picture, and a row's write must stay small. */
const mostEdges = 1_000
const longestRef = 2_048

/** What a resource refers to, each once; of hostile or endless lists no more than a bound. */
export const edgesOf = (resource: Referrer): Edge[] => {
  const { type, summary, tags, config } = resource
  const found: Edge[] = (links[type] ?? []).flatMap(({ field, kind, toType }) =>
    textsOf(summary[field]).map((to) => ({ kind, toType, to })),
  )
  const group = type === 'ec2.instance' ? tags['aws:autoscaling:groupName'] : undefined
  if (group !== undefined) found.push({ kind: 'auto-scaling-group', toType: 'autoscaling.group', to: group })
  if (type === 'cloudwatch.alarm') found.push(...watchedBy(summary, config))
  const distinct = new Map<string, Edge>()
  for (const { kind, toType, to } of found) {
    const edge = { kind, toType, to: withoutQualifier(to) }
    if (edge.to !== '' && edge.to.length <= longestRef && !isAddress(edge.to)) distinct.set(`${kind} ${edge.to}`, edge)
  }
  return [...distinct.values()].slice(0, mostEdges)
}

const watchedBy = (summary: Referrer['summary'], config: Referrer['config']): Edge[] => {
  const own = textsOf(summary['instanceIds']).map((to) => ({ kind: 'watched', toType: 'ec2.instance', to }))
  const metrics = Array.isArray(config['Metrics']) ? config['Metrics'] : []
  const lists = [config['Dimensions'], ...metrics.map(dimensionsOf)]
  return [
    ...own,
    ...lists
      .flatMap((list) => (Array.isArray(list) ? list : []))
      .flatMap((dimension: unknown): Edge[] => {
        if (!isRecord(dimension)) return []
        const { Name, Value } = dimension
        const toType = typeof Name === 'string' && Object.hasOwn(dimensions, Name) ? dimensions[Name] : undefined
        return toType === undefined || typeof Value !== 'string' ? [] : [{ kind: 'watched', toType, to: Value }]
      }),
  ]
}

const dimensionsOf = (query: unknown): unknown => {
  const stat = isRecord(query) ? query['MetricStat'] : undefined
  const metric = isRecord(stat) ? stat['Metric'] : undefined
  return isRecord(metric) ? metric['Dimensions'] : undefined
}

/** Of a function the version or alias, of a layer the version: the inventory has those apart. */
const withoutQualifier = (ref: string): string => {
  const match = /^(arn:[^:]+:lambda:[^:]*:\d*:(?:function|layer):[^:]+):(.+)$/.exec(ref)
  // A version's own ARN is meant as such.
  return match?.[1] === undefined || (ref.includes(':function:') && /^\d+$/.test(match[2] ?? '')) ? ref : match[1]
}

/** Targets may be addresses of machines that are nobody's here. */
const isAddress = (ref: string): boolean => /^[\d.]+$/.test(ref) || /^[0-9a-f]*:[0-9a-f:.]+$/i.test(ref)

const textsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
