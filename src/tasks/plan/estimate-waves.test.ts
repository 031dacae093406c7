import { test } from 'node:test'
import assert from 'node:assert/strict'
import { fakeQuotas } from '../../../test/support/fake-ec2.ts'
import { expectedWaves } from './estimate-waves.ts'

const stop = (waitSeconds: number) => ({
  batchSize: 50,
  calls: [{ service: 'ec2', action: 'StopInstances' }],
  typicalWaitSeconds: () => waitSeconds,
})
const one = (targets: number, speed = 1) => [{ place: '1 eu', targets, speed }]

test('what a wave leaves in the bucket is what the next one begins with', () => {
  // StopInstances: 1,000 tokens, 20 a second. 800 leave 200; nothing waits, so 1,200 more take (1,200 - 200) / 20 = 50 s.
  const { waves, all } = expectedWaves(fakeQuotas, stop(0), {}, [one(800), one(1200)], 0)
  assert.deepEqual(waves, [
    { calls: 0, waits: 0, total: 0 },
    { calls: 50, waits: 0, total: 50 },
  ])
  assert.deepEqual(all, { calls: 50, waits: 0, total: 50 })
})

test('while a wave waits and soaks the bucket fills again', () => {
  // 2,000: (2,000 - 1,000) / 20 = 50 s, empty; 20 s of waiting and 15 s of soak bring 700; 1,000 - 700 at 20 a second are 15 s.
  const { waves, all } = expectedWaves(fakeQuotas, stop(20), {}, [one(2000), one(1000)], 15)
  assert.deepEqual(waves, [
    { calls: 50, waits: 20, total: 70 },
    { calls: 15, waits: 20, total: 35 },
  ])
  assert.deepEqual(all, { calls: 65, waits: 40, total: 120 }) // with the soak of 15 s between them
})

test('a bucket is never fuller than full', () => {
  // After 100 s of soak the 1,000 tokens are back, not 2,000: (3,000 - 1,000) / 20.
  const { waves } = expectedWaves(fakeQuotas, stop(0), {}, [one(1000), one(3000)], 100)
  assert.equal(waves[1]?.calls, 100)
})

test('places have buckets of their own, and on a faster clock less time passes on the wall', () => {
  const fast = { place: '2 eu', targets: 5000, speed: 10 } // (5,000 - 1,000) / 20 / 10 = 20 s
  const { waves, all } = expectedWaves(fakeQuotas, stop(30), {}, [[...one(1000), fast], one(1)], 60)
  assert.deepEqual(waves[0], { calls: 20, waits: 30, total: 30 }) // 0 + 30 s here, 20 + 3 s there
  assert.equal(all.total, 30 + 60 + 30) // the soak goes by the slower clock
})
