import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cleanText } from './clean.ts'

test('NUL and broken surrogates go, at any depth, in keys too; all else stays as it is', () => {
  const date = new Date()
  const bytes = new Uint8Array([0, 1])
  const answer = {
    a: ['x\u0000y', { b: 'half \ud83d', fine: 'whole \u{1f600}' }],
    ['k\u0000']: 'v',
    date,
    bytes,
    none: null,
    flag: true,
    number: 1,
  }
  const cleaned = cleanText(answer)
  assert.deepEqual(cleaned, {
    a: ['xy', { b: 'half \ufffd', fine: 'whole \u{1f600}' }],
    k: 'v',
    date,
    bytes,
    none: null,
    flag: true,
    number: 1,
  } as never)
})
