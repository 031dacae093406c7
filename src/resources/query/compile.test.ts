import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileQuery } from './compile.ts'
import { parseQuery } from './parse.ts'

const compile = (text: string): { text: string; values: unknown[] } => {
  const values: unknown[] = []
  const bind = (value: unknown): string => `$${values.push(value)}`
  return { text: compileQuery(parseQuery(text), bind, [{ id: '111122223333', name: 'Main' }]), values }
}

test('conditions carry placeholders, values travel apart', () => {
  const cases: [string, string, unknown[]][] = [
    ['', 'true', []],
    ['type:EC2.Instance', '(r.type = $1)', ['ec2.instance']],
    ['name:We*', '(r.name_key like $1)', ['we%']],
    // what the trigram index can look up follows from the condition
    ['name:Web_*', '(r.name_key like $1 and r.search_text like $2)', ['web\\_%', '%web\\_%%']],
    ['service:EC2', "(split_part(r.type, '.', 1) = $1)", ['ec2']],
    [
      'cost:>=100',
      "(coalesce(r.cost_monthly_usd, '-1'::double precision) >= $1::double precision and r.cost_monthly_usd is not null)",
      ['100'],
    ],
    [
      'age:>1d',
      '(coalesce(r.created_at, r.first_seen_at) < now() - make_interval(secs => $1::double precision))',
      ['86400'],
    ],
    ['50%', '(r.search_text like $1)', ['%50\\%%']],
    ['account:main', '(r.account = any($1::text[]))', [['111122223333']]],
    ['tag.env:Prod', '(r.tags @> $1::jsonb)', ['{"env":"Prod"}']],
    ['tag.owner:*', '(r.tags ? $1::text)', ['owner']],
    ['-(a or b)', 'not ((r.search_text like $1) or (r.search_text like $2))', ['%a%', '%b%']],
  ]
  for (const [query, text, values] of cases) assert.deepEqual(compile(query), { text, values }, query)
})

test('nothing that was written in a value or a tag key reaches the text of the statement', () => {
  const wild = fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .filter((text) => !text.includes('\0') && text.isWellFormed())
  const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`
  const term = fc.oneof(
    fc
      .tuple(fc.constantFrom('type', 'state', 'account', 'region', 'name', 'id'), wild)
      .map(([field, value]) => `${field}:${quote(value)}`),
    fc
      .tuple(
        wild.filter((key) => key !== ''),
        wild,
      )
      .map(([key, value]) => `tag.${quote(key)}:${quote(value)}`),
    wild.filter((key) => !/[\s"():]/.test(key) && key !== '').map((key) => `summary.${key}:${quote(key)}`),
    fc
      .tuple(fc.constantFrom('cost:>', 'cpu:<=', 'sizeGib:>', 'summary.a:<'), fc.nat())
      .map(([field, value]) => `${field}${value}`),
    wild.map(quote),
  )
  // The whole vocabulary that a statement may be made of.
  const vocabulary =
    /^(?:[()\s]|true|false|not|and|or|r\.(?:type|region|state_key|name_key|aws_id|id|account|tags|search_text|summary|cost_monthly_usd)|is not null|<=?|>=?|=|i?like|any|@>|\?|->>?|coalesce|, '(?:-1)?'|, false|::(?:text\[\]|text|jsonb|numeric|double precision)|\$\d+|case|when|then|else|end|jsonb_typeof|exists|select|from|where|jsonb_array_elements_text|as e\(value\)|e\.value|resource_signals s|s\.(?:account|id|cpu_avg)|'(?:array|object|number)')*$/
  fc.assert(
    fc.property(fc.array(term, { maxLength: 6 }), (terms) => {
      const { text, values } = compile(terms.join(' or '))
      assert.match(text, vocabulary)
      const used = new Set(text.match(/\$\d+/g) ?? [])
      assert.equal(used.size, values.length)
    }),
    { numRuns: 1000 },
  )
})
