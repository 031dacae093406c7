import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { QueryError } from './ast.ts'
import type { Query } from './ast.ts'
import { parseQuery } from './parse.ts'

const problemOf = (text: string): { column: number; length: number; message: string } => {
  try {
    parseQuery(text)
  } catch (error) {
    assert.ok(error instanceof QueryError)
    return { ...error.at, message: error.message }
  }
  throw new Error(`"${text}" was understood`)
}

/** The shape without positions: fully parenthesised, as the grammar reads it. */
const shape = (query: Query | null): string => {
  if (query === null) return ''
  if (query.kind === 'not') return `!${shape(query.part)}`
  if (query.kind !== 'term') return `(${query.parts.map(shape).join(query.kind === 'and' ? ' & ' : ' | ')})`
  const name = query.field.kind === 'tag' ? `tag[${query.field.key}]` : query.field.kind
  return `${name}=${query.pattern.join('*')}`
}

test('words, fields, tags and wildcards', () => {
  const cases: [string, string][] = [
    ['', ''],
    ['   \t\n', ''],
    ['web', 'text=web'],
    ['type:ec2.instance state:running', '(type=ec2.instance & state=running)'],
    ['TYPE:ec2.instance', 'type=ec2.instance'],
    ['tag.env:prod', 'tag[env]=prod'],
    ['tag.Cost.Center:42', 'tag[Cost.Center]=42'],
    ['tag."aws:cloudformation:stack-name":shop', 'tag[aws:cloudformation:stack-name]=shop'],
    ['tag.owner:*', 'tag[owner]=*'],
    ['name:web-*-eu', 'name=web-*-eu'],
    ['name:"web 1"', 'name=web 1'],
    ['"type:ec2.instance"', 'text=type:ec2.instance'],
    ['"say \\"hi\\" \\\\ \\n"', 'text=say "hi" \\ \\n'],
    ['arn:aws:ec2:eu-west-1:111122223333:instance/i-1', 'id=arn:aws:ec2:eu-west-1:111122223333:instance/i-1'],
    ['id:arn:aws:ec2:eu-west-1:111122223333:instance/i-1', 'id=arn:aws:ec2:eu-west-1:111122223333:instance/i-1'],
    ['state:""', 'state='],
    ['a-b', 'text=a-b'],
  ]
  for (const [text, expected] of cases) assert.equal(shape(parseQuery(text)), expected, text)
})

test('not binds tighter than and, and tighter than or', () => {
  const cases: [string, string][] = [
    ['a b or c', '((text=a & text=b) | text=c)'],
    ['a and b or c and d', '((text=a & text=b) | (text=c & text=d))'],
    ['a (b or c)', '(text=a & (text=b | text=c))'],
    ['-a b', '(!text=a & text=b)'],
    ['not a or b', '(!text=a | text=b)'],
    ['a AND NOT b', '(text=a & !text=b)'],
    ['-(a or b)', '!(text=a | text=b)'],
    ['--a', 'text=a'],
    ['-state:running', '!state=running'],
    ['"and"', 'text=and'],
    ['((a))', 'text=a'],
  ]
  for (const [text, expected] of cases) assert.equal(shape(parseQuery(text)), expected, text)
})

test('an error points at the column and says what is wrong', () => {
  const cases: [string, number, number, RegExp][] = [
    ['colour:red', 1, 10, /no field "colour"\. Fields are type, state, account, region, name, id, tag\.<key>/],
    ['state:running colour:red', 15, 10, /no field "colour"/],
    ['state:', 1, 6, /value is missing after "state:"/],
    ['state: running', 1, 6, /value is missing/],
    ['a "b', 3, 1, /not closed/],
    ['(a or b', 1, 1, /not closed/],
    ['a)', 2, 1, /no opening parenthesis/],
    ['a or', 5, 0, /missing after "or"/],
    ['or a', 1, 2, /not "or"/],
    ['a and or b', 7, 2, /after "and", not "or"/],
    ['()', 2, 1, /after "\(", not "\)"/],
    ['-', 2, 0, /missing after "-"/],
    [':x', 1, 2, /name of a field is missing/],
    ['tag.:x', 1, 6, /key of the tag is missing/],
    ['tag."a b"', 1, 9, /colon and a value are missing/],
    ['"a"b', 1, 4, /space is missing/],
    ['a\0b', 2, 1, /NUL/],
    ['a\ud800b', 2, 1, /surrogate/],
  ]
  for (const [text, column, length, message] of cases) {
    const problem = problemOf(text)
    assert.deepEqual([problem.column, problem.length], [column, length], text)
    assert.match(problem.message, message, text)
  }
})

test('size is bounded: characters, terms, nesting', () => {
  assert.match(problemOf('a'.repeat(4097)).message, /4097 characters; at most 4096/)
  assert.match(problemOf('a '.repeat(201)).message, /at most 200 terms/)
  assert.match(problemOf('('.repeat(2000)).message, /at most 40 deep/)
  assert.ok(parseQuery('-'.repeat(4000) + 'a'))
})

/** Text that is likely to get somewhere in the grammar. */
const queryLike = fc
  .array(
    fc.constantFrom(
      'type:',
      'tag.',
      'tag."',
      '"',
      '(',
      ')',
      '-',
      ' ',
      'and',
      'or',
      'not',
      '*',
      ':',
      '\\',
      'a',
      "'",
      '%',
      '$1',
      '\0',
      '\ud800',
      'ö',
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

test('whatever it is given, it answers or throws its own error within the text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), queryLike), (text) => {
      try {
        parseQuery(text)
      } catch (error) {
        assert.ok(error instanceof QueryError)
        assert.ok(error.at.column >= 1 && error.at.column + error.at.length <= text.length + 1 + 1)
        assert.ok(error.message.length > 0)
      }
    }),
    { numRuns: 2000 },
  )
})
