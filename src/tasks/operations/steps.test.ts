import { test } from 'node:test'
import assert from 'node:assert/strict'
import { refusal } from '../../../test/support/fake-ec2.ts'
import type { LiveTarget, Scope, StepTarget } from '../operation.ts'
import { checkStep, nextPollSeconds, verifyStep } from './steps.ts'

// These steps hand the scope to `read` and never look at it.
const scope = {} as Scope
const live = (id: string, state: string): LiveTarget => ({ id, name: null, tags: {}, image: { state }, facts: {} })
const target = (id: string, polls = 0): StepTarget => ({
  itemId: id,
  id,
  before: { state: 'running' },
  after: { state: 'stopped' },
  results: {},
  polls,
})
const reading =
  (...found: LiveTarget[]) =>
  async () =>
    new Map(found.map((one) => [one.id, one]))

test('a poll is soon at first and then every 15 s', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 100].map(nextPollSeconds), [2, 3, 5, 8, 13, 15, 15, 15])
})

test('check: unchanged targets pass, changed and vanished ones have drifted', async () => {
  const step = checkStep(reading(live('a', 'running'), live('b', 'stopped')))
  const outcomes = await step.run(scope, [target('a'), target('b'), target('c')], {})
  assert.deepEqual(outcomes, [
    { kind: 'done' },
    { kind: 'drifted', why: 'state is now "stopped", was "running" when planned' },
    { kind: 'drifted', why: 'It no longer exists.' },
  ])
})

test('verify: waits until the change is visible and records the image', async () => {
  const step = verifyStep(reading(live('a', 'stopped'), live('b', 'stopping')))
  const outcomes = await step.run(scope, [target('a'), target('b', 2), target('c')], {})
  assert.deepEqual(outcomes[0], { kind: 'done', after: { state: 'stopped' } })
  assert.deepEqual(outcomes[1], { kind: 'pending', why: 'AWS does not show the change yet', againInSeconds: 5 })
  assert.equal(outcomes[2]?.kind === 'failed' && outcomes[2].code, 'target_gone')
})

test('a read whose outcome is unknown is simply worth another try', async () => {
  const step = checkStep(() => Promise.reject(refusal('TimeoutError', [], 'unknown')))
  const [outcome] = await step.run(scope, [target('a')], {})
  assert.equal(outcome?.kind === 'failed' && outcome.retry, 'transient')
})
