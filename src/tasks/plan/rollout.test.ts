import { test } from 'node:test'
import assert from 'node:assert/strict'
import { mostFailures, rolloutOf } from './rollout.ts'

test('with waves there is a budget of 5 % unless the request says otherwise, without there is none', () => {
  assert.deepEqual(rolloutOf({}, 300), { sizes: [1, 15, 75, 209], soakSeconds: 0, errorBudget: 0.05, onBudget: 'stop' })
  assert.equal(rolloutOf({ errorBudget: null, onBudget: 'undo' }, 300).errorBudget, null)
  assert.equal(rolloutOf({ errorBudget: null, onBudget: 'undo' }, 300).onBudget, 'stop')
  assert.equal(rolloutOf({ waves: 'none' }, 300).errorBudget, null)
  assert.equal(rolloutOf({ waves: 'none', errorBudget: 3, onBudget: 'undo' }, 300).onBudget, 'undo')
  assert.equal(rolloutOf({ soakSeconds: 60 }, 50).soakSeconds, 0)
  assert.equal(rolloutOf({ soakSeconds: 60 }, 300).soakSeconds, 60)
})

test('a share is one of what is released so far, a whole number is that many', () => {
  assert.equal(mostFailures(null, 300), null)
  assert.equal(mostFailures(0.05, 1), 0) // the first wave of one target must not fail
  assert.equal(mostFailures(0.05, 16), 0) // 5 % of 16 is 0.8
  assert.equal(mostFailures(0.05, 91), 4) // 4.55
  assert.equal(mostFailures(0.05, 300), 15)
  assert.equal(mostFailures(0.29, 100), 29) // 28.999999999999996 in binary
  assert.equal(mostFailures(0, 300), 0)
  assert.equal(mostFailures(3, 1), 3)
})
