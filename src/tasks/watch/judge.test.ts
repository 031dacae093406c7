import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AlarmState } from './alarm-states.ts'
import { judge } from './judge.ts'

const arn = (name: string) => `arn:aws:cloudwatch:eu-west-1:111111111111:alarm:${name}`
const quiet: AlarmState = { id: arn('5xx'), kind: 'quiet' }
const rings = (since: string): AlarmState => ({ id: arn('5xx'), kind: 'ringing', since, reason: 'above 5' })
const early = '2026-01-01T12:00:00.000Z'
const late = '2026-01-01T12:05:00.000Z'

test('an alarm that goes off pauses, and says which one, since when and why', () => {
  assert.deepEqual(judge([quiet, { ...rings(early), id: arn('a:b') }], {}), {
    kind: 'pause',
    why: `The alarm "a:b" went off at ${early} (above 5).`,
    known: { [arn('a:b')]: early },
  })
})

test('what rang when it was planned counts only when it goes off again', () => {
  const known = { [arn('5xx')]: early }
  assert.deepEqual(judge([rings(early)], known), { kind: 'quiet', known })
  // It fell silent between two looks.
  assert.equal(judge([rings(late)], known).kind, 'pause')
  // It fell silent, which was seen.
  assert.deepEqual(judge([quiet], known), { kind: 'quiet', known: {} })
  assert.equal(judge([rings(early)], {}).kind, 'pause')
})

test('an alarm that was deleted, or that may not be read any more, pauses too: it would let everything pass', () => {
  const gone: AlarmState = { id: arn('x'), kind: 'gone' }
  assert.deepEqual(judge([gone], {}), {
    kind: 'pause',
    why: 'The alarm "x" is not there any more.',
    known: { [arn('x')]: 'gone' },
  })
  assert.equal(judge([gone], { [arn('x')]: 'gone' }).kind, 'quiet')
  const denied: AlarmState = { id: arn('x'), kind: 'unread', why: 'AccessDenied in 1 eu-west-1', isForGood: true }
  assert.equal(judge([denied], {}).kind, 'pause')
  assert.equal(judge([denied], { [arn('x')]: 'unread' }).kind, 'quiet')
})

test('while one can not be read for a while nobody knows, unless another has gone off', () => {
  const unread: AlarmState = { id: arn('x'), kind: 'unread', why: 'Throttling in 1 eu-west-1', isForGood: false }
  assert.deepEqual(judge([quiet, unread], {}), { kind: 'unread', why: 'Throttling in 1 eu-west-1' })
  assert.equal(judge([unread, rings(early)], {}).kind, 'pause')
})
