import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { QueryError } from './ast.ts'
import type { Field, Measure, Query } from './ast.ts'
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
  switch (query.kind) {
    case 'not':
      return `!${shape(query.part)}`
    case 'and':
    case 'or':
      return `(${query.parts.map(shape).join(query.kind === 'and' ? ' & ' : ' | ')})`
    case 'term':
      return `${nameOf(query.field)}=${query.pattern.join('*')}`
    case 'compare':
      return `${nameOf(query.measure)} ${query.operator} ${query.value}`
    case 'known':
      return `${nameOf(query.measure)} known`
  }
}
const nameOf = (of: Field | Measure): string => ('key' in of ? `${of.kind}[${of.key}]` : of.kind)

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
    ['colour:red', 1, 6, /no field "colour"\. Fields are type, state, service, account, region, name, id, tag\.<key>/],
    ['state:running colour:red', 15, 6, /no field "colour"/],
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

test('numbers and durations are compared', () => {
  const cases: [string, string][] = [
    ['cost:>100', 'cost > 100'],
    ['cost:<=5', 'cost <= 5'],
    ['cost:0.25', 'cost = 0.25'],
    ['cost:=0', 'cost = 0'],
    ['cost:*', 'cost known'],
    ['-cost:*', '!cost known'],
    ['cpu:<5', 'cpu < 5'],
    // 30 * 24 * 60 * 60, and so on
    ['age:>30d', 'age > 2592000'],
    ['age:<90m', 'age < 5400'],
    ['AGE:>=12H', 'age >= 43200'],
    ['age:<2w', 'age < 1209600'],
    ['age:>1y', 'age > 31536000'],
    ['sizeGib:>=500', 'summary[sizeGib] >= 500'],
    ['summary.timeoutSeconds:>60', 'summary[timeoutSeconds] > 60'],
    // quotes make text of it, and names and tags may begin with anything
    ['instanceType:">5"', 'summary[instanceType]=>5'],
    ['name:>5', 'name=>5'],
    ['tag.level:>5', 'tag[level]=>5'],
  ]
  for (const [text, expected] of cases) assert.equal(shape(parseQuery(text)), expected, text)
})

test('fields of the summary, by their whole name or, where they are known, their own', () => {
  const cases: [string, string][] = [
    ['instanceType:m5.*', 'summary[instanceType]=m5.*'],
    ['INSTANCETYPE:m5.large', 'summary[instanceType]=m5.large'],
    ['summary.Some-Field:x', 'summary[Some-Field]=x'],
    ['service:ec2', 'service=ec2'],
  ]
  for (const [text, expected] of cases) assert.equal(shape(parseQuery(text)), expected, text)
})

test('a list of values: any of them', () => {
  const cases: [string, string][] = [
    ['state:(running or stopped)', '(state=running | state=stopped)'],
    ['state:(running stopped)', '(state=running | state=stopped)'],
    ['state:( running,stopped, pending )', '(state=running | state=stopped | state=pending)'],
    ['state:(running)', 'state=running'],
    ['-state:(a or b) c', '(!(state=a | state=b) & text=c)'],
    ['tag.env:("a b" or "c, d" or e*)', '(tag[env]=a b | tag[env]=c, d | tag[env]=e*)'],
    ['tag."a:b":(x y)', '(tag[a:b]=x | tag[a:b]=y)'],
    ['cost:(<5 or >100)', '(cost < 5 | cost > 100)'],
    ['type:a (b or c)', '(type=a & (text=b | text=c))'],
  ]
  for (const [text, expected] of cases) assert.equal(shape(parseQuery(text)), expected, text)
})

test('a mistake in a list or a number is marked where it stands', () => {
  const cases: [string, number, number, RegExp][] = [
    ['state:()', 8, 1, /value of "state" is missing/],
    ['state:(a or )', 13, 1, /value of "state" is missing/],
    ['state:(a and b)', 10, 3, /"and" can't stand in a list/],
    ['state:(a', 7, 1, /not closed/],
    ['state:(a (b))', 10, 1, /no parentheses of its own/],
    ['cost:>a', 6, 2, /"cost" is compared with a number/],
    ['x cost:(1 or two)', 14, 3, /"cost" is compared with a number/],
    ['cost:1e999', 6, 5, /compared with a number/],
    ['age:30d', 5, 3, /age:>30d for older/],
    ['age:>5', 5, 2, /a number and m, h, d, w or y/],
    ['age:>999999999y', 5, 11, /1000 years/],
    ['state:>running', 7, 8, /"state" can't be compared/],
    ['summary.:x', 1, 10, /name of the field is missing/],
  ]
  for (const [text, column, length, message] of cases) {
    const problem = problemOf(text)
    assert.deepEqual([problem.column, problem.length], [column, length], text)
    assert.match(problem.message, message, text)
  }
})

test('what may have been meant stands for the text that is marked', () => {
  const mended = (text: string): string | undefined => {
    try {
      parseQuery(text)
    } catch (error) {
      assert.ok(error instanceof QueryError)
      const { column, length } = error.at
      return error.suggestion && text.slice(0, column - 1) + error.suggestion + text.slice(column - 1 + length)
    }
    throw new Error(`"${text}" was understood`)
  }
  const cases: [string, string | undefined][] = [
    ['stat:running', 'state:running'],
    ['a satte:running', 'a state:running'],
    ['regoin:eu-west-1 b', 'region:eu-west-1 b'],
    ['instancetyp:m5.large', 'instanceType:m5.large'],
    ['status:running', 'state:running'],
    ['tags.env:prod', 'tag.env:prod'],
    ['age:30d', 'age:>30d'],
    ['age:>30', 'age:>30d'],
    ['cost:>100$', 'cost:>100'],
    ['colour:red', undefined],
    ['x:1', undefined],
  ]
  for (const [text, expected] of cases) {
    assert.equal(mended(text), expected, text)
    if (expected !== undefined) parseQuery(expected)
  }
})

test('size is bounded: characters, terms, nesting', () => {
  assert.match(problemOf('a'.repeat(4097)).message, /4097 characters; at most 4096/)
  assert.match(problemOf('a '.repeat(201)).message, /at most 200 terms/)
  assert.match(problemOf(`state:(${'a '.repeat(201)})`).message, /at most 200 terms/)
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
      'cost:',
      'age:>',
      'summary.',
      'state:(',
      ',',
      '5',
      'd',
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
