import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newSecret, signatureHeaders } from './sign.ts'

test('the signature is that of the test vector which the libraries of Standard Webhooks use', () => {
  const headers = signatureHeaders(
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    new Date(1_614_265_330_999),
    '{"test": 2432232314}',
  )
  assert.deepEqual(headers, {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('secrets are 256 random bits, each another', () => {
  assert.match(newSecret(), /^whsec_[A-Za-z0-9+/]{43}=$/)
  assert.notEqual(newSecret(), newSecret())
})
