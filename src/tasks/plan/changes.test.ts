import { test } from 'node:test'
import assert from 'node:assert/strict'
import type { Image } from '#contracts/task.ts'
import { ec2Reboot } from '../operations/ec2-reboot.ts'
import { ec2Tag } from '../operations/ec2-tag.ts'
import { changeOf } from './changes.ts'

const live = (image: Image) => ({ id: 'arn:1', name: null, tags: {}, image, facts: {} })
const tagged = (values: Record<string, string | null>) => ({ tags: values })

test('a target that is as asked is left out, except where the operation acts anyway', () => {
  assert.deepEqual(changeOf(ec2Tag, live(tagged({ a: '1' })), { tags: { a: '1' } }, undefined), {
    why: 'is already as asked',
  })
  assert.deepEqual(changeOf(ec2Tag, live(tagged({ a: null })), { tags: { a: '1' } }, undefined), {
    after: tagged({ a: '1' }),
  })
  assert.deepEqual(changeOf(ec2Reboot, live({ state: 'running' }), {}, undefined), { after: { state: 'running' } })
})

test('an undo by images restores what was there, target by target', () => {
  const desired = new Map([['arn:1', { before: tagged({ a: '2' }), after: tagged({ a: null }) }]])
  assert.deepEqual(changeOf(ec2Tag, live(tagged({ a: '2' })), { tags: { a: '2' } }, desired), {
    after: tagged({ a: null }),
  })
})

test('an undo leaves alone what was changed since, or is back already', () => {
  const desired = new Map([['arn:1', { before: tagged({ a: '2' }), after: tagged({ a: '1' }) }]])
  assert.deepEqual(changeOf(ec2Tag, live(tagged({ a: '3' })), {}, desired), {
    why: 'was changed since: tags.a is now "3", was "2"',
  })
  assert.deepEqual(changeOf(ec2Tag, live(tagged({ a: '1' })), {}, desired), { why: 'is already as it was before' })
  assert.deepEqual(changeOf(ec2Tag, live(tagged({ a: '1' })), {}, new Map()), {
    why: 'has no record of how it was before',
  })
})

test('a plan made anew goes by its parameters, not by an image that holds what has changed since', () => {
  const desired = new Map([['arn:1', { before: null, after: { state: 'stopped' } }]])
  assert.deepEqual(changeOf(ec2Reboot, live({ state: 'running' }), {}, desired), { after: { state: 'running' } })
})
