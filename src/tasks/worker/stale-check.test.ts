import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCloudClock } from '#platform/clock.ts'
import { ec2Stop } from '../operations/ec2-stop.ts'
import type { HeldItem } from './held-item.ts'
import { isCheckStale } from './stale-check.ts'

const noon = new Date('2026-01-01T12:00:00Z')
const secondsLater = (seconds: number) => new Date(noon.getTime() + seconds * 1000)
/** In front of its first effect, since noon. */
const item = (more: Partial<HeldItem> = {}) =>
  ({
    step: 1,
    stepStartedAt: noon,
    isArmed: false,
    isDoubtful: false,
    isCompensating: false,
    ...more,
  }) as HeldItem // nothing else is looked at
const isStale = (seconds: number, more: Partial<HeldItem> = {}, speed = 1) =>
  isCheckStale(item(more), ec2Stop, { now: secondsLater(seconds), cloud: createCloudClock(speed) })

test('a check is good for a minute of cloud time', () => {
  assert.deepEqual([isStale(59), isStale(61), isStale(3 * 86_400)], [false, true, true])
  assert.deepEqual([isStale(5, {}, 10), isStale(7, {}, 10)], [false, true])
})

test('only the first effect is preceded by it, and only where nothing can have happened yet', () => {
  for (const more of [{ isArmed: true }, { isDoubtful: true }, { isCompensating: true }, { step: 0 }, { step: 2 }]) {
    assert.equal(isStale(3600, more), false, JSON.stringify(more))
  }
})
