import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failureOf, kindOf } from './classify.ts'
import type { Effect } from './classify.ts'
import type { FailureKind } from '../failure.ts'

const aws = (name: string, httpStatusCode: number, message = name): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } })
const network = (code: string): Error => Object.assign(new Error(code), { code })

const cases: [string, unknown, Record<Effect, FailureKind>][] = [
  [
    'RequestLimitExceeded (503)',
    aws('RequestLimitExceeded', 503),
    { read: 'throttled', repeatable: 'throttled', 'at-most-once': 'throttled' },
  ],
  [
    'Throttling (400)',
    aws('Throttling', 400),
    { read: 'throttled', repeatable: 'throttled', 'at-most-once': 'throttled' },
  ],
  ['status 429', aws('Whatever', 429), { read: 'throttled', repeatable: 'throttled', 'at-most-once': 'throttled' }],
  [
    'InternalError (500)',
    aws('InternalError', 500),
    { read: 'transient', repeatable: 'unknown', 'at-most-once': 'unknown' },
  ],
  [
    'InsufficientInstanceCapacity (500)',
    aws('InsufficientInstanceCapacity', 500),
    { read: 'permanent', repeatable: 'permanent', 'at-most-once': 'permanent' },
  ],
  [
    'IncorrectInstanceState (400)',
    aws('IncorrectInstanceState', 400),
    { read: 'permanent', repeatable: 'permanent', 'at-most-once': 'permanent' },
  ],
  [
    'no connection',
    network('ECONNREFUSED'),
    { read: 'transient', repeatable: 'transient', 'at-most-once': 'transient' },
  ],
  ['no such host', network('ENOTFOUND'), { read: 'transient', repeatable: 'transient', 'at-most-once': 'transient' }],
  ['connection lost', network('ECONNRESET'), { read: 'transient', repeatable: 'unknown', 'at-most-once': 'unknown' }],
  [
    'socket hang up',
    new Error('socket hang up'),
    { read: 'transient', repeatable: 'unknown', 'at-most-once': 'unknown' },
  ],
  [
    'no answer in time',
    aws('TimeoutError', 0),
    { read: 'transient', repeatable: 'unknown', 'at-most-once': 'unknown' },
  ],
  [
    'a garbled answer',
    network('HPE_INVALID_CONSTANT'),
    { read: 'transient', repeatable: 'unknown', 'at-most-once': 'unknown' },
  ],
  [
    'an answer of 200 that cannot be read',
    aws('SyntaxError', 200),
    { read: 'transient', repeatable: 'unknown', 'at-most-once': 'unknown' },
  ],
  [
    'something thrown that is no error',
    'oops',
    { read: 'permanent', repeatable: 'permanent', 'at-most-once': 'permanent' },
  ],
  ['nothing at all', undefined, { read: 'permanent', repeatable: 'permanent', 'at-most-once': 'permanent' }],
]
for (const [what, error, kinds] of cases) {
  test(what, () => {
    for (const [effect, kind] of Object.entries(kinds)) assert.equal(kindOf(error, effect as Effect), kind, effect)
  })
}

test('messages lose what is for machines, and name their culprits', () => {
  const about = { service: 'ec2', action: 'StopInstances', effect: 'repeatable' } as const
  const denied = failureOf(
    aws(
      'UnauthorizedOperation',
      403,
      'You are not authorized to perform this operation. Encoded authorization failure message: AbCd12',
    ),
    about,
  )
  assert.equal(denied.message, 'You are not authorized to perform this operation.')
  const unknown = failureOf(
    aws('InvalidInstanceID.NotFound', 400, "The instance IDs 'i-0123456789abcdef0, i-12345678' do not exist"),
    about,
  )
  assert.deepEqual(unknown.culprits, ['i-0123456789abcdef0', 'i-12345678'])
  assert.equal(failureOf(aws('X', 400, 'a\u0000b\ud800'), about).message, 'ab\ufffd')
})
