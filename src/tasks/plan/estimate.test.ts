import { test } from 'node:test'
import assert from 'node:assert/strict'
import { fakeQuotas } from '../../../test/support/fake-ec2.ts'
import { expectedSeconds } from './estimate.ts'

const operation = (action: string, batchSize: number, waitSeconds = 0) => ({
  batchSize,
  calls: [{ service: 'ec2', action }],
  typicalWaitSeconds: () => waitSeconds,
})
const callsOf = (action: string, batchSize: number, places: { targets: number; speed: number }[]): number =>
  expectedSeconds(fakeQuotas, operation(action, batchSize), {}, places).calls

test("5,000 targets in one account and Region take what AWS's documented buckets give", () => {
  // (5,000 - 1,000) / 20 a second; (5,000 - 1,000) / 2 a second; 50 and 25 calls are inside the bursts of 50 and 100.
  assert.equal(callsOf('StopInstances', 50, [{ targets: 5000, speed: 1 }]), 200)
  assert.equal(callsOf('StartInstances', 50, [{ targets: 5000, speed: 1 }]), 2000)
  assert.equal(callsOf('RebootInstances', 100, [{ targets: 5000, speed: 1 }]), 0)
  assert.equal(callsOf('CreateTags', 200, [{ targets: 5000, speed: 1 }]), 0)
})

test('10,000 tags in batches of 50 wait for the request bucket: (200 - 100) / 10 a second', () => {
  assert.equal(callsOf('CreateTags', 50, [{ targets: 10_000, speed: 1 }]), 10)
})

test('starts beyond the request burst wait for requests: 1,000 in batches of 50 are 20 calls, (20 - 5) / 2 a second', () => {
  assert.equal(callsOf('StartInstances', 50, [{ targets: 1000, speed: 1 }]), 7.5)
})

test('spread over 20 accounts and Regions, 250 each fit into the bursts', () => {
  assert.equal(
    callsOf(
      'StopInstances',
      50,
      Array.from({ length: 20 }, () => ({ targets: 250, speed: 1 })),
    ),
    0,
  )
})

test('the slowest place counts, in wall seconds of its own clock', () => {
  const places = [
    { targets: 2000, speed: 1 }, // (2,000 - 1,000) / 20 = 50 s
    { targets: 5000, speed: 10 }, // 200 s of cloud time, 20 s of the wall's
  ]
  assert.deepEqual(expectedSeconds(fakeQuotas, operation('StopInstances', 50, 60), {}, places), {
    calls: 50,
    waits: 60,
    total: 110,
  })
})

test('without targets nothing takes time', () => {
  assert.deepEqual(expectedSeconds(fakeQuotas, operation('StopInstances', 50, 60), {}, []), {
    calls: 0,
    waits: 0,
    total: 0,
  })
})

test('calls that are made for each target alone do not come cheaper in batches: (120 - 5) / 2 a second', () => {
  const each = {
    ...operation('StartInstances', 5),
    calls: [{ service: 'ec2', action: 'StartInstances', perTarget: true as const }],
  }
  assert.equal(expectedSeconds(fakeQuotas, each, {}, [{ targets: 120, speed: 1 }]).calls, 57.5)
  assert.equal(callsOf('StartInstances', 5, [{ targets: 120, speed: 1 }]), 9.5)
})

test('a call that is not made with these parameters costs nothing', () => {
  const start = { service: 'ec2', action: 'StartInstances', isMade: ({ really }: { really: boolean }) => really }
  const seconds = (really: boolean): number =>
    expectedSeconds(fakeQuotas, { ...operation('StartInstances', 50), calls: [start] }, { really }, [
      { targets: 5000, speed: 1 },
    ]).calls
  assert.deepEqual([seconds(true), seconds(false)], [2000, 0])
})
