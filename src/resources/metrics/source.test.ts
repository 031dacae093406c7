import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sourcesOf } from './source.ts'

/** Expected values: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html */

const of = (id: string, given: { summary?: Record<string, unknown>; config?: Record<string, unknown> } = {}) =>
  sourcesOf({ id, summary: given.summary ?? {}, config: given.config ?? {} })

const shown = (id: string, name: string, given: Parameters<typeof of>[1] = {}) => {
  const found = of(id, given).find((source) => source.name === name)
  return found && [found.namespace, found.dimensions, found.statistic, found.unit]
}

const east = 'us-east-1:123456789012'
const albArn = `arn:aws:elasticloadbalancing:${east}:loadbalancer/app/shop/50dc6c495c0c9188`
const nlbArn = `arn:aws:elasticloadbalancing:${east}:loadbalancer/net/shop/50dc6c495c0c9188`
const groupArn = `arn:aws:elasticloadbalancing:${east}:targetgroup/shop-web/73e2d6bc24d8a067`

test('each type has its metrics where CloudWatch has them', () => {
  const cases: [string, string, unknown[]][] = [
    [
      `arn:aws:ec2:${east}:instance/i-0a1`,
      'CPUUtilization',
      ['AWS/EC2', { InstanceId: 'i-0a1' }, 'Average', 'Percent'],
    ],
    [`arn:aws:ec2:${east}:instance/i-0a1`, 'NetworkIn', ['AWS/EC2', { InstanceId: 'i-0a1' }, 'Sum', 'Bytes']],
    [
      `arn:aws:ec2:${east}:instance/i-0a1`,
      'StatusCheckFailed',
      ['AWS/EC2', { InstanceId: 'i-0a1' }, 'Maximum', 'Count'],
    ],
    [`arn:aws:ec2:${east}:volume/vol-0a1`, 'VolumeReadBytes', ['AWS/EBS', { VolumeId: 'vol-0a1' }, 'Sum', 'Bytes']],
    [
      albArn,
      'TargetResponseTime',
      ['AWS/ApplicationELB', { LoadBalancer: 'app/shop/50dc6c495c0c9188' }, 'Average', 'Seconds'],
    ],
    [nlbArn, 'ActiveFlowCount', ['AWS/NetworkELB', { LoadBalancer: 'net/shop/50dc6c495c0c9188' }, 'Average', 'Count']],
    [
      `arn:aws:autoscaling:${east}:autoScalingGroup:0d1c-44:autoScalingGroupName/web-asg`,
      'CPUUtilization',
      ['AWS/EC2', { AutoScalingGroupName: 'web-asg' }, 'Average', 'Percent'],
    ],
    [`arn:aws:lambda:${east}:function:resize`, 'Errors', ['AWS/Lambda', { FunctionName: 'resize' }, 'Sum', 'Count']],
    [
      `arn:aws:lambda:${east}:function:resize`,
      'Duration',
      ['AWS/Lambda', { FunctionName: 'resize' }, 'Average', 'Milliseconds'],
    ],
    [
      `arn:aws:logs:${east}:log-group:/prod/shop/web`,
      'IncomingBytes',
      ['AWS/Logs', { LogGroupName: '/prod/shop/web' }, 'Sum', 'Bytes'],
    ],
    [
      'arn:aws:s3:::backups',
      'BucketSizeBytes',
      ['AWS/S3', { BucketName: 'backups', StorageType: 'StandardStorage' }, 'Average', 'Bytes'],
    ],
    [
      'arn:aws:s3:::backups',
      'NumberOfObjects',
      ['AWS/S3', { BucketName: 'backups', StorageType: 'AllStorageTypes' }, 'Average', 'Count'],
    ],
    [
      `arn:aws-cn:ec2:cn-north-1:123456789012:instance/i-0a1`,
      'CPUUtilization',
      ['AWS/EC2', { InstanceId: 'i-0a1' }, 'Average', 'Percent'],
    ],
  ]
  for (const [id, name, expected] of cases) assert.deepEqual(shown(id, name), expected, `${id} ${name}`)
})

test('what only some have is not offered to the others', () => {
  const credits = (instanceType: string) =>
    shown(`arn:aws:ec2:${east}:instance/i-0a1`, 'CPUCreditBalance', { summary: { instanceType } })
  assert.ok(credits('t3.large'))
  assert.ok(credits('t4g.medium'))
  assert.equal(credits('m6i.large'), undefined)
  const burst = (volumeType: string) =>
    shown(`arn:aws:ec2:${east}:volume/vol-0a1`, 'BurstBalance', { summary: { volumeType } })
  assert.ok(burst('gp2'))
  assert.equal(burst('gp3'), undefined)
})

test('a target group is measured behind its load balancer, and not without one', () => {
  const behind = (arn: string) => ({ config: { LoadBalancerArns: [arn] } })
  assert.deepEqual(shown(groupArn, 'HealthyHostCount', behind(albArn)), [
    'AWS/ApplicationELB',
    { TargetGroup: 'targetgroup/shop-web/73e2d6bc24d8a067', LoadBalancer: 'app/shop/50dc6c495c0c9188' },
    'Minimum',
    'Count',
  ])
  assert.equal(shown(groupArn, 'HealthyHostCount', behind(nlbArn))?.[0], 'AWS/NetworkELB')
  assert.equal(shown(groupArn, 'TargetResponseTime', behind(nlbArn)), undefined)
  assert.deepEqual(of(groupArn, { config: { LoadBalancerArns: [] } }), [])
  assert.deepEqual(of(groupArn, { config: { LoadBalancerArns: 'nonsense' } }), [])
})

test('an alarm has the metric that it watches, and none where it watches several', () => {
  const arn = `arn:aws:cloudwatch:${east}:alarm:web: p90`
  const config = {
    Namespace: 'AWS/EC2',
    MetricName: 'NetworkOut',
    Dimensions: [{ Name: 'InstanceId', Value: 'i-0a1' }],
    ExtendedStatistic: 'p90',
    Period: 300,
  }
  assert.deepEqual(shown(arn, 'NetworkOut', { config }), ['AWS/EC2', { InstanceId: 'i-0a1' }, 'p90', 'None'])
  assert.equal(of(arn, { config })[0]?.shortestPeriodSeconds, 300)
  assert.equal(of(arn, { config: { ...config, Period: 10 } })[0]?.shortestPeriodSeconds, 60)
  assert.deepEqual(of(arn, { config: { Metrics: [{}] } }), [])
})

test('what has no metrics has none', () => {
  assert.deepEqual(of(`arn:aws:ec2:${east}:security-group/sg-0a1`), [])
  assert.deepEqual(of('nonsense'), [])
})
