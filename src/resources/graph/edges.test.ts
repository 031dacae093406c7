import assert from 'node:assert/strict'
import { test } from 'node:test'
import { edgesOf } from './edges.ts'
import { ownersOf } from './owners.ts'

const of = (type: string, summary: Record<string, unknown>, config = {}, tags: Record<string, string> = {}) =>
  edgesOf({ type, summary, config, tags }).map(({ kind, toType, to }) => `${kind} ${toType} ${to}`)

test('an instance refers to what it is made of and stands in', () => {
  assert.deepEqual(
    of(
      'ec2.instance',
      {
        volumeIds: ['vol-1', 'vol-2'],
        vpcId: 'vpc-1',
        subnetId: 'subnet-1',
        securityGroupIds: ['sg-1'],
        keyName: 'k',
        imageId: null,
      },
      {},
      { 'aws:autoscaling:groupName': 'web' },
    ),
    [
      'volume ec2.volume vol-1',
      'volume ec2.volume vol-2',
      'security-group ec2.security-group sg-1',
      'vpc ec2.vpc vpc-1',
      'subnet ec2.subnet subnet-1',
      'key-pair ec2.key-pair k',
      'auto-scaling-group autoscaling.group web',
    ],
  )
})

test('an alarm watches what its dimensions name, in metric math too', () => {
  const dimension = (Name: string, Value: string) => ({ Name, Value })
  assert.deepEqual(of('cloudwatch.alarm', { instanceIds: ['i-1'] }, { Dimensions: [dimension('InstanceId', 'i-1')] }), [
    'watched ec2.instance i-1',
  ])
  const math = {
    Metrics: [
      { MetricStat: { Metric: { Dimensions: [dimension('FunctionName', 'f'), dimension('__proto__', 'x')] } } },
      7,
      null,
    ],
  }
  assert.deepEqual(of('cloudwatch.alarm', { instanceIds: [] }, math), ['watched lambda.function f'])
})

test('qualified functions and layers are meant without their versions; published versions are resources of their own', () => {
  const base = 'arn:aws:lambda:eu-west-1:111122223333'
  assert.deepEqual(of('lambda.function', { layerArns: [`${base}:layer:deps:7`] }), [
    `layer lambda.layer ${base}:layer:deps`,
  ])
  assert.deepEqual(of('lambda.event-source', { functionArn: `${base}:function:f:live` }), [
    `function lambda.function ${base}:function:f`,
  ])
  assert.deepEqual(of('lambda.alias', { versionArn: `${base}:function:f:3` }), [
    `version lambda.version ${base}:function:f:3`,
  ])
})

test('addresses are nobody, and what is no text or endless is left out', () => {
  assert.deepEqual(
    of('elb.target-group', { targetIds: ['10.0.0.1', 'fd00::1', 'i-1', 7, null, '', 'x'.repeat(3000)] }),
    ['target ec2.instance i-1'],
  )
  assert.equal(of('autoscaling.group', { instanceIds: Array.from({ length: 5000 }, (_, n) => `i-${n}`) }).length, 1000)
})

// The tags as each of them documents: see owners.ts.
test('owners are known by the tags that they leave', () => {
  const owners = (tags: Record<string, string>) => ownersOf(tags).map(({ kind, id }) => `${kind} ${id}`)
  assert.deepEqual(owners({ 'aws:cloudformation:stack-name': 'shop', 'aws-cdk:subnet-type': 'Private' }), [
    'cloudformation shop',
    'cdk shop',
  ])
  assert.deepEqual(owners({ 'aws:autoscaling:groupName': 'web' }), ['auto-scaling web'])
  assert.deepEqual(owners({ 'eks:cluster-name': 'a', 'kubernetes.io/cluster/a': 'owned' }), ['eks a', 'kubernetes a'])
  assert.deepEqual(owners({ 'elasticbeanstalk:environment-name': 'env' }), ['beanstalk env'])
  assert.deepEqual(owners({ ManagedBy: 'Terraform', terraform: 'true' }), ['terraform Terraform'])
  assert.deepEqual(owners({ 'terraform:workspace': 'prod' }), ['terraform prod'])
  assert.deepEqual(owners({ terraform: 'false', managed_by: 'hand', Name: 'terraform' }), [])
  assert.deepEqual(owners(JSON.parse('{"__proto__":"x","constructor":"terraform"}')), [])
  assert.equal(ownersOf({ 'aws:autoscaling:groupName': 'web' })[0]?.evidence, 'tag aws:autoscaling:groupName')
})
