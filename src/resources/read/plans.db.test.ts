import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import type { ResourceSort } from '#contracts/inventory.ts'
import type { Sql, Statement } from '#platform/db/database.ts'
import { countMatches, findAll, walk } from '../store/list.ts'
import type { After } from '../store/orders.ts'
import { accountA, accountB, fakeAccount } from '../testing/fake-aws.ts'
import { select } from './filter.ts'
import { sortOf } from './sort.ts'

// Which indexes PostgreSQL takes for the kinds of searches that there are. With 20,000 rows of one account each plan here costs a
// small part of the next best one, so that none of it hangs on a hair.

const rows = 20_000
let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
  // Each of 500 words is of 40 resources; a name, an id and one tag are of one, another tag of 100.
  await database.db.query({
    text: `insert into resources (account, id, type, service, region, aws_id, name, sort_name, name_key, state, state_key, tags,
        cost_monthly_usd, search_text, content_hash, first_seen_at, last_seen_at, changed_at, created_at)
      select $1, 'arn:aws:ec2:eu-west-1:' || $1 || ':thing/i-' || n, type, 'ec2', region, 'i-' || n, name, name, name, state, state,
        jsonb_build_object('env', env, 'squad', 'squad-' || n % 200, 'only', n::text),
        n % 1000, concat_ws(chr(10), name, 'i-' || n, type, state, env, 'squad-' || n % 200), '', now(), now(), now(), now() - n * interval '1 hour'
      from (
        select n, 'word' || to_char(n % 500, 'FM000') || '-' || n as name, (array['dev', 'prod', 'test'])[1 + n % 3] as env,
          (array['eu-west-1', 'us-east-1'])[1 + n % 2] as region, (array['running', 'stopped', 'pending', 'failed'])[1 + n % 4] as state,
          case when n % 10 < 6 then 'ec2.instance' when n % 10 < 9 then 'ec2.volume' else 'logs.group' end as type
        from generate_series(1, $2::int) n) x`,
    values: [accountA, rows],
  })
  await database.db.query({ text: 'vacuum (analyze) resources' })
})
after(() => database.drop())

type Node = {
  'Node Type': string
  'Index Name'?: string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Node[]
}

/** The nodes of a plan that had anything to do: partitions without a row are in each plan, too. */
const planOf = async (ask: (sql: Sql) => Promise<unknown>): Promise<Node[]> => {
  const asked: Statement[] = []
  await ask({
    query: async (statement) => {
      asked.push(statement)
      return []
    },
  }).catch(() => {}) // it gets no rows
  const [statement] = asked
  assert.ok(statement)
  const [row] = await database.db.query<{ 'QUERY PLAN': [{ Plan: Node }] }>({
    text: `explain (analyze, format json) ${statement.text}`,
    values: statement.values ?? [],
  })
  const nodes = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodes)]
  return nodes(row!['QUERY PLAN'][0].Plan).filter(
    // explain has one row
    (node) => node['Actual Rows'] * node['Actual Loops'] > 0 || (node['Rows Removed by Filter'] ?? 0) > 0,
  )
}

/** Indexes of partitions have names of their own: "resources_4_search_text_idx". */
const indexesOf = (nodes: readonly Node[]): string[] => [
  ...new Set(nodes.flatMap((node) => node['Index Name']?.replace(/^resources_\d_/, '').replace(/_idx\d*$/, '') ?? [])),
]
const accounts = [fakeAccount(accountA, 'alpha')]
const whereOf = (q: string) => select({ q }, accounts).where
const byName = sortOf('name')

const found: Record<string, string[]> = {
  word321: ['search_text'],
  'word321 prod': ['search_text'],
  'tag.only:4711': ['tags'],
  'tag.squad:squad-17 word217': ['tags', 'search_text'],
  'tag.squad:squad-1*': ['search_text'],
  'name:word123-*': ['search_text'],
  'id:i-4711': ['aws_id', 'pkey'],
  [`arn:aws:ec2:eu-west-1:${accountA}:thing/i-4711`]: ['pkey'],
  'cost:>998': ['coalesce_seq'],
}

for (const [q, indexes] of Object.entries(found)) {
  test(`what few match is found and counted by indexes: ${q}`, async () => {
    const where = whereOf(q)
    const plans = [
      await planOf((sql) => findAll(sql, where, byName, undefined, 51, 10_000)),
      await planOf((sql) => countMatches(sql, where, 10_001)),
    ]
    for (const plan of plans) {
      assert.deepEqual(
        plan.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']),
        [],
      )
      // The page's own rows are read by the primary key.
      const used = indexesOf(plan)
      assert.ok(
        used.some((index) => indexes.includes(index)),
        used.join(', '),
      )
      assert.deepEqual(
        used.filter((index) => index !== 'pkey' && !indexes.includes(index)),
        [],
      )
    }
  })
}

const orders: [ResourceSort, string, string][] = [
  ['name', '', 'sort_name_seq'],
  ['-name', '', 'sort_name_seq'],
  ['name', 'type:ec2.instance', 'type_sort_name_seq'],
  ['type', '', 'type_sort_name_seq'],
  ['state', '', 'state_key_seq'],
  ['-state', 'type:ec2.volume', 'type_state_key_seq'],
  ['region', '', 'region_seq'],
  ['-cost', '', 'coalesce_seq'],
  ['-cost', 'type:logs.group', 'type_coalesce_seq'],
  ['-createdAt', '', 'coalesce_seq'],
  ['createdAt', 'type:ec2.volume', 'type_coalesce_seq'],
  ['-firstSeenAt', '', 'first_seen_at_seq'],
  ['account', '', 'pkey'],
  ['id', '', 'pkey'],
  ['-id', 'prod', 'pkey'],
]
/** A place in the middle of the orders by ids. */
const middle = (sort: ResourceSort): After => {
  const id = `arn:aws:ec2:eu-west-1:${accountA}:thing/i-5`
  return { values: sort === 'account' ? [accountA, id] : [id], seq: '1' }
}

for (const [sort, q, index] of orders) {
  test(`an order is followed along its index until the page is full, and nothing is sorted: ${sort} ${q}`, async () => {
    for (const after of index === 'pkey' ? [undefined, middle(sort)] : [undefined]) {
      const plan = await planOf((sql) => walk(sql, whereOf(q), sortOf(sort), after, 51, 2_000))
      assert.deepEqual(indexesOf(plan), [index])
      const kinds = plan.map((node) => node['Node Type'])
      for (const kind of ['Seq Scan', 'Bitmap Heap Scan', 'Sort']) assert.ok(!kinds.includes(kind), kinds.join(', '))
      const scanned = plan.filter((node) => node['Index Name'] !== undefined)
      // Hardly more rows are looked at than a page needs; ties of an order without `seq` are sorted in batches.
      assert.ok(
        scanned.every((node) => node['Actual Rows'] <= (q === 'prod' ? 400 : 100)),
        JSON.stringify(scanned),
      )
    }
  })
}

test('an order by ids merges what each account has in order, and sorts no account', async () => {
  const two = select({}, [fakeAccount(accountA, 'alpha'), fakeAccount(accountB, 'beta')]).where
  for (const after of [undefined, middle('id')]) {
    const plan = await planOf((sql) => walk(sql, two, sortOf('id'), after, 51, 2_000))
    assert.deepEqual(indexesOf(plan), ['pkey'])
    const kinds = plan.map((node) => node['Node Type'])
    for (const kind of ['Seq Scan', 'Sort']) assert.ok(!kinds.includes(kind), kinds.join(', '))
  }
})
