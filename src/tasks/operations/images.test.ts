import { test } from 'node:test'
import assert from 'node:assert/strict'
import { driftOf, hasArrived } from './images.ts'

test('drift names each field with what it was and what it is', () => {
  assert.equal(driftOf({ state: 'running', x: 1 }, { state: 'running', x: 1 }), null)
  assert.equal(
    driftOf({ state: 'running', isProtected: false }, { state: 'stopped', isProtected: false }),
    'state is now "stopped", was "running" when planned',
  )
  assert.equal(
    driftOf({ tags: { env: 'dev' } }, { tags: { env: null } }),
    'tags.env is now absent, was "dev" when planned',
  )
})

test('the order of keys is no drift', () => {
  assert.equal(driftOf({ tags: { a: '1', b: '2' }, s: 1 }, { s: 1, tags: { b: '2', a: '1' } }), null)
})

test('a change has arrived when the changed fields have; others may differ', () => {
  const before = { state: 'running', isProtected: false }
  const after = { state: 'stopped', isProtected: false }
  assert.equal(hasArrived(before, after, { state: 'stopped', isProtected: true }), true)
  assert.equal(hasArrived(before, after, { state: 'stopping', isProtected: false }), false)
  assert.equal(hasArrived({ tags: { a: 'x' } }, { tags: { a: null } }, { tags: { a: null } }), true)
  assert.equal(hasArrived({ tags: { a: 'x' } }, { tags: { a: null } }, { tags: { a: 'x' } }), false)
})
