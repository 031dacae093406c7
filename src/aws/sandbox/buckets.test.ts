import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFakeClock, place } from '../testing/host.ts'
import { createBuckets } from './buckets.ts'

const throttled = { name: 'RequestLimitExceeded', $fault: 'server' }
const call = (action: string, input: object = {}) => ({ ...place, service: 'ec2', action, input })
const ids = (count: number): object => ({ InstanceIds: Array.from({ length: count }, (_, index) => `i-${index}`) })

test('a burst up to the capacity, then the refill', () => {
  const clock = createFakeClock()
  const take = createBuckets(clock, 1)
  for (let request = 0; request < 50; request++) take(call('RebootInstances', ids(1)))
  assert.throws(() => take(call('RebootInstances', ids(1))), throttled)
  clock.advance(1)
  for (let request = 0; request < 5; request++) take(call('RebootInstances', ids(1)))
  assert.throws(() => take(call('RebootInstances', ids(1))), throttled)
})

test('resources are counted apart from requests, and a refused call takes nothing', () => {
  const clock = createFakeClock()
  const take = createBuckets(clock, 1)
  take(call('StopInstances', ids(990)))
  assert.throws(() => take(call('StopInstances', ids(11))), throttled)
  take(call('StopInstances', ids(10)))
  clock.advance(2)
  take(call('StopInstances', ids(40)))
  assert.throws(() => take(call('StopInstances', ids(1))), throttled)
})

test('each account and Region has its own, and speed runs them faster', () => {
  const clock = createFakeClock()
  const take = createBuckets(clock, 10)
  for (let request = 0; request < 5; request++) take(call('StartInstances', ids(1)))
  assert.throws(() => take(call('StartInstances', ids(1))), throttled)
  take({ ...call('StartInstances', ids(1)), region: 'eu-west-1' })
  clock.advance(0.1)
  take(call('StartInstances', ids(1)))
  take(call('StartInstances', ids(1)))
  assert.throws(() => take(call('StartInstances', ids(1))), throttled)
})

test('a read that is neither filtered nor paged draws from the smaller bucket', () => {
  const take = createBuckets(createFakeClock(), 1)
  for (let request = 0; request < 50; request++) take(call('DescribeInstances'))
  assert.throws(() => take(call('DescribeInstances')), throttled)
  for (let request = 0; request < 100; request++) take(call('DescribeInstances', { MaxResults: 1000 }))
  assert.throws(() => take(call('DescribeInstances', { MaxResults: 1000 })), throttled)
})
