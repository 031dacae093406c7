import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leastTotal } from './search.ts'

// By exact sums of Poisson's distribution: of how many pages on average 25, 50, 100 or 400 and more are drawn with a chance of 2.87e-7.
test('what a sample shows at the least is what it may have been by chance, and hardly less', () => {
  for (const [pages, exact] of [
    [25, 7.3886],
    [50, 22.2368],
    [100, 57.7234],
    [400, 307.8685],
  ] as const) {
    // One match on each page, in a hundredth of the table.
    const least = leastTotal(pages, pages, 0.01) * 0.01
    assert.ok(least <= exact && least > exact * 0.98, `${pages} pages: ${least}`)
  }
  // Four matches on each of 100 pages.
  assert.equal(Math.round(leastTotal(400, 100, 0.01) / 100), Math.round(4 * 57.72))
  assert.equal(leastTotal(0, 0, 0.01), 0)
  // On so few pages they may all be there by chance, however many they are.
  assert.ok(leastTotal(1_000, 4, 0.01) < 5_000)
  assert.equal(leastTotal(1_000, 2, 0.01), 0)
})
