import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cloudFormationOf } from './cloudformation.ts'
import { locate, typeNamed } from './registry.ts'

const placeOf = (arn: string) => {
  const located = locate(arn)
  return located && [located.type.type, located.account, located.region, located.awsId]
}

test("an ARN says what it names, in AWS's own formats", () => {
  const here = ['111122223333', 'eu-west-1']
  const arn = (service: string, resource: string): string => `arn:aws:${service}:eu-west-1:111122223333:${resource}`
  assert.deepEqual(placeOf(arn('ec2', 'instance/i-0123456789abcdef0')), [
    'ec2.instance',
    ...here,
    'i-0123456789abcdef0',
  ])
  assert.deepEqual(placeOf(arn('ec2', 'volume/vol-1')), ['ec2.volume', ...here, 'vol-1'])
  assert.deepEqual(placeOf(arn('cloudwatch', 'alarm:CPU: too high!')), ['cloudwatch.alarm', ...here, 'CPU: too high!'])
  assert.deepEqual(placeOf(arn('logs', 'log-group:/aws/lambda/f')), ['logs.group', ...here, '/aws/lambda/f'])
  // Dashboards and roles have no Region, buckets not even an account, and roles a path before their name.
  const account = '111122223333'
  assert.deepEqual(placeOf(`arn:aws:cloudwatch::${account}:dashboard/x`), [
    'cloudwatch.dashboard',
    account,
    'global',
    'x',
  ])
  assert.deepEqual(placeOf(`arn:aws:iam::${account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`), [
    'iam.role',
    account,
    'global',
    'AWSServiceRoleForECS',
  ])
  assert.deepEqual(placeOf('arn:aws:s3:::my.bucket-1'), ['s3.bucket', null, null, 'my.bucket-1'])
  assert.deepEqual(placeOf(arn('lambda', 'function:f')), ['lambda.function', ...here, 'f'])
  assert.deepEqual(placeOf(arn('lambda', 'function:f:7')), ['lambda.version', ...here, 'f:7'])
  assert.deepEqual(placeOf(arn('lambda', 'function:f:live')), ['lambda.alias', ...here, 'f:live'])
  assert.deepEqual(placeOf(arn('lambda', 'layer:l')), ['lambda.layer', ...here, 'l'])
  const uuid = '14e0db71-5d35-4eb5-b481-8945cf9d10c2'
  assert.deepEqual(placeOf(arn('lambda', `event-source-mapping:${uuid}`)), ['lambda.event-source', ...here, uuid])
  assert.deepEqual(placeOf(arn('logs', 'log-group:/x:metric-filter:errors')), [
    'logs.metric-filter',
    ...here,
    '/x:errors',
  ])
  const ec2 = (resource: string) => placeOf(arn('ec2', resource))
  assert.deepEqual(ec2('security-group/sg-1'), ['ec2.security-group', ...here, 'sg-1'])
  assert.deepEqual(ec2('vpc/vpc-1'), ['ec2.vpc', ...here, 'vpc-1'])
  assert.deepEqual(ec2('subnet/subnet-1'), ['ec2.subnet', ...here, 'subnet-1'])
  assert.deepEqual(ec2('elastic-ip/eipalloc-1'), ['ec2.address', ...here, 'eipalloc-1'])
  assert.deepEqual(ec2('key-pair/my key'), ['ec2.key-pair', ...here, 'my key'])
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
  assert.deepEqual(placeOf(arn('elasticloadbalancing', 'loadbalancer/app/my-lb/50dc6c495c0c9188')), [
    'elb.load-balancer',
    ...here,
    'app/my-lb/50dc6c495c0c9188',
  ])
  assert.deepEqual(placeOf(arn('elasticloadbalancing', 'targetgroup/my-targets/73e2d6bc24d8a067')), [
    'elb.target-group',
    ...here,
    'targetgroup/my-targets/73e2d6bc24d8a067',
  ])
  assert.deepEqual(placeOf(arn('autoscaling', `autoScalingGroup:${uuid}:autoScalingGroupName/my asg`)), [
    'autoscaling.group',
    ...here,
    'my asg',
  ])
  // Of these AWS's ARNs say no account.
  assert.deepEqual(placeOf('arn:aws:ec2:eu-west-1::snapshot/snap-1'), ['ec2.snapshot', null, 'eu-west-1', 'snap-1'])
  assert.deepEqual(placeOf('arn:aws:ec2:eu-west-1::image/ami-1'), ['ec2.image', null, 'eu-west-1', 'ami-1'])
  assert.deepEqual(placeOf('arn:aws-cn:logs:cn-north-1:111122223333:log-group:x')?.[2], 'cn-north-1')
})

test('anything else is none', () => {
  for (const arn of [
    '',
    'i-0123456789abcdef0',
    'arn:aws:ec2:eu-west-1:111122223333:instance/web',
    'arn:aws:logs:eu-west-1:111122223333:log-group:/x:*',
    'arn:aws:logs:eu-west-1:111122223333:log-group:/x y',
    'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:line\nbreak',
    `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${'x'.repeat(256)}`,
    'arn:aws:logs:eu-west-1:111122223333:log-group:/x:metric-filter:*',
    'arn:aws:s3:eu-west-1:111122223333:bucket',
    'arn:aws:iam::111122223333:role/a b',
    'arn:aws:ec2:eu-west-1::instance/i-1',
    'arn:aws:ec2:eu-west-1:111122223333:snapshot/snap-1',
    'arn:aws:ec2:eu-west-1:111122223333:subnet/vpc-1',
    'arn:aws:lambda:eu-west-1:111122223333:function:f:*',
  ])
    assert.equal(placeOf(arn), null, arn)
})

test('what no type of ours knows is called after its service and what its ARN says', () => {
  // ARN formats: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
  const names = {
    'arn:aws:sqs:eu-west-1:111122223333:orders': 'sqs.queue',
    'arn:aws:sns:eu-west-1:111122223333:page': 'sns.topic',
    'arn:aws:dynamodb:eu-west-1:111122223333:table/orders': 'dynamodb.table',
    'arn:aws:rds:eu-west-1:111122223333:db:main': 'rds.db',
    'arn:aws:rds:eu-west-1:111122223333:cluster:main': 'rds.cluster',
    'arn:aws:states:eu-west-1:111122223333:stateMachine:order': 'states.statemachine',
    'arn:aws:apigateway:eu-west-1::/restapis/abc123': 'apigateway.restapis',
    'arn:aws:secretsmanager:eu-west-1:111122223333:secret:a/b-x1Y2z3': 'secretsmanager.secret',
    'arn:aws:ec2:eu-west-1:111122223333:natgateway/nat-0123456789abcdef0': 'ec2.natgateway',
    // A Classic Load Balancer, and what belongs to others.
    'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/my-classic-lb':
      'elasticloadbalancing.loadbalancer',
    'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/my-lb/50dc6c495c0c9188/f2f7dc8efc522ab2':
      'elasticloadbalancing.listener',
    'arn:aws:autoscaling:eu-west-1:111122223333:launchConfiguration:x:launchConfigurationName/x':
      'autoscaling.launchconfiguration',
    'arn:aws:route53:::hostedzone/Z148QEXAMPLE8V': 'route53.hostedzone',
  }
  for (const [arn, name] of Object.entries(names)) {
    const located = locate(arn)
    assert.deepEqual([located?.type.type, located?.awsId, located?.type.isAwsId(arn)], [name, arn, true], arn)
    assert.equal(typeNamed(name)?.type, name)
  }
  assert.equal(typeNamed('ec2.instance')?.service, 'ec2')
  assert.equal(typeNamed('nonsense'), undefined)
})

test('Cloud Control is asked by the primary identifier that each schema names', () => {
  const arnOf = (service: string, resource: string): string => `arn:aws:${service}:eu-west-1:111122223333:${resource}`
  const identifier = (type: string, arn: string) => {
    const found = cloudFormationOf(type, arn)
    return found && [found.typeName, found.identifier]
  }
  assert.deepEqual(identifier('sqs.queue', arnOf('sqs', 'orders')), [
    'AWS::SQS::Queue',
    'https://sqs.eu-west-1.amazonaws.com/111122223333/orders',
  ])
  assert.equal(
    cloudFormationOf('sqs.queue', 'arn:aws-cn:sqs:cn-north-1:111122223333:orders')?.identifier,
    'https://sqs.cn-north-1.amazonaws.com.cn/111122223333/orders',
  )
  assert.deepEqual(identifier('rds.db', arnOf('rds', 'db:main')), ['AWS::RDS::DBInstance', 'main'])
  assert.deepEqual(identifier('dynamodb.table', arnOf('dynamodb', 'table/a')), ['AWS::DynamoDB::Table', 'a'])
  const topic = arnOf('sns', 'page')
  assert.deepEqual(identifier('sns.topic', topic), ['AWS::SNS::Topic', topic])
  assert.equal(identifier('xray.group', arnOf('xray', 'group/a')), undefined)
})
