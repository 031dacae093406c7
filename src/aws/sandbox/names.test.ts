import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createNames, fromToken, toToken } from './names.ts'

test('property: pages have every name once, in order, whatever came and went', () => {
  const name = fc.stringMatching(/^[ab]{1,4}$/)
  const change = fc.record({ name, isAdded: fc.boolean() })
  fc.assert(
    fc.property(
      fc.array(name),
      fc.array(change),
      fc.integer({ min: 1, max: 5 }),
      name,
      (initial, changes, limit, prefix) => {
        const names = createNames(initial)
        const model = new Set(initial)
        for (const { name: one, isAdded } of changes) {
          if (isAdded) names.add(one)
          else names.remove(one)
          if (isAdded) model.add(one)
          else model.delete(one)
        }
        const listed: string[] = []
        for (let after: string | undefined, hasMore = true; hasMore;) {
          const page = names.page({ ...(after === undefined ? {} : { after }), prefix, limit })
          listed.push(...page.names)
          after = page.names.at(-1)
          hasMore = page.hasMore
        }
        assert.deepEqual(listed, [...model].filter((one) => one.startsWith(prefix)).sort())
        for (const one of ['a', 'b', 'ab']) assert.equal(names.has(one), model.has(one))
      },
    ),
  )
})

test('a page goes on behind a name that is gone by then', () => {
  const names = createNames(['a', 'b', 'c', 'd'])
  assert.deepEqual(names.page({ limit: 2 }), { names: ['a', 'b'], hasMore: true })
  names.remove('b')
  assert.deepEqual(names.page({ after: 'b', limit: 2 }), { names: ['c', 'd'], hasMore: false })
})

test('a token is the name, and nothing else is a token', () => {
  for (const name of ['x', 'größer: als\n', '']) assert.equal(fromToken(toToken(name)), name)
  assert.equal(fromToken('bm9uc2Vuc2U'), undefined)
})
