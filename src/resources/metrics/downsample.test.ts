import assert from 'node:assert/strict'
import { test } from 'node:test'
import { downsample } from './downsample.ts'

const series = (values: readonly number[]) => values.map((value, index) => ({ atMs: index * 60_000, value }))

test('a short series stays as it is', () => {
  const points = series([1, 2, 3])
  assert.deepEqual(downsample(points, 3), points)
  assert.deepEqual(downsample([], 2), [])
})

test('of a long one every peak stays, and nothing is made up', () => {
  const values = Array.from({ length: 10_000 }, (_, index) => Math.sin(index / 500))
  values[1234] = 99
  values[7777] = -99
  const points = series(values)
  const kept = downsample(points, 200)
  assert.ok(kept.length <= 200 && kept.length > 150)
  assert.ok(kept.some(({ value }) => value === 99))
  assert.ok(kept.some(({ value }) => value === -99))
  assert.ok(kept.every((point) => points.includes(point)))
  assert.deepEqual(
    kept.map(({ atMs }) => atMs),
    kept.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
  )
})

test('a gap stays a gap, and a constant needs one point a part', () => {
  const points = [...series(Array.from({ length: 500 }, () => 7)), { atMs: 100_000_000, value: 7 }]
  const kept = downsample(points, 10)
  assert.ok(kept.length <= 10)
  assert.equal(kept.at(-1)?.atMs, 100_000_000)
})
