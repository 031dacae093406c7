import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  monthlyUsdOfInstance,
  monthlyUsdOfLoadBalancer,
  monthlyUsdOfProvisionedConcurrency,
  monthlyUsdOfPublicIp,
  monthlyUsdOfStoredObjects,
  monthlyUsdOfVolume,
  mostMonthlyUsdOfSnapshots,
} from './prices.ts'

test('instances cost what AWS lists, times 730 hours', () => {
  // $0.0416, $0.096 and $0.34 an hour in us-east-1.
  assert.equal(monthlyUsdOfInstance('t3.medium', 'us-east-1', 'running'), 30.37)
  assert.equal(monthlyUsdOfInstance('m5.large', 'us-east-1', 'running'), 70.08)
  assert.equal(monthlyUsdOfInstance('c5.2xlarge', 'us-east-1', 'pending'), 248.2)
})

test('a stopped instance costs nothing, an unknown type is not guessed', () => {
  assert.equal(monthlyUsdOfInstance('m5.large', 'us-east-1', 'stopped'), 0)
  for (const type of ['mac2.metal', 'x99.large', 'm5', '', 'm5.huge'])
    assert.equal(monthlyUsdOfInstance(type, 'us-east-1', 'running'), null)
})

test('volumes cost by size, and by what IOPS are not included', () => {
  // $0.08 a GiB; $0.005 for each IOPS above 3,000; $0.125 a GiB and $0.065 an IOPS.
  assert.equal(monthlyUsdOfVolume({ volumeType: 'gp3', sizeGib: 100, iops: 3000 }, 'us-east-1'), 8)
  assert.equal(monthlyUsdOfVolume({ volumeType: 'gp3', sizeGib: 100, iops: 4000 }, 'us-east-1'), 13)
  assert.equal(monthlyUsdOfVolume({ volumeType: 'io1', sizeGib: 100, iops: 1000 }, 'us-east-1'), 77.5)
  assert.equal(monthlyUsdOfVolume({ volumeType: 'new', sizeGib: 100, iops: null }, 'us-east-1'), null)
})

test('snapshots, addresses and load balancers cost what AWS lists', () => {
  // $0.05 a GiB a month, $0.0125 in the archive; $0.005 an hour; $0.0225 and $0.0125 an hour: times 730 hours.
  assert.equal(mostMonthlyUsdOfSnapshots(100, 'us-east-1'), 5)
  assert.equal(mostMonthlyUsdOfSnapshots(100, 'us-east-1', 'archive'), 1.25)
  assert.equal(monthlyUsdOfPublicIp(), 3.65)
  assert.equal(monthlyUsdOfLoadBalancer('application', 'us-east-1'), 16.43)
  assert.equal(monthlyUsdOfLoadBalancer('gateway', 'us-east-1'), 9.13)
})

test('objects cost by storage class, and only what is stored', () => {
  // $0.023, $0.0125 and $0.0036 a GB and month in us-east-1.
  const tib = 2 ** 40
  assert.equal(monthlyUsdOfStoredObjects({ StandardStorage: tib }, 'us-east-1'), 23.55)
  assert.equal(monthlyUsdOfStoredObjects({ StandardStorage: tib, GlacierStorage: 10 * tib }, 'us-east-1'), 60.42)
  assert.equal(monthlyUsdOfStoredObjects({ StandardIAStorage: tib / 2 }, 'us-east-1'), 6.4)
  assert.equal(monthlyUsdOfStoredObjects({}, 'us-east-1'), 0)
})

test('concurrency that is kept ready costs by memory and time', () => {
  // $0.0000041667 a GB-second on x86, $0.0000033334 on Arm; a month has 2,628,000 s.
  const ten = { provisioned: 10, memoryMib: 1024 }
  assert.equal(monthlyUsdOfProvisionedConcurrency({ ...ten, architecture: 'x86_64' }, 'us-east-1'), 109.5)
  assert.equal(monthlyUsdOfProvisionedConcurrency({ ...ten, architecture: 'arm64' }, 'us-east-1'), 87.6)
})
