import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeCursor, decodePosition, encodeCursor, pageOf, pageOfAll, totalOf } from './paging.ts'

const rows = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }))
const idOf = (row: { id: string }): string => row.id

test('a list at hand is read page by page to its end, each row once', () => {
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = pageOfAll(rows, { limit: 2, ...(cursor === undefined ? {} : { cursor }) }, idOf)
    assert.deepEqual(page.total, { value: 5, relation: 'eq' })
    seen.push(...page.items.map(idOf))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  assert.deepEqual(seen, ['a', 'b', 'c', 'd', 'e'])
})

test('a page that ends with the last row has no next one', () => {
  assert.equal(pageOf(rows, 5, (row) => [row.id]).nextCursor, null)
  assert.notEqual(pageOf(rows, 4, (row) => [row.id]).nextCursor, null)
})

test('what is not a cursor of the list is refused', () => {
  const nul = Buffer.from(JSON.stringify(['a\0'])).toString('base64url')
  for (const cursor of ['garbage', '', '%%%', nul, encodeCursor(['a', 'b'])]) {
    assert.throws(() => decodeCursor(cursor, 1), { code: 'invalid_cursor' }, cursor)
  }
  assert.throws(() => decodePosition(encodeCursor(['x']), /^\d+$/), { code: 'invalid_cursor' })
  assert.throws(() => pageOfAll(rows, { limit: 2, cursor: encodeCursor(['gone']) }, idOf), { code: 'invalid_cursor' })
  assert.equal(decodePosition(undefined, /^\d+$/), null)
})

test('totals are exact up to 10,000', () => {
  assert.deepEqual(totalOf(10_000), { value: 10_000, relation: 'eq' })
  assert.deepEqual(totalOf(10_001), { value: 10_000, relation: 'gte' })
})
