import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isUuid, uuidv7 } from './ids.ts'

const later = Date.UTC(2100, 0, 1)

test('an id has the time, the version and the variant where RFC 9562 puts them', () => {
  const [time1, time2, version, variant] = uuidv7(later).split('-')
  assert.equal(parseInt(`${time1}${time2}`, 16), later)
  assert.match(version ?? '', /^7[0-9a-f]{3}$/)
  assert.match(variant ?? '', /^[89ab][0-9a-f]{3}$/)
  assert.ok(isUuid(uuidv7()))
})

test('ids sort in the order in which they were made, more than 4,096 in a millisecond and when the clock goes back, too', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => uuidv7(later + 10 - (index % 3)))
  assert.deepEqual(ids.toSorted(), ids)
  assert.equal(new Set(ids).size, ids.length)
})

test('ids that share a time and a count differ in 62 random bits', () => {
  const tails = Array.from({ length: 1_000 }, () => uuidv7().slice(19))
  assert.equal(new Set(tails).size, tails.length)
})
