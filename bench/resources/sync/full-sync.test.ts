import assert from 'node:assert/strict'
import { test } from 'node:test'
import { floorOf } from './full-sync.ts'

const call = (service: string, action: string, region = 'us-east-1') => ({
  account: '111122223333',
  region,
  service,
  action,
  wasThrottled: false,
})

// By hand, from AWS's documented buckets: DescribeLogGroups 10/s, paginated Describe calls of EC2 100 at once and then 20/s.
test('the floor is the slowest bucket of a place, its first tokens free', () => {
  const groups = Array.from({ length: 60 }, () => call('logs', 'DescribeLogGroups'))
  const instances = Array.from({ length: 140 }, () => call('ec2', 'DescribeInstances'))
  assert.equal(floorOf(groups).floorSeconds, 5)
  assert.equal(floorOf(instances).floorSeconds, 2)
  assert.equal(floorOf([...groups, ...instances]).floorSeconds, 5)
  // Another Region has buckets of its own.
  const elsewhere = Array.from({ length: 60 }, () => call('logs', 'DescribeLogGroups', 'eu-west-1'))
  assert.equal(floorOf([...groups, ...elsewhere]).floorSeconds, 5)
  assert.match(floorOf(groups).floorOf, /^logs:DescribeLogGroups.*111122223333 in us-east-1/)
})
