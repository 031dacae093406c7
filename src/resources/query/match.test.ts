import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fits, mayMatch } from './match.ts'
import { parseQuery } from './parse.ts'

test('a pattern fits as the same regular expression does', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 3 })
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 4 }),
      fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 8 }),
      (pattern, value) => {
        const expression = new RegExp(`^${pattern.map((text) => text.replace(/[.-]/g, '\\$&')).join('[^]*')}$`)
        assert.equal(fits(pattern, value), expression.test(value))
      },
    ),
    { numRuns: 2000 },
  )
})

test('a query asks only the types and places in which something can match', () => {
  const accounts = [
    { id: '111111111111', name: 'Production' },
    { id: '222222222222', name: 'dev' },
  ]
  const places = [
    { account: '111111111111', region: 'eu-west-1', type: 'ec2.instance' },
    { account: '111111111111', region: 'us-east-1', type: 's3.bucket' },
    { account: '222222222222', region: 'eu-west-1', type: 'ec2.instance' },
  ]
  const asked = (text: string): number[] =>
    places.flatMap((place, index) => (mayMatch(parseQuery(text), place, accounts) ? [index] : []))
  assert.deepEqual(asked(''), [0, 1, 2])
  assert.deepEqual(asked('web'), [0, 1, 2])
  assert.deepEqual(asked('account:111111111111'), [0, 1])
  assert.deepEqual(asked('account:production'), [0, 1])
  assert.deepEqual(asked('-account:production'), [2])
  assert.deepEqual(asked('account:111111111111 region:eu-*'), [0])
  assert.deepEqual(asked('account:dev or region:us-*'), [1, 2])
  assert.deepEqual(asked('type:ec2.instance'), [0, 2])
  assert.deepEqual(asked('type:ec2*'), [0, 2])
  assert.deepEqual(asked('service:ec2'), [0, 2])
  assert.deepEqual(asked('-service:(ec2 or sqs)'), [1])
  assert.deepEqual(asked('type:*.bucket'), [1])
  assert.deepEqual(asked('not (type:s3.bucket or account:dev)'), [0])
  assert.deepEqual(asked('-tag.env:prod'), [0, 1, 2])
  assert.deepEqual(asked('account:nobody'), [])
})
