import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { diff, isEqual, replay, takeBack } from './json-diff.ts'
import type { Json } from './json-diff.ts'

/** As it would come back from the database: without -0, and with "__proto__" as a key of its own. */
const stored = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json

const hostileKey = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  '',
  '/',
  '~',
  '~1',
  'a/b',
  'a.b',
  '0',
  '-1',
  'é',
)
/** Small alphabets, so that two of them share much. */
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<Json>(null, true, 0, 1, '', 'x'),
    fc.array(tie('value'), { maxLength: 5 }),
    fc
      .array(fc.tuple(fc.oneof(hostileKey, fc.constantFrom('a', 'b')), tie('value')), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries) as Json),
  ),
})).value

test('changes lead from one value to the other and back, whatever keys and lists there are', () => {
  fc.assert(
    fc.property(json.map(stored), json.map(stored), (before, after) => {
      const changes = diff(before, after)
      const onTheWire = stored(changes) as unknown as typeof changes
      assert.deepEqual(replay(before, onTheWire), after)
      assert.deepEqual(takeBack(after, onTheWire), before)
      assert.equal(changes.length === 0, isEqual(before, after))
    }),
    { numRuns: 2000 },
  )
})

test('what changed is told where it changed', () => {
  const before = {
    state: 'running',
    tags: { env: 'dev', 'aws:cloudformation:stack-name': 'a/b' },
    groups: ['sg-1', 'sg-2'],
  }
  const after = {
    state: 'stopped',
    tags: { 'aws:cloudformation:stack-name': 'a/c', owner: 'x' },
    groups: ['sg-1', 'sg-3'],
  }
  assert.deepEqual(diff(before, after), [
    { path: '/state', before: 'running', after: 'stopped' },
    { path: '/tags/env', before: 'dev' },
    { path: '/tags/aws:cloudformation:stack-name', before: 'a/b', after: 'a/c' },
    { path: '/tags/owner', after: 'x' },
    { path: '/groups/1', before: 'sg-2', after: 'sg-3' },
  ])
})

test('an element that was put into a long list costs that element, not the list twice', () => {
  const list = Array.from({ length: 10_000 }, (_, number) => ({ number }))
  const longer: Json[] = [...list.slice(0, 5000), { number: -1 }, ...list.slice(5000)]
  assert.deepEqual(diff(list, longer), [{ path: '', index: 5000, before: [], after: [{ number: -1 }] }])
  assert.deepEqual(takeBack(longer, diff(list, longer)), list)
})

test('keys of hostile text are keys like any other, and prototypes stay what they are', () => {
  const before = stored(JSON.parse('{"tags":{"__proto__":"a","x/y~z":"1"}}'))
  const after = stored(JSON.parse('{"tags":{"__proto__":{"polluted":true},"constructor":"b"}}'))
  assert.deepEqual(replay(before, diff(before, after)), after)
  assert.equal(({} as { polluted?: boolean }).polluted, undefined)
})

test('changes that no longer fit are passed over', () => {
  assert.deepEqual(takeBack({ a: 1 }, [{ path: '/gone/deeper', before: 1, after: 2 }]), { a: 1 })
  assert.deepEqual(takeBack({ a: 1 }, [{ path: '/a', index: 0, before: [1], after: [] }]), { a: 1 })
  assert.deepEqual(takeBack([1], [{ path: '/7', before: 1, after: 2 }]), [1])
})

test('what is nested beyond all measure is compared as a whole', () => {
  const deep = (levels: number, leaf: Json): Json => (levels === 0 ? leaf : { in: deep(levels - 1, leaf) })
  const [change, ...others] = diff(deep(200, 1), deep(200, 2))
  assert.deepEqual(others, [])
  assert.equal(change?.path.split('/').length, 33)
})
