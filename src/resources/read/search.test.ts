import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import type { Sql, Statement } from '#platform/db/database.ts'
import { createSearch, leastTotal } from './search.ts'

// By exact sums of Poisson's distribution: of how many pages on average 25, 50, 100 or 400 and more are drawn with a chance of 2.87e-7.
test('what a sample shows at the least is what it may have been by chance, and hardly less', () => {
  for (const [pages, exact] of [
    [25, 7.3886],
    [50, 22.2368],
    [100, 57.7234],
    [400, 307.8685],
  ] as const) {
    // One match on each page, in a hundredth of the table.
    const least = leastTotal(pages, pages, 0.01) * 0.01
    assert.ok(least <= exact && least > exact * 0.98, `${pages} pages: ${least}`)
  }
  // Four matches on each of 100 pages.
  assert.equal(Math.round(leastTotal(400, 100, 0.01) / 100), Math.round(4 * 57.72))
  assert.equal(leastTotal(0, 0, 0.01), 0)
  // On so few pages they may all be there by chance, however many they are.
  assert.ok(leastTotal(1_000, 4, 0.01) < 5_000)
  assert.equal(leastTotal(1_000, 2, 0.01), 0)
})

/** A database that answers by what a statement is, and remembers what it was asked. */
const scripted = (answers: Record<string, () => Promise<unknown[]>>) => {
  const asked: string[] = []
  const kinds = ['explain', 'reltuples', 'tablesample', 'with found', 'select count(*)', 'select r.account']
  const db: Sql = {
    query: async <Row>({ text }: Statement) => {
      const kind = kinds.find((one) => text.includes(one)) ?? assert.fail(text)
      asked.push(kind)
      return (await (answers[kind] ?? assert.fail(kind))()) as Row[] // in the shapes of those statements
    },
  }
  return { db, asked }
}
const expecting = (rows: number) => async () => [{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': rows } }] }]
const page = Array.from({ length: 51 }, (_, n) => ({ id: `arn:${n}` }))
const never = new Promise<never>(() => {})
const where = { text: 'true', values: [] }
const clock = { ...systemClock, monotonicMs: () => 0 }

test('where the planner took many for few, a sample shows it before they are all found', async () => {
  const { db, asked } = scripted({
    explain: expecting(3_000),
    reltuples: async () => [{ rows: 1_000_000 }],
    tablesample: async () => [{ matches: 180, pages: 60 }],
    'with found': () => never,
    'select r.account': async () => page,
  })
  const search = createSearch({ db, clock })
  const first = await search(where, { key: 'name', isDescending: false }, undefined, 51)
  assert.deepEqual([first.rows.length, first.count], [51, 10_001])
  // That is known now: the next page is only looked for along the order.
  asked.length = 0
  assert.equal((await search(where, { key: 'name', isDescending: false }, undefined, 51)).count, 10_001)
  assert.deepEqual(asked, ['select r.account'])
})

test('a sample goes on only where its first part leaves it open', async () => {
  const samples = async (expected: number, ...parts: { matches: number; pages: number }[]) => {
    const { db, asked } = scripted({
      explain: expecting(expected),
      reltuples: async () => [{ rows: 1_000_000 }],
      tablesample: async () => [parts.shift() ?? assert.fail('it goes on')],
      'select count(*)': async () => [{ count: 7_000 }],
      'select r.account': async () => page,
    })
    const found = await createSearch({ db, clock })(where, { key: 'name', isDescending: false }, undefined, 51)
    assert.deepEqual(parts, [])
    return { count: found.count, isCounted: asked.includes('select count(*)') }
  }
  // Of 1,500 rows of 1,000,000: 12 stand for 8,000, 30 for 20,000 and 90 for 60,000.
  assert.deepEqual(await samples(30_000, { matches: 12, pages: 6 }), { count: 7_000, isCounted: true })
  assert.deepEqual(await samples(30_000, { matches: 90, pages: 45 }), { count: 10_001, isCounted: false })
  // To prove 20,000 takes a sample with 65 pages or more: one that is 5.7 times as large, where 170 stand for 20,000. If they turn
  // out to be 15,300, as 130 do, it would have to be so large again that they are counted sooner.
  const [open, proof, doubt] = [
    { matches: 30, pages: 15 },
    { matches: 170, pages: 100 },
    { matches: 130, pages: 40 },
  ]
  assert.deepEqual(await samples(30_000, open, proof), { count: 10_001, isCounted: false })
  assert.deepEqual(await samples(30_000, open, doubt), { count: 7_000, isCounted: true })
})
