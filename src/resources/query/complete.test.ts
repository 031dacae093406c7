import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { written, writtenKey, writingAt } from './complete.ts'
import { parseQuery } from './parse.ts'

/** The query with a bar where the cursor is. */
const at = (marked: string) => {
  const cursor = marked.indexOf('|')
  const text = marked.replace('|', '')
  const { from, to, ...rest } = writingAt(text, cursor)
  return { ...rest, replaced: text.slice(from, to) }
}
const field = (typed: string, replaced = typed) => ({ kind: 'field', typed, replaced })
const value = (of: string, typed: string, replaced = typed, isInList = false) => ({
  kind: 'value',
  field: of,
  typed,
  replaced,
  isInList,
})

test('what stands at the cursor is a field, a free word or a value', () => {
  assert.deepEqual(at('|'), field(''))
  assert.deepEqual(at('sta|'), field('sta'))
  assert.deepEqual(at('-sta|'), field('sta'))
  assert.deepEqual(at('type:x (sta|'), field('sta'))
  assert.deepEqual(at('sta|te:running'), field('sta', 'state:'))
  assert.deepEqual(at('a |b'), field('', 'b'))
  assert.deepEqual(at('state:|'), value('state', ''))
  assert.deepEqual(at('a -state:run|'), value('state', 'run'))
  assert.deepEqual(at('state:ru|nning b'), value('state', 'ru', 'running'))
  assert.deepEqual(at('tag.env:p|'), value('tag.env', 'p'))
  assert.deepEqual(at('tag."aws:x":p|'), value('tag."aws:x"', 'p'))
  assert.deepEqual(at('tag."aws:|'), field('tag."aws:'))
  assert.deepEqual(at('name:"web 1|" b'), value('name', 'web 1', '"web 1"'))
  assert.deepEqual(at('"a b" c|'), field('c'))
  assert.deepEqual(at('state:(|'), value('state', '', '', true))
  assert.deepEqual(at('state:(running or sto|)'), value('state', 'sto', 'sto', true))
  assert.deepEqual(at('state:(running,sto|pped)'), value('state', 'sto', 'stopped', true))
  assert.deepEqual(at('state:(a) b|'), field('b'))
})

test('whatever stands there, an answer is a part of the text around the cursor', () => {
  const piece = fc.constantFrom('state:', 'tag."', '"', '(', ')', ' ', ',', '-', '\\', 'a', ':', 'or')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 15 }), fc.nat(60), (pieces, cursor) => {
      const text = pieces.join('')
      const position = Math.min(cursor, text.length)
      const { from, to } = writingAt(text, position)
      assert.ok(0 <= from && from <= position && position <= to && to <= text.length, `${text} ${position}`)
    }),
  )
})

test('what is written so is understood as that value and that key', () => {
  const text = fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .filter((each) => !each.includes('\0') && each.isWellFormed())
  fc.assert(
    fc.property(text, text, (key, content) => {
      fc.pre(key !== '')
      const query = parseQuery(`tag.${writtenKey(key)}:${written(content)}`)
      assert.ok(query?.kind === 'term')
      assert.deepEqual(query.field, { kind: 'tag', key })
      assert.deepEqual(query.pattern, [content])
    }),
  )
})
