import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import type { Column } from './columns.ts'
import { rowsOf } from './columns.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())

const read = async <Row>(columns: Record<string, Column<Row>>, given: readonly Row[], select = 'r.*') => {
  const rows = rowsOf(columns)
  return database.db.query<Record<string, unknown>>({
    text: `select ${select} from ${rows.from('r')}`,
    values: rows.values(given),
  })
}

type One = { value: unknown }
const one = (type: Column<One>[0]): Record<string, Column<One>> => ({
  value: [type, ({ value }: One) => value] as unknown as Column<One>,
})
/** As PostgreSQL writes them, in the order they were given. */
const asText = async (type: Column<One>[0], values: readonly unknown[]): Promise<unknown[]> =>
  (
    await read(
      one(type),
      values.map((value) => ({ value })),
      'r.value::text as value',
    )
  ).map(({ value }) => value)

test('every type arrives as PostgreSQL writes it', async () => {
  await database.db.query({ text: `set timezone to 'UTC'` })
  const cases: [Column<One>[0], unknown[], (string | null)[]][] = [
    [
      'uuid',
      ['01a21ff0-d630-7000-af57-82db08acfbdd', null, 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF'],
      ['01a21ff0-d630-7000-af57-82db08acfbdd', null, 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    ],
    ['text', ['', 'NULL', 'ümläut "x" \\ {,}', '👍', undefined], ['', 'NULL', 'ümläut "x" \\ {,}', '👍', null]],
    ['json', [{ a: 'é"\\' }, 'text', 0, false, [], null], ['{"a":"é\\"\\\\"}', '"text"', '0', 'false', '[]', null]],
    ['int', [0, -1, 2_147_483_647, -2_147_483_648], ['0', '-1', '2147483647', '-2147483648']],
    ['smallint', [-32_768, 32_767], ['-32768', '32767']],
    ['bool', [true, false, null], ['true', 'false', null]],
    [
      'timestamptz',
      [
        '1970-01-01T00:00:00.001Z',
        '1999-12-31T23:59:59.999Z',
        '2000-01-01T00:00:00.000Z',
        '2026-11-28T12:34:56.789Z',
      ].map((iso) => new Date(iso)),
      [
        '1970-01-01 00:00:00.001+00',
        '1999-12-31 23:59:59.999+00',
        '2000-01-01 00:00:00+00',
        '2026-11-28 12:34:56.789+00',
      ],
    ],
  ]
  for (const [type, given, expected] of cases) assert.deepEqual(await asText(type, given), expected, type)
})

test('lists of texts', async () => {
  const lists = [[], [''], ['a', 'b'], ['NULL', 'null'], ['"', '\\', '{}', 'a,b', ' '], null]
  const rows = await read(
    one('textList'),
    lists.map((value) => ({ value })),
    'r.value::text[] as value',
  )
  assert.deepEqual(
    rows.map(({ value }) => value),
    lists,
  )
})

test('rows keep their order and their columns; none are none', async () => {
  const columns: Record<string, Column<{ n: number; text: string }>> = {
    n: ['int', ({ n }) => n],
    text: ['text', ({ text }) => text],
  }
  const given = Array.from({ length: 3_000 }, (_, n) => ({ n, text: 'x'.repeat(n) }))
  assert.deepEqual(await read(columns, given), given)
  assert.deepEqual(await read(columns, []), [])
  assert.deepEqual(await read(columns, given.slice(0, 2)), given.slice(0, 2), 'after much larger ones')
})

test('parameters begin where they are said to', async () => {
  const rows = rowsOf<One>({ value: ['int', ({ value }) => value as number] })
  const found = await database.db.query({
    text: `select $1::text as first, value from ${rows.from('r', 2)}`,
    values: ['a', ...rows.values([{ value: 7 }])],
  })
  assert.deepEqual(found, [{ first: 'a', value: 7 }])
  assert.equal(rows.count, 1)
})

test('what is of another type is refused', async () => {
  const refused: [Column<One>[0], unknown][] = [
    ['uuid', ''],
    ['uuid', '01a21ff0-d630-7000-af57-82db08acfbdx'],
    ['uuid', '01a21ff0_d630-7000-af57-82db08acfbdd'],
    ['uuid', '01a21ff0d6307000af5782db08acfbdd'],
    ['uuid', `${'é'.repeat(8)}-d630-7000-af57-82db08acfbdd`],
    ['int', 2 ** 31],
    ['smallint', 40_000],
    ['timestamptz', new Date(Number.NaN)],
    ['json', { a: 'b\0' }],
    ['json', { '\0': 1 }],
    ['json', ['half \ud83d']],
    ['json', [String.raw`\ and half ` + '\ude00']],
  ]
  for (const [type, value] of refused)
    await assert.rejects(asText(type, [value]), RangeError, `${type} ${JSON.stringify(value)}`)
  await assert.rejects(asText('text', ['a\0b']), /invalid byte sequence/)
})

test('what only looks like an escape is text', async () => {
  const texts = [String.raw`\u0000`, String.raw`\\u0000`, String.raw`\ud83d`, '\u0001', '👍']
  const rows = await read(one('json'), [{ value: { texts } }], `r.value->'texts' as value`)
  assert.deepEqual(rows, [{ value: texts }])
})
