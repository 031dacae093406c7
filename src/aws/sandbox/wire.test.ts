import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { errorFromWire, errorToWire, fromWire, toWire } from './wire.ts'

test('whatever an input or output holds arrives as it was sent', () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ maxLength: 20 }),
  )
  // Keys that look like the encoding's own must not confuse it.
  const key = fc.oneof(fc.stringMatching(/^[a-z$]{1,8}$/), fc.constantFrom('$date', '$bytes', '$plain'))
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }))
  fc.assert(fc.property(value, (sent) => assert.deepEqual(fromWire(JSON.parse(JSON.stringify(toWire(sent)))), sent)))
})

test('an error arrives with all that the SDK looks at', () => {
  const error = Object.assign(new Error('Request limit exceeded.'), {
    name: 'RequestLimitExceeded',
    $fault: 'server',
    $metadata: { httpStatusCode: 503 },
  })
  const arrived = errorFromWire(JSON.parse(JSON.stringify(errorToWire(error))))
  assert.deepEqual(
    { ...arrived, message: arrived.message, name: arrived.name },
    { ...error, message: error.message, name: error.name },
  )
})
