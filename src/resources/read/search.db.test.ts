import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import type { ResourceSort } from '#contracts/inventory.ts'
import { systemClock } from '#platform/clock.ts'
import type { Sql } from '#platform/db/database.ts'
import { placeOf } from '../store/list.ts'
import { orders } from '../store/orders.ts'
import { createApply } from '../sync/apply.ts'
import { accountA, accountB, fakeAccount, fakeInstance, fakeVolume } from '../testing/fake-aws.ts'
import { observeInstance } from '../types/ec2-instance.ts'
import { observeVolume } from '../types/ec2-volume.ts'
import type { Observed } from '../types/resource-type.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { select } from './filter.ts'
import { createSearch } from './search.ts'
import { sortOf } from './sort.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
  const { apply } = createApply({ db: database.db, notifier: { nudge: () => {} } })
  for (const account of [accountA, accountB]) {
    for (const type of ['ec2.instance', 'ec2.volume']) {
      const rows = estate.filter((one) => one.account === account && one.type === type)
      await apply({ account, region: 'eu-west-1', type }, rows, new Date())
    }
  }
  await database.db.query({ text: 'analyze resources' })
})
after(() => database.drop())

const accounts = [fakeAccount(accountA, 'alpha'), fakeAccount(accountB, 'beta')]
const day = 86_400_000
const estate: Observed[] = Array.from({ length: 240 }, (_, n) => {
  const account = n % 3 === 0 ? accountB : accountA
  const id = `${n.toString(16).padStart(3, '0')}`
  const tags: Record<string, string> =
    n % 4 === 0 ? {} : { Name: `${['web', 'Api', 'db'][n % 3]}-${(n * 7) % 100}`, env: n % 5 ? 'dev' : 'prod' }
  const createdAt = n % 2 ? new Date(Date.UTC(2026, 0, 1) + ((n * 37) % 100) * day).toISOString() : null
  return n % 2 === 0
    ? observeVolume(fakeVolume(`vol-${id}`, { account, tags, createdAt, sizeGib: (n * 13) % 90 }))
    : observeInstance(
        fakeInstance(`i-${id}`, {
          account,
          tags,
          state: n % 7 ? 'running' : 'stopped',
          launchedAt: createdAt,
          instanceType: n % 3 ? 'm5.large' : 't3.nano',
        }),
      )
})

/** The ways of a search, each forced upon this small inventory. */
type Limits = { most: number; budgets: number[]; mostSorted: number; sampleRows: number }
const ways: Record<string, Limits> = {
  few: { most: 1_000, budgets: [], mostSorted: 0, sampleRows: 1_000 },
  'some, partition by partition': { most: 1_000, budgets: [], mostSorted: 0, sampleRows: 10 },
  'along the order, counted partition by partition': { most: 300, budgets: [1_000], mostSorted: 0, sampleRows: 10 },
  'along the order': { most: 3, budgets: [1_000], mostSorted: 0, sampleRows: 1_000 },
  'along the order, in two steps': { most: 3, budgets: [20, 60], mostSorted: 0, sampleRows: 1_000 },
  'along the order, many by a sample': { most: 3, budgets: [1_000], mostSorted: 0, sampleRows: 10 },
  'all sorted': { most: 3, budgets: [], mostSorted: 1_000_000, sampleRows: 1_000 },
  'each partition': { most: 3, budgets: [], mostSorted: -1, sampleRows: 1_000 },
}

const pagesOf = async (limits: Limits, q: string, sort: ResourceSort): Promise<string[]> => {
  const search = createSearch({ db: database.db, clock: systemClock, limits })
  const { where } = select({ q }, accounts)
  const order = sortOf(sort)
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const place = cursor === '' ? undefined : decodeCursor('x', cursor, orders[order.key])
    const { rows, count } = await search(where, order, place, 31)
    seen.push(...rows.slice(0, 30).map((row) => row.id))
    const last = rows[29]
    cursor = rows.length > 30 && last ? encodeCursor('x', placeOf(last)) : null
    if (seen.length > 0) assert.ok(count > 0)
    assert.ok(seen.length <= estate.length)
  }
  return seen
}

const natural = new Intl.Collator('en', { numeric: true })
const keyOf: Record<string, (one: Observed) => string | number> = {
  name: ({ name, awsId }) => name ?? awsId,
  type: ({ type }) => type,
  state: ({ state }) => (state ?? '').toLowerCase(),
  account: ({ account }) => account,
  id: ({ id }) => id,
  cost: ({ cost }) => cost?.monthlyUsd ?? -1,
  // Unknown: first seen just now, after all others.
  createdAt: ({ summary }) => String(summary['launchedAt'] ?? summary['createdAt'] ?? '9999'),
}

const meanings: Record<string, (one: Observed) => boolean> = {
  '': () => true,
  'type:ec2.instance': ({ type }) => type === 'ec2.instance',
  'tag.env:prod': ({ tags }) => tags['env'] === 'prod',
  'name:api-*': ({ name }) => /^api-/i.test(name ?? ''),
  'name:web-1*': ({ name }) => /^web-1/i.test(name ?? ''),
  'type:ec2.volume -tag.env:* account:beta': ({ type, tags, account }) =>
    type === 'ec2.volume' && tags['env'] === undefined && account === accountB,
}

for (const [way, limits] of Object.entries(ways)) {
  test(`pages are whole and in order: ${way}`, async () => {
    for (const [q, isOne] of Object.entries(meanings)) {
      for (const key of Object.keys(keyOf)) {
        const wanted = estate.filter(isOne)
        const of = keyOf[key]!
        const compare = (a: Observed, b: Observed): number => {
          const [x, y] = [of(a), of(b)]
          return typeof x === 'number'
            ? x - Number(y)
            : key === 'name'
              ? natural.compare(x, String(y))
              : x < String(y)
                ? -1
                : x === y
                  ? 0
                  : 1
        }
        for (const sort of [key, `-${key}`] as ResourceSort[]) {
          const found = await pagesOf(limits, q, sort)
          assert.equal(new Set(found).size, found.length, `${q} ${sort}`)
          assert.deepEqual(found.toSorted(), wanted.map(({ id }) => id).toSorted(), `${q} ${sort}`)
          const rows = found.map((id) => estate.find((one) => one.id === id)!)
          for (const [index, row] of rows.entries()) {
            const next = rows[index + 1]
            if (next === undefined) break
            assert.ok(
              (sort.startsWith('-') ? compare(next, row) : compare(row, next)) <= 0,
              `${q} ${sort}: ${of(row)} ${of(next)}`,
            )
          }
        }
      }
    }
  })
}

test('names that begin so lie between their bounds, whatever follows', async () => {
  const beginnings = ['web-', 'WEB-', 'web-1', 'we', 'w', 'web_', 'web.', '/', '1']
  const names = [
    ...beginnings,
    'web-10',
    'web-9',
    'Web-Z',
    'web-é',
    'web-\u{1f600}',
    'web-\uffee',
    'web',
    'wea-9',
    'wec',
    'wéb-',
    'web.1',
    'web_1',
    'web- 1',
    'zz',
    '/web',
    '1web',
  ]
  const group = { account: accountA, region: 'eu-west-1', type: 'ec2.instance' }
  const { apply } = createApply({ db: database.db, notifier: { nudge: () => {} } })
  const rows = names.map((name, n) => observeInstance(fakeInstance(`i-f${n}`, { tags: { Name: name, bounds: 'x' } })))
  await apply(group, rows, new Date())
  for (const beginning of beginnings) {
    const { where } = select({ q: `tag.bounds:x name:${beginning}*` }, accounts)
    const found = await database.db.query<{ name: string }>({
      text: `select name from resources r where ${where.text}`,
      values: where.values,
    })
    const expected = names.filter((name) => name.toLowerCase().startsWith(beginning.toLowerCase()))
    assert.deepEqual(found.map(({ name }) => name).toSorted(), expected.toSorted(), beginning)
  }
  await database.db.query({ text: `delete from resources where tags ? 'bounds'` })
})

test('a sample tells that there are many, and nothing of what is rare', async () => {
  await database.db.query({
    text: `insert into resources (account, id, type, service, region, aws_id, sort_name, name_key, state, state_key, tags, search_text,
        content_hash, first_seen_at, last_seen_at, changed_at)
      select $1, 'arn:sampled/' || n, 'x.sampled', 'x', 'eu-west-1', 'sampled-' || n, 'sampled-' || n, '', 'on', 'on',
        jsonb_build_object('tenth', (n % 10)::text, 'fifth', (n % 5)::text), case n % 7 when 0 then 'seventh-' else 'other-' end || n,
        '', now(), now(), now() from generate_series(1, 30000) n`,
    values: [accountA],
  })
  await database.db.query({ text: 'analyze resources' })
  try {
    const statements: string[] = []
    const db: Sql = {
      query: (statement) => {
        statements.push(statement.text)
        return database.db.query(statement)
      },
    }
    const limits = { most: 1_000, budgets: [32_000], mostSorted: 150_000, sampleRows: 1_500 }
    const search = createSearch({ db, clock: systemClock, limits })
    const find = (q: string) => search(select({ q }, accounts).where, sortOf('name'), undefined, 3)
    const many = await find('type:x.sampled')
    assert.equal(many.count, 1_001)
    assert.deepEqual(
      many.rows.map(({ aws_id }) => aws_id),
      ['sampled-1', 'sampled-2', 'sampled-3'],
    )
    assert.ok(statements.some((text) => text.includes('tablesample')))
    assert.ok(!statements.some((text) => text.includes('count(*)') && !text.includes('tablesample')))
    // 429 of them: too few for a sample of any luck, so they are counted.
    const few = await find('tag.tenth:5 seventh-')
    assert.equal(few.count, 429)
    assert.deepEqual(
      few.rows.map(({ aws_id }) => aws_id),
      ['sampled-35', 'sampled-105', 'sampled-175'],
    )
  } finally {
    await database.db.query({ text: `delete from resources where type = 'x.sampled'` })
    await database.db.query({ text: 'analyze resources' })
  }
})
