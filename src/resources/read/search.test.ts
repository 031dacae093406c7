import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leastTotal } from './search.ts'

// By hand: 400 matches on 100 pages in a hundredth of the table stand for 40,000; five deviations of 100 are 50, so half of it.
test('what a sample shows at the least', () => {
  assert.equal(Math.round(leastTotal(400, 100, 0.01)), 20_000)
  assert.equal(leastTotal(0, 0, 0.01), 0)
  // On so few pages they may all be there by chance, however many they are.
  assert.ok(leastTotal(1_000, 25, 0.01) <= 0)
  assert.ok(leastTotal(1_000, 4, 0.01) < 0)
})
