import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { changesOf } from './changes.ts'

const account = '123456789012'
const event = (given: object): string =>
  JSON.stringify({
    version: '0',
    id: '7bf73129-1428-4cd3-a780-95db273d1602',
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    account,
    time: '2026-11-11T21:29:54Z',
    region: 'us-east-1',
    resources: [],
    detail: {},
    ...given,
  })

// The examples of the EC2 and Auto Scaling user guides and of the CloudTrail user guide.
test('an instance whose state changed', () => {
  const id = 'i-0abcd1234abcd1234'
  assert.deepEqual(
    changesOf(
      event({
        resources: [`arn:aws:ec2:us-east-1:${account}:instance/${id}`],
        detail: { 'instance-id': id, state: 'pending' },
      }),
    ),
    [{ account, region: 'us-east-1', type: 'ec2.instance', ids: [id] }],
  )
})

test('an instance that a group started', () => {
  const changes = changesOf(
    event({
      'detail-type': 'EC2 Instance Launch Successful',
      source: 'aws.autoscaling',
      region: 'us-west-2',
      resources: [`arn:aws:ec2:us-west-2:${account}:instance/i-0598c7d356eba48d7`],
      detail: {
        StatusCode: 'InProgress',
        AutoScalingGroupName: 'my-auto-scaling-group',
        EC2InstanceId: 'i-0598c7d356eba48d7',
        Details: { 'Availability Zone': 'us-west-2b', 'Subnet ID': 'subnet-0c3e0f1a2b4c5d6e7' },
      },
    }),
  )
  assert.ok(changes?.some(({ type, ids }) => type === 'ec2.instance' && ids.join() === 'i-0598c7d356eba48d7'))
})

const call = (detail: object): string => event({ 'detail-type': 'AWS API Call via CloudTrail', detail })

test('calls of an API: what went in and what came out, by ARN, by id, or by name where the API is known', () => {
  assert.deepEqual(
    changesOf(
      call({
        eventSource: 'ec2.amazonaws.com',
        eventName: 'CreateTags',
        requestParameters: {
          resourcesSet: { items: [{ resourceId: 'i-0598c7d356eba48d7' }, { resourceId: 'vol-049df61146c4d7901' }] },
          tagSet: { items: [{ key: 'env', value: 'prod' }] },
        },
        responseElements: { _return: true },
      }),
    )
      ?.map(({ type, ids }) => [type, ids])
      .toSorted(),
    [
      ['ec2.instance', ['i-0598c7d356eba48d7']],
      ['ec2.volume', ['vol-049df61146c4d7901']],
    ],
  )
  assert.deepEqual(
    changesOf(
      call({
        eventSource: 'monitoring.amazonaws.com',
        eventName: 'DeleteAlarms',
        requestParameters: { alarmNames: ['cpu high: web', 'disk'] },
      }),
    ),
    [{ account, region: 'us-east-1', type: 'cloudwatch.alarm', ids: ['cpu high: web', 'disk'] }],
  )
  assert.deepEqual(
    changesOf(call({ eventSource: 'logs.amazonaws.com', requestParameters: { logGroupName: '/aws/lambda/a' } })),
    [{ account, region: 'us-east-1', type: 'logs.group', ids: ['/aws/lambda/a'] }],
  )
})

test('a call that was refused has changed nothing; who made it and from where is not what it changed', () => {
  const requestParameters = { instancesSet: { items: [{ instanceId: 'i-0598c7d356eba48d7' }] } }
  const eventSource = 'ec2.amazonaws.com'
  assert.deepEqual(changesOf(call({ eventSource, requestParameters, errorCode: 'UnauthorizedOperation' })), [])
  const userIdentity = { arn: `arn:aws:iam::${account}:role/i-0598c7d356eba48d7` }
  assert.deepEqual(changesOf(call({ eventSource, userIdentity, requestParameters: {} })), [])
})

test('what belongs to another account is not this one’s to tell', () => {
  assert.deepEqual(
    changesOf(event({ resources: ['arn:aws:ec2:us-east-1:999999999999:instance/i-0598c7d356eba48d7'] })),
    [],
  )
})

test('nothing that comes can crash it or make it name more than it may', () => {
  for (const body of [
    '',
    'x',
    '[]',
    'null',
    '{}',
    event({ account: 'x' }),
    event({ detail: null }),
    event({ resources: [1] }),
  ])
    assert.equal(changesOf(body), null, body)
  assert.equal(changesOf(event({ detail: { x: 'y'.repeat(1024 * 1024) } })), null)
  const many = Array.from({ length: 1_000 }, (_, n) => `i-${String(n).padStart(8, '0')}`)
  assert.equal(changesOf(event({ detail: { many } }))?.[0]?.ids.length, 200)
  let deep: unknown = 'i-0598c7d356eba48d7'
  for (let n = 0; n < 10_000; n++) deep = [deep]
  assert.deepEqual(changesOf(event({ detail: { shallow: [[['i-0598c7d356eba48d7']]] } }))?.length, 1)
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (detail, requestParameters) => {
      for (const body of [
        event({ detail }),
        call({ eventSource: 's3.amazonaws.com', requestParameters }),
        JSON.stringify(detail),
      ]) {
        const changes = changesOf(body)
        assert.ok(changes === null || changes.every(({ ids }) => ids.length > 0))
      }
    }),
    { numRuns: 500 },
  )
})
