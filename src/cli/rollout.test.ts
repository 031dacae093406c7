import assert from 'node:assert/strict'
import { test } from 'node:test'
import { budgetOption, wavesOption } from './rollout.ts'

test('waves are words, targets and shares', () => {
  assert.equal(wavesOption('default'), 'default')
  assert.equal(wavesOption('none'), 'none')
  assert.deepEqual(wavesOption('1,5%,25%'), [1, 0.05, 0.25])
  assert.deepEqual(wavesOption('10%, 0.5, 100%'), [0.1, 0.5, 1])
  for (const wrong of ['', 'all', '1,', '-1', '0', '1.5', '120%', '5%%', '0%', '100%']) {
    assert.throws(() => wavesOption(wrong), /whole numbers of targets/, wrong)
  }
})

test('a budget is a number, a share or none', () => {
  assert.equal(budgetOption('none'), null)
  assert.equal(budgetOption('0'), 0)
  assert.equal(budgetOption('3'), 3)
  assert.equal(budgetOption('7%'), 0.07)
  for (const wrong of ['', '5 %', '1.5', '100%', 'no']) assert.throws(() => budgetOption(wrong), wrong)
})
