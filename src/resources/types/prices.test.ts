import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instanceMonthlyUsd, volumeMonthlyUsd } from './prices.ts'

test('instances cost what the public price list says for 730 hours', () => {
  // Hourly prices as published for us-east-1: t3.micro 0.0104, m5.large 0.096, c5.4xlarge 0.68, r5.2xlarge 0.504.
  assert.equal(instanceMonthlyUsd('t3.micro'), 7.59)
  assert.equal(instanceMonthlyUsd('m5.large'), 70.08)
  assert.equal(instanceMonthlyUsd('c5.4xlarge'), 496.4)
  assert.equal(instanceMonthlyUsd('r5.2xlarge'), 367.92)
})

test('a type that is not in the table has no cost rather than a wrong one', () => {
  for (const type of ['x9.large', 'm5.gigantic', 'm5', '', 'constructor.large', 'm5.toString']) assert.equal(instanceMonthlyUsd(type), null)
  assert.equal(volumeMonthlyUsd({ volumeType: 'zz1', sizeGib: 1, iops: null }), null)
})

test('volumes cost storage, and IOPS beyond what is included', () => {
  assert.equal(volumeMonthlyUsd({ volumeType: 'gp3', sizeGib: 100, iops: 3000 }), 8)
  // AWS's pricing page: a gp3 volume of 2,000 GB with 10,000 IOPS (and the included throughput) is 160 + 35 USD.
  assert.equal(volumeMonthlyUsd({ volumeType: 'gp3', sizeGib: 2000, iops: 10_000 }), 195)
  assert.equal(volumeMonthlyUsd({ volumeType: 'io1', sizeGib: 100, iops: 1000 }), 77.5)
  assert.equal(volumeMonthlyUsd({ volumeType: 'gp2', sizeGib: 50, iops: 150 }), 5)
})
