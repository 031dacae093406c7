import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documentedBuckets, plannedBuckets } from './limits.ts'

/** Capacity / refill per second as AWS's documentation lists them. */
const fromDocumentation: [service: string, action: string, requests: string, resources?: string][] = [
  ['ec2', 'DescribeInstances', '100/20'],
  ['ec2', 'RebootInstances', '50/5'],
  ['ec2', 'StartInstances', '5/2', '1000/2'],
  ['ec2', 'StopInstances', '50/5', '1000/20'],
  ['ec2', 'TerminateInstances', '100/5', '1000/20'],
  ['ec2', 'CreateTags', '100/10'],
  ['ec2', 'CopyImage', '100/1'],
  ['cloudwatch', 'PutMetricAlarm', '3/3'],
  ['cloudwatch', 'GetMetricData', '500/500'],
  ['lambda', 'GetFunction', '100/100'],
  ['lambda', 'UpdateFunctionConfiguration', '15/15'],
  ['logs', 'PutRetentionPolicy', '5/5'],
  ['tagging', 'GetResources', '15/15'],
]
for (const [service, action, requests, resources] of fromDocumentation) {
  test(`${service}:${action}`, () => {
    const said = documentedBuckets(service, action).map(
      ({ unit, limit }) => `${unit} ${limit.capacity}/${limit.refillPerSecond}`,
    )
    assert.deepEqual(said, [`requests ${requests}`, ...(resources === undefined ? [] : [`resources ${resources}`])])
  })
}

test('each action has buckets of its own, but where AWS says that calls share one', () => {
  const name = (action: string, service = 'ec2'): string | undefined => documentedBuckets(service, action)[0]?.name
  assert.notEqual(name('StartInstances'), name('StopInstances'))
  assert.equal(name('UpdateAlias', 'lambda'), name('PublishVersion', 'lambda'))
})

test('Elastic Load Balancing has a bucket for each category and one for all calls of the account', () => {
  const said = (action: string): string[] =>
    documentedBuckets('elb', action).map(({ name, limit }) => `${name} ${limit.capacity}/${limit.refillPerSecond}`)
  const account = 'elb:account:requests 40/10'
  assert.deepEqual(said('DescribeTargetHealth'), ['elb:non-mutating:requests 40/10', account])
  assert.deepEqual(said('DescribeTags'), said('DescribeTargetHealth'))
  assert.deepEqual(said('RegisterTargets'), ['elb:registration:requests 20/4', account])
  assert.deepEqual(said('ModifyTargetGroup'), ['elb:mutating:requests 20/3', account])
  assert.deepEqual(said('SetSubnets'), ['elb:resource-intensive:requests 10/0.2', account])
})

test('plans keep 5 % back', () => {
  const [, resources] = plannedBuckets('ec2', 'StopInstances')
  assert.deepEqual(resources?.limit, { capacity: 950, refillPerSecond: 19.6 })
  // A plain rate of 3 a second: half a second's worth is left for calls that travel unequally long.
  const [alarms] = plannedBuckets('cloudwatch', 'PutMetricAlarm')
  assert.deepEqual(alarms?.limit, { capacity: 1.5, refillPerSecond: 2.94 })
  // 100/20: ten tokens are half a second's worth, more than 5 %.
  const [reads] = plannedBuckets('ec2', 'DescribeInstances')
  assert.deepEqual(reads?.limit, { capacity: 90, refillPerSecond: 19.6 })
})
