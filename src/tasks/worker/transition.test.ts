import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { itemTransitions } from '#contracts/task.ts'
import { createCloudClock } from '#platform/clock.ts'
import { testOperation } from '../../../test/support/engine.ts'
import type { Outcome, Step } from '../operation.ts'
import type { HeldItem } from './held-item.ts'
import { afterAdvance } from './held-item.ts'
import { transition } from './transition.ts'

const done = async (): Promise<Outcome[]> => [{ kind: 'done' }]
const step = (name: string, more: object): Step => ({ name, description: name, run: done, ...more }) as unknown as Step
/** Like a resize: check, two effects that can be taken back, a wait of at most 600 s of cloud time. */
const operation = testOperation({
  name: 'test.resize',
  steps: [
    step('check', { kind: 'check' }),
    step('stop', { kind: 'act', effect: 'readable', compensate: done }),
    step('modify', { kind: 'act', effect: 'readable', compensate: done }),
    step('wait', { kind: 'wait', timeoutSeconds: 600 }),
  ],
})
const reboot = testOperation({ name: 'test.reboot', steps: [step('reboot', { kind: 'act', effect: 'at-most-once' })] })
const noon = new Date('2026-01-01T12:00:00Z')
const times = { now: noon, cloud: createCloudClock(1) }
const failed = (retry: Extract<Outcome, { kind: 'failed' }>['retry'], code = 'Boom'): Outcome => ({
  kind: 'failed',
  code,
  message: 'It broke.',
  retry,
})

const item = (more: Partial<HeldItem> = {}): HeldItem => ({
  account: '111111111111',
  id: '00000000-0000-7000-8000-000000000000',
  taskId: '00000000-0000-7000-8000-000000000001',
  ordinal: 0,
  region: 'eu-west-1',
  targetId: 'arn',
  before: {},
  after: {},
  step: 0,
  stepAttempt: 0,
  stepStartedAt: noon,
  isArmed: false,
  isDoubtful: false,
  isCompensating: false,
  inWait: false,
  steps: [],
  move: 0,
  attempt: 1,
  recoveries: 0,
  priority: 0,
  operation: operation.name,
  operationVersion: 1,
  params: {},
  taskStatus: 'running',
  taskItems: 1,
  error: null,
  worker: 'w',
  actual: null,
  ...more,
})
/** The item after these outcomes, one after the other. */
const after = (outcomes: Outcome[], start = item()) => {
  let current = start
  let advance = transition(current, operation, outcomes[0]!, times) // every test gives at least one
  for (const outcome of outcomes.slice(1)) {
    current = afterAdvance(current, advance)
    advance = transition(current, operation, outcome, times)
  }
  return advance
}
const ok: Outcome = { kind: 'done' }

test('an item goes step by step and succeeds with the last', () => {
  assert.deepEqual([after([ok]).status, after([ok]).step], ['running', 1])
  const end = after([ok, ok, ok, { kind: 'done', after: { state: 'b' } }])
  assert.equal(end.status, 'succeeded')
  assert.deepEqual(end.actual, { state: 'b' })
  assert.deepEqual(
    end.steps.map((record) => [record.name, record.status]),
    [
      ['check', 'succeeded'],
      ['stop', 'succeeded'],
      ['modify', 'succeeded'],
      ['wait', 'succeeded'],
    ],
  )
})

test('a target that drifted is not touched', () => {
  const end = after([{ kind: 'drifted', why: 'state is running, was stopped' }])
  assert.equal(end.status, 'drifted')
  assert.equal(end.error?.message, 'state is running, was stopped')
})

test('a wait parks the item without a worker until it is due, in cloud time', () => {
  const fast = { now: noon, cloud: createCloudClock(60) }
  const parked = transition(
    item({ step: 3 }),
    operation,
    { kind: 'pending', why: 'stopping', againInSeconds: 30 },
    fast,
  )
  assert.equal(parked.status, 'waiting')
  assert.equal(parked.inWait, true)
  assert.equal(parked.readyAt?.toISOString(), '2026-01-01T12:00:00.500Z') // 30 s at 60 times the speed
})

test('a wait is looked at three times before it is given up, however late it is', () => {
  const late = { now: new Date('2026-01-01T18:00:00Z'), cloud: createCloudClock(1) }
  const before = afterAdvance(item(), after([ok, ok, ok]))
  const looks: Outcome[] = [
    { kind: 'pending', why: 'still stopping', againInSeconds: 5 },
    { kind: 'failed', code: 'TimeoutError', message: 'No answer.', retry: 'unknown' },
  ]
  for (const look of looks) {
    const tries = [0, 1, 2].map((stepAttempt) => transition({ ...before, stepAttempt }, operation, look, late))
    assert.deepEqual(
      tries.map(({ isCompensating }) => isCompensating),
      [false, false, true],
    )
  }
})

test('a wait that is not over in its time fails the item and what was done is taken back, newest first', () => {
  const late = { now: new Date('2026-01-01T12:10:01Z'), cloud: createCloudClock(1) }
  const before = { ...afterAdvance(item(), after([ok, ok, ok])), stepAttempt: 2 }
  const first = transition(before, operation, { kind: 'pending', why: 'still stopping', againInSeconds: 5 }, late)
  assert.deepEqual(
    [first.status, first.isCompensating, first.step, first.error?.code],
    ['running', true, 2, 'timed_out'],
  )
  const second = transition(afterAdvance(before, first), operation, ok, late)
  assert.deepEqual([second.status, second.isCompensating, second.step], ['running', true, 1])
  const last = transition(afterAdvance(before, second), operation, ok, late)
  assert.deepEqual([last.status, last.error?.code], ['compensated', 'timed_out'])
  assert.deepEqual(
    last.steps.map((record) => record.status),
    ['succeeded', 'compensated', 'compensated', 'failed'],
  )
})

test('a refusal of the first effect leaves nothing to take back', () => {
  const end = after([ok, failed('never', 'UnauthorizedOperation')])
  assert.deepEqual([end.status, end.error?.code], ['failed', 'UnauthorizedOperation'])
})

test('an effect that was refused when a part of it had taken place is taken back', () => {
  const begun = item({ step: 1, steps: after([ok]).steps })
  const outcome: Outcome = { kind: 'failed', code: 'Boom', message: 'It broke.', retry: 'never', hasActed: true }
  const end = transition(begun, operation, outcome, times)
  assert.deepEqual([end.isCompensating, end.step], [true, 1])
})

test('an effect of unknown outcome is taken back too when it is given up', () => {
  const tired = item({ step: 1, stepAttempt: 9, steps: after([ok]).steps })
  const end = transition(tired, operation, failed('unknown'), times)
  assert.deepEqual([end.isCompensating, end.step], [true, 1])
})

test('throttled and transient failures are tried again later, and an unknown outcome in doubt', () => {
  for (const retry of ['throttled', 'transient', 'unknown'] as const) {
    const again = after([ok, failed(retry)])
    assert.equal(again.status, 'pending')
    assert.equal(again.stepAttempt, 1)
    assert.equal(again.isDoubtful, retry === 'unknown')
    assert.ok(again.readyAt !== null && again.readyAt > noon)
  }
})

test('while the way to AWS is closed an item waits for it and loses no attempt, however often', () => {
  const until = new Date('2026-01-01T12:00:08Z')
  const held = (retry: 'transient' | 'unknown'): Outcome =>
    ({ ...failed(retry, 'CircuitOpen'), heldUntil: until }) as Outcome
  // One attempt is left of ten; nine more would be too many.
  let current = item({ step: 1, stepAttempt: 9, steps: after([ok]).steps })
  for (let n = 0; n < 30; n++) {
    const parked = transition(current, operation, held('transient'), times)
    assert.deepEqual([parked.status, parked.step, parked.stepAttempt, parked.isDoubtful], ['pending', 1, 9, false])
    assert.ok(parked.readyAt !== null && parked.readyAt >= until && parked.readyAt.getTime() - until.getTime() <= 200)
    current = afterAdvance(current, parked)
  }
  // A probe whose outcome nobody knows leaves a doubt, which stays until somebody could read.
  const doubtful = transition(current, operation, held('unknown'), times)
  assert.deepEqual([doubtful.isDoubtful, doubtful.stepAttempt], [true, 9])
  const still = transition(afterAdvance(current, doubtful), operation, held('transient'), times)
  assert.equal(still.isDoubtful, true)
  const late = { now: new Date('2026-01-01T12:20:00Z'), cloud: createCloudClock(1) }
  const waiting = item({ step: 3, inWait: true, steps: after([ok, ok, ok]).steps })
  assert.deepEqual(transition(waiting, operation, held('transient'), late).status, 'waiting')
  const compensating = item({
    step: 1,
    stepAttempt: 9,
    isCompensating: true,
    error: { code: 'timed_out', message: 'Late.' },
  })
  const back = transition(compensating, operation, held('transient'), times)
  assert.deepEqual([back.status, back.stepAttempt, back.error?.code], ['pending', 9, 'timed_out'])
  // What can't be repeated isn't, closed or not.
  assert.equal(transition(item({ isArmed: true }), reboot, held('unknown'), times).error?.code, 'outcome_unknown')
})

test('a look that fails late in a long wait is repeated, and given up only when the wait is over its time', () => {
  const looked = item({ step: 3, stepAttempt: 40, inWait: true, steps: after([ok, ok, ok]).steps })
  for (const retry of ['throttled', 'transient'] as const) {
    const again = transition(looked, operation, failed(retry), times)
    assert.deepEqual([again.status, again.step, again.isCompensating], ['waiting', 3, false])
  }
  const late = { now: new Date('2026-01-01T12:10:01Z'), cloud: createCloudClock(1) }
  assert.equal(transition(looked, operation, failed('transient'), late).isCompensating, true)
})

test('an effect that can neither be read nor repeated fails with outcome_unknown', () => {
  const end = transition(item({ isArmed: true }), reboot, failed('unknown'), times)
  assert.deepEqual([end.status, end.error?.code], ['failed', 'outcome_unknown'])
})

test('a compensation that fails for good says so and keeps the first error', () => {
  const broken = item({ step: 1, isCompensating: true, error: { code: 'timed_out', message: 'It took too long.' } })
  const end = transition(broken, operation, failed('never'), times)
  assert.equal(end.status, 'failed')
  assert.equal(end.error?.code, 'compensation_failed')
  assert.match(end.error?.message ?? '', /It took too long\..*It broke\./)
})

test('whatever the outcomes, every transition is one of the table and every item ends', () => {
  const outcome = fc.oneof(
    fc.constant(ok),
    fc.constant<Outcome>({ kind: 'drifted', why: 'changed' }),
    fc.constant<Outcome>({ kind: 'pending', why: 'not yet', againInSeconds: 1 }),
    fc.constantFrom('never', 'throttled', 'transient', 'unknown').map((retry) => failed(retry as 'never')),
    fc
      .constantFrom('never', 'transient', 'unknown')
      .map(
        (retry): Outcome => ({ ...failed(retry as 'never'), heldUntil: new Date('2026-01-01T12:00:08Z') }) as Outcome,
      ),
  )
  fc.assert(
    fc.property(fc.array(outcome, { minLength: 1, maxLength: 40 }), (outcomes) => {
      let current = item()
      for (const given of outcomes) {
        const step = operation.steps[current.step]
        assert.ok(step, `there is a step ${current.step}`)
        // Only waits may answer that they are not over.
        const fitting: Outcome = given.kind === 'pending' && step.kind !== 'wait' ? ok : given
        const advance = transition(current, operation, fitting, times)
        assert.ok(
          advance.status === 'running' || itemTransitions.running.includes(advance.status),
          `running -> ${advance.status}`,
        )
        if (itemTransitions[advance.status].length === 0) {
          assert.equal(advance.inWait, false)
          return
        }
        const isHeld = fitting.kind === 'failed' && fitting.heldUntil !== undefined && advance.status !== 'running'
        if (isHeld) assert.equal(advance.stepAttempt, current.stepAttempt, 'waiting for the way costs no attempt')
        assert.ok(advance.status === 'running' || advance.readyAt !== null, 'what is put back says when it is due')
        current = afterAdvance(current, advance)
      }
      // A hundred refusals end anything: nothing goes round for ever.
      for (let n = 0; n < 100; n++) {
        const advance = transition(current, operation, failed('never'), times)
        if (itemTransitions[advance.status].length === 0) return
        current = afterAdvance(current, advance)
      }
      assert.fail('the item never ended')
    }),
  )
})

test('what succeeds after a retry says nothing of the failure before', () => {
  const retried = item({
    step: 3,
    steps: after([ok, ok, ok]).steps,
    error: { code: 'Throttling', message: 'Rate exceeded' },
  })
  assert.equal(transition(retried, operation, ok, times).error, null)
})
