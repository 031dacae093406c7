import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noiseOf, withoutNoise } from './noise.ts'
import { changesBetween } from './state.ts'

test('fields are left out by path, and by a star within a part', () => {
  const value = { config: { LastSeen: 1, LastUsed: 2, Kept: 3, list: [{ at: 1, id: 'a' }], 'a.b': 1 }, LastSeen: 4 }
  assert.deepEqual(withoutNoise(value, ['config.Last*', 'config.list.*.at']), {
    config: { Kept: 3, list: [{ id: 'a' }], 'a.b': 1 },
    LastSeen: 4,
  })
  assert.deepEqual(withoutNoise(value, ['config.L.stSeen', 'config']), { LastSeen: 4 })
})

const state = (
  summary: Record<string, unknown>,
  config: Record<string, unknown>,
  tags: Record<string, string> = {},
) => ({
  name: 'x',
  state: null,
  tags,
  summary,
  config,
})

test('amounts of money and the order of tags change nothing', () => {
  const before = state({ runningMonthlyUsd: 1, type: 'a' }, { Tags: [{ Key: 'a' }, { Key: 'b' }] })
  const after = state({ runningMonthlyUsd: 2, type: 'a' }, { Tags: [{ Key: 'b' }, { Key: 'a' }] })
  assert.deepEqual(changesBetween(before, after, noiseOf(undefined)), [])
})

test('more than 300 changes are told as one for each part', () => {
  const many = (value: number) => Object.fromEntries(Array.from({ length: 301 }, (_, key) => [`k${key}`, value]))
  const changes = changesBetween(state({ a: 1 }, many(1)), state({ a: 2 }, many(2)), [])
  assert.deepEqual(
    changes.map(({ path }) => path),
    ['/summary', '/config'],
  )
  assert.deepEqual(changes[1]?.before, many(1))
})
