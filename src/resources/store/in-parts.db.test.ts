import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import type { Sql } from '#platform/db/database.ts'
import { countInParts, findAllInParts } from './in-parts.ts'
import { condition, countMatches, findAll, placeOf } from './list.ts'
import type { Sort } from './orders.ts'
import { readPartitionSizes } from './sizes.ts'

// What one statement for all partitions says is what the statements for each have to come to.

const accounts = Array.from({ length: 12 }, (_, n) => `${n + 10}`.repeat(6))
const rows = 1_200
let database: Awaited<ReturnType<typeof freshDatabase>>
let partitions: string[]
before(async () => {
  database = await freshDatabase()
  await database.db.query({
    text: `insert into resources (account, id, type, service, region, aws_id, name, sort_name, name_key, state, state_key, tags,
        cost_monthly_usd, search_text, content_hash, first_seen_at, last_seen_at, changed_at, deleted_at)
      select ($1::text[])[1 + n % 12], 'arn:' || n, 'ec2.volume', 'ec2', 'eu-west-1', 'i-' || n, name, name, name, 'in-use', 'in-use',
        '{}', case when n % 5 > 0 then n % 50 end, name, '', now(), now(), now(), case when n % 10 = 0 then now() end
      from (select n, 'thing ' || n * 7919 % 400 as name from generate_series(1, $2::int) n) x`,
    values: [accounts, rows],
  })
  await database.db.query({ text: 'analyze resources' })
  partitions = (await readPartitionSizes(database.db)).map(({ name }) => name)
})
after(() => database.drop())

const everything = condition((bind) => `r.account = any(${bind(accounts)}::text[])`)
const some = condition((bind) => `r.account = any(${bind(accounts)}::text[]) and r.cost_monthly_usd > ${bind(20)}`)
/** Nine of ten of the rows are there: 1,080. */
const there = 1_080

test('all partitions are asked, those with the most rows first', async () => {
  const sizes = await readPartitionSizes(database.db)
  assert.equal(sizes.length, 8)
  assert.equal(
    sizes.reduce((sum, { rows: own }) => sum + own, 0),
    rows,
  )
  assert.deepEqual(
    sizes,
    sizes.toSorted((a, b) => b.rows - a.rows),
  )
  assert.ok(sizes.filter(({ rows: own }) => own > 0).length > 3, 'else the rest of this shows little')
})

test('counts are those of all, up to as many as are asked for', async () => {
  assert.equal(await countInParts(database.db, partitions, everything, 10_000), there)
  assert.equal(await countInParts(database.db, partitions, everything, there), there)
  assert.equal(await countInParts(database.db, partitions, everything, 500), 500)
  assert.equal(await countInParts(database.db, partitions, some, 10_000), await countMatches(database.db, some, 10_000))
})

test('pages are those of all, in every order and from every place', async () => {
  const sorts: Sort[] = (['name', 'cost', 'account', 'id', 'createdAt', 'firstSeenAt'] as const).flatMap((key) =>
    [false, true].map((isDescending) => ({ key, isDescending })),
  )
  for (const sort of sorts) {
    let place: ReturnType<typeof placeOf> | undefined
    for (let page = 0; page < 3; page++) {
      const all = await findAll(database.db, some, sort, place, 60, 10_000)
      const expected = {
        ...all,
        rows: all.rows.map(({ ...row }) => (delete (row as { matching?: number }).matching, row)),
      }
      const found = await findAllInParts(database.db, partitions, some, sort, place, 60, 10_000)
      assert.deepEqual(found, expected, `${JSON.stringify(sort)}, page ${page}`)
      assert.equal(found.rows.length, 60)
      place = placeOf(found.rows[59]!)
    }
  }
})

test('where there are more than that, nobody is asked any further', async () => {
  let asked = 0
  const sql: Sql = {
    query: (statement) => {
      asked++
      return database.db.query(statement)
    },
  }
  const found = await findAllInParts(
    sql,
    partitions,
    everything,
    { key: 'name', isDescending: false },
    undefined,
    60,
    100,
  )
  assert.deepEqual(found, { rows: [], count: 101 })
  assert.ok(asked <= 3, `${asked} statements`)
})
