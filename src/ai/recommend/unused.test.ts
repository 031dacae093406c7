import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Unused } from '#resources/unused.ts'
import { adviseUnused, lastUsedDays } from './unused.ts'

const dayMs = 86_400_000
const toMs = Date.UTC(2026, 10, 27)
const ago = (days: number): string => new Date(toMs - days * dayMs).toISOString()
const volume = (createdAt: string): Unused => ({
  kind: 'unattached-volume',
  id: 'arn:aws:ec2:eu-west-1:1:volume/vol-1',
  awsId: 'vol-1',
  name: null,
  summary: { sizeGib: 100, createdAt },
  monthlyUsd: 8,
  since: null,
})

test('a volume is idle from 32 days without an attachment on, as Compute Optimizer has it', () => {
  const found = adviseUnused(volume(ago(200)), undefined, toMs)
  assert.deepEqual([found?.kind, found?.finding, found?.monthlySavingUsd], ['idle_volume', 'idle', 8])
  // Nothing here deletes volumes: no task is offered.
  assert.deepEqual([found?.operation, found?.params], [null, null])
  assert.match(found?.because ?? '', /32 days or more/)
  assert.equal(adviseUnused(volume(ago(200)), 32, toMs)?.kind, 'idle_volume')
  assert.equal(adviseUnused(volume(ago(200)), 31, toMs), undefined)
  // It was made less than 32 days ago, so it can't have been unattached for longer.
  assert.equal(adviseUnused(volume(ago(31)), undefined, toMs), undefined)
  assert.equal(adviseUnused(volume(ago(32)), undefined, toMs)?.kind, 'idle_volume')
  assert.equal(adviseUnused(volume('unheard of'), undefined, toMs), undefined, 'nobody knows since when')
})

test('the last day that was measured says when it was attached', () => {
  assert.equal(lastUsedDays([], toMs), undefined)
  const points = [40, 3].map((days) => ({ atMs: toMs - days * dayMs, value: 0 }))
  assert.equal(lastUsedDays(points, toMs), 3)
})

test('an address costs what it costs; of a snapshot what it saves is not known', () => {
  const address: Unused = {
    ...volume(ago(1)),
    kind: 'unassociated-address',
    summary: { publicIp: '198.51.100.7' },
    // $0.005 an hour, 730 hours.
    monthlyUsd: 3.65,
  }
  const found = adviseUnused(address, undefined, toMs)
  assert.deepEqual([found?.kind, found?.monthlySavingUsd, found?.operation], ['unused_address', 3.65, null])
  assert.match(found?.title ?? '', /198\.51\.100\.7/)
  const snapshot = (since: Date | null): Unused => ({
    ...volume(ago(1)),
    kind: 'orphaned-snapshot',
    summary: {},
    since,
  })
  const old = adviseUnused(snapshot(new Date(toMs - 90 * dayMs)), undefined, toMs)
  assert.deepEqual([old?.kind, old?.monthlySavingUsd], ['orphaned_snapshot', null])
  assert.match(old?.because ?? '', /at most \$8\.00 a month/)
  assert.equal(adviseUnused(snapshot(new Date(toMs - 89 * dayMs)), undefined, toMs), undefined)
  assert.equal(adviseUnused(snapshot(null), undefined, toMs), undefined)
})
