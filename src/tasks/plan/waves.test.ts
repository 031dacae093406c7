import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { waveSizes } from '#contracts/wave-sizes.ts'
import { sandboxAccount } from '../../../test/support/fake-ec2.ts'
import type { Selected } from './select.ts'
import { inWaves } from './waves.ts'

test('by default: 1, 5 %, 25 %, the rest, above 100 targets; all at once up to there', () => {
  assert.deepEqual(waveSizes(undefined, 101), [1, 6, 26, 68]) // 5.05 and 25.25, rounded up
  assert.deepEqual(waveSizes(undefined, 300), [1, 15, 75, 209])
  assert.deepEqual(waveSizes(undefined, 5000), [1, 250, 1250, 3499])
  assert.deepEqual(waveSizes(undefined, 100), [100])
  assert.deepEqual(waveSizes('none', 5000), [5000])
  assert.deepEqual(waveSizes('default', 20), [1, 1, 5, 13])
  assert.deepEqual(waveSizes('default', 1), [1])
  assert.deepEqual(waveSizes(undefined, 0), [])
})

test('whole numbers are targets, fractions shares of all; what is left is the last wave', () => {
  assert.deepEqual(waveSizes([10], 300), [10, 290])
  assert.deepEqual(waveSizes([0.5, 0.5], 300), [150, 150])
  assert.deepEqual(waveSizes([0.07], 100), [7, 93]) // 0.07 * 100 is 7.000000000000001 in binary
  assert.deepEqual(waveSizes([0.001], 300), [1, 299])
  assert.deepEqual(waveSizes([1], 10), [1, 9])
})

test('a 1 at the end of a longer list is the rest, elsewhere one target', () => {
  assert.deepEqual(waveSizes([0.1, 0.4, 1], 100), [10, 40, 50])
  assert.deepEqual(waveSizes([1, 1], 100), [1, 99])
  assert.deepEqual(waveSizes([1, 5, 1], 100), [1, 5, 94])
})

test('waves for which no target is left are dropped', () => {
  assert.deepEqual(waveSizes([50, 0.9, 0.9], 100), [50, 50])
  assert.deepEqual(waveSizes([500], 100), [100])
})

test('whatever is asked for, every target is in exactly one wave and no wave is empty', () => {
  const wave = fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0.0001, max: 0.9999, noNaN: true }))
  fc.assert(
    fc.property(
      fc.array(wave, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 10_000 }),
      (waves, targets) => {
        const sizes = waveSizes(waves, targets)
        assert.equal(
          sizes.reduce((sum, size) => sum + size, 0),
          targets,
        )
        assert.ok(sizes.every((size) => Number.isInteger(size) && size > 0))
      },
    ),
  )
})

const selected = (
  id: string,
  place: string,
  more: { isProduction?: boolean; risk?: Selected['risk'] } = {},
): Selected => {
  const [accountId = '', region = ''] = place.split(' ')
  const account = { ...sandboxAccount, id: accountId }
  const { isProduction = false, risk = 'R2' } = more
  return {
    live: { id, name: null, tags: {}, image: {}, facts: {} },
    account,
    region,
    after: {},
    risk,
    attributes: { id, account: accountId, region, cloud: 'sandbox', tags: {}, isProduction },
  }
}
const idsOf = (targets: readonly Selected[]): string => targets.map(({ live }) => live.id).join(' ')

test('the first waves are of what is least harmful, spread over accounts and Regions; within a wave by ARN', () => {
  const targets = [
    selected('a1', '1 eu'),
    selected('a2', '1 eu'),
    selected('a3', '1 eu'),
    selected('b1', '2 us'),
    selected('c1', '3 us', { isProduction: true }),
    selected('c2', '3 us', { risk: 'R3' }),
  ]
  // In turn from both places: a1 b1 a2 a3; then the higher class, then production.
  assert.equal(idsOf(inWaves(targets, [2, 2, 2])), 'a1 b1 a2 a3 c1 c2')
  assert.equal(idsOf(inWaves(targets, [1, 3, 1, 1])), 'a1 a2 a3 b1 c2 c1')
  assert.equal(idsOf(inWaves([...targets].reverse(), [1, 3, 1, 1])), 'a1 a2 a3 b1 c2 c1')
})

test('without waves the order stays as it is', () => {
  const targets = [selected('b', '1 eu', { isProduction: true }), selected('a', '1 eu')]
  assert.equal(idsOf(inWaves(targets, [2])), 'b a')
})
