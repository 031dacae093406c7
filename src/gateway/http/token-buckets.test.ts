import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkOf } from './rate-limit.ts'
import { createTokenBuckets } from './token-buckets.ts'

test('a bucket gives its burst, then refills by the second and never beyond', () => {
  let nowMs = 0
  const buckets = createTokenBuckets({ burst: 2, perSecond: 0.5 }, { monotonicMs: () => nowMs })
  assert.deepEqual([buckets.take('a').isAllowed, buckets.take('a').isAllowed], [true, true])
  assert.deepEqual(buckets.take('a'), { isAllowed: false, remaining: 0, resetSeconds: 2 })
  assert.ok(buckets.take('b').isAllowed)
  nowMs = 1_900
  assert.ok(!buckets.take('a').isAllowed)
  nowMs = 2_000
  assert.ok(buckets.take('a').isAllowed)
  nowMs = 1_000_000
  buckets.giveBack('a')
  assert.deepEqual(
    [buckets.take('a').remaining, buckets.take('a').remaining, buckets.take('a').isAllowed],
    [1, 0, false],
  )
})

test('memory is bounded: who was not seen for longest is forgotten', () => {
  const buckets = createTokenBuckets({ burst: 1, perSecond: 0.001 }, { monotonicMs: () => 0 }, 3)
  for (const key of ['a', 'b', 'c', 'a', 'd']) buckets.take(key)
  assert.equal(buckets.size(), 3)
  assert.ok(!buckets.take('a').isAllowed)
  assert.ok(buckets.take('b').isAllowed)
})

test('IPv6 addresses count by their /64, mapped IPv4 ones as themselves', () => {
  assert.equal(networkOf('203.0.113.7'), '203.0.113.7')
  assert.equal(networkOf('::ffff:203.0.113.7'), '203.0.113.7')
  assert.equal(networkOf('2001:db8:1:2:aaaa::1'), networkOf('2001:0db8:0001:0002::ffff'))
  assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'))
  assert.equal(networkOf('::1'), networkOf('::2'))
  assert.equal(networkOf('fe80::1%eth0'), networkOf('fe80::2'))
})
