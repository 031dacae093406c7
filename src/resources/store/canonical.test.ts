import assert from 'node:assert/strict'
import { test } from 'node:test'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { canonicalJson } from './canonical.ts'

test('the same as another implementation of RFC 8785, for any JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      assert.equal(canonicalJson(value), canonicalize(value))
    }),
  )
})

// https://www.rfc-editor.org/rfc/rfc8785#section-3.2.2 and 3.2.3
test('the example of the RFC', () => {
  const given = String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`
  assert.equal(
    canonicalJson(JSON.parse(given)),
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  )
})

test('what is not there is left out, and the order of keys is nothing', () => {
  assert.equal(canonicalJson({ b: undefined, a: [undefined, 1], '10': 1, '9': 2 }), '{"10":1,"9":2,"a":[null,1]}')
  assert.equal(canonicalJson({ y: 1, x: { b: 1, a: 2 } }), canonicalJson({ x: { a: 2, b: 1 }, y: 1 }))
})
