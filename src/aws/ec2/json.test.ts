import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toJson } from './json.ts'

const description = {
  InstanceId: 'i-1',
  LaunchTime: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
  Gone: undefined,
  None: null,
  Invalid: new Date(Number.NaN),
  Numbers: [1, 0.5, Number.NaN, Number.POSITIVE_INFINITY],
  Holes: [undefined, { Inner: undefined, Kept: false }],
  Nested: { Deep: [{ At: new Date(0), Empty: {}, Nothing: [] }] },
}

test('a description is what JSON makes of it', () => {
  assert.deepEqual(toJson(description), JSON.parse(JSON.stringify(description)))
  assert.equal(toJson(description)['LaunchTime'], '2026-01-02T03:04:05.000Z')
})

test('a copy, whatever its keys are called', () => {
  const given = JSON.parse('{"__proto__": {"a": 1}, "constructor": [2]}') as object
  const copy = toJson(given)
  assert.equal(JSON.stringify(copy), JSON.stringify(given))
  assert.equal(Object.getPrototypeOf(copy), Object.prototype)
  assert.notEqual(copy['constructor'], (given as Record<string, unknown>)['constructor'])
})
