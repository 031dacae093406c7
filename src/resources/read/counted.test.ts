import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Principal } from '#contracts/principal.ts'
import type { Database, Statement } from '#platform/db/database.ts'
import type { Partition } from '../store/type-states.ts'
import { accountA, fakeAccount } from '../testing/fake-aws.ts'
import { createCountFacets } from './facets.ts'
import { createReadLists } from './list.ts'

// Counts of a large inventory are kept for a while: an answer that is made of them says how old it is.

const reader: Principal = {
  userId: '01920000-0000-7000-8000-000000000001',
  email: 'viewer@example.com',
  roles: ['viewer'],
  via: 'session',
  credentialId: null,
  scopes: null,
}
const partition: Partition = {
  account: accountA,
  region: 'eu-west-1',
  service: 'ec2',
  type: 'ec2.instance',
  nextAt: new Date(),
  isLeased: false,
  startedAt: null,
  sweptAt: new Date(),
  ageSeconds: 20.5,
  isFresh: true,
  freshSeconds: 40,
  sweepSeconds: 1,
  seen: 20_000,
  lastError: null,
  lastErrorAt: null,
  isBackingOff: false,
}
const group = { type: 'ec2.instance', account: accountA, region: 'eu-west-1', state: 'running', count: 20_000 }
const groups = {
  peek: () => undefined,
  atHand: () => undefined,
  get: async () => ({ value: [{ ...group, without_cost: 0, usd: 10 }], ageSeconds: 75 }),
}
const readable = { accounts: async () => [fakeAccount(accountA, 'alpha')], resource: async () => true }
/** The database as it answers a count of more than 10,000: how many there are at least, and nothing else. */
const manyMatch: Pick<Database, 'query'> = {
  // The one statement that is asked for here has rows of that shape.
  query: async <Row>() => [{ dimension: null, matching: 10_001 }] as Row[],
}
const db = manyMatch as Database

test('a summary that is made of kept counts says since when, and is that much older than what was counted', async () => {
  const lists = createReadLists({
    db,
    readable,
    groups,
    firstSync: { partitions: async () => ({ partitions: [partition], hasWaited: false }) },
    search: () => assert.fail('nothing is searched'),
    pages: { get: (_key, read) => read(), forget: () => {} },
  })
  const summary = await lists.summary(reader, {})
  assert.deepEqual([summary.count, summary.ageSeconds, summary.freshness.ageSeconds], [20_000, 75, 95.5])
})

test('so do facets', async () => {
  const count = createCountFacets({ db, readable, groups, states: { read: async () => [partition] } })
  const counted = await count(reader, { by: ['state'], values: 20 })
  assert.deepEqual(counted.facets, [
    { by: 'state', values: [{ value: 'running', count: 20_000 }], others: 0, isApproximate: false },
  ])
  assert.deepEqual([counted.ageSeconds, counted.freshness.ageSeconds, counted.freshness.status], [75, 95.5, 'hit'])
  const behind = { ...partition, isFresh: false, lastError: 'not authorized' }
  const failing = createCountFacets({ db, readable, groups, states: { read: async () => [behind] } })
  const { freshness } = await failing(reader, { by: ['state'], values: 20 })
  assert.deepEqual([freshness.status, freshness.partial.length], ['stale', 1])
})

test('beside exact counts, only tags are estimated: of a sample of about 2,500 matches, which stands for all that are known', async () => {
  const asked: unknown[][] = []
  const answers = async (text: string): Promise<unknown[]> => {
    if (text.includes('reltuples')) return [{ rows: 1_000_000 }]
    assert.match(text, /tablesample/)
    return [
      { dimension: 0, value: 'prod', count: 2_000, others: 0, matching: 2_500 },
      { dimension: 0, value: null, count: 500, others: 0, matching: 2_500 },
    ]
  }
  const sampling: Pick<Database, 'query'> = {
    query: async <Row>({ text, values = [] }: Statement) => {
      asked.push([...values])
      return (await answers(text)) as Row[] // in the shapes of these two statements
    },
  }
  const value = [
    { ...group, count: 200_000, without_cost: 0, usd: 10 },
    { ...group, state: 'stopped', count: 50_000, without_cost: 0, usd: 0 },
  ]
  const kept = { ...groups, peek: () => value, atHand: () => ({ value, ageSeconds: 12 }) }
  const states = { read: async () => [partition] }
  const count = createCountFacets({ db: sampling as Database, readable, groups: kept, states })
  const { facets, isApproximate, ageSeconds } = await count(reader, { by: ['tag.env', 'state'], values: 20 })
  assert.deepEqual(facets, [
    {
      by: 'tag.env',
      values: [
        { value: 'prod', count: 200_000 },
        { value: null, count: 50_000 },
      ],
      others: 0,
      isApproximate: true,
    },
    {
      by: 'state',
      values: [
        { value: 'running', count: 200_000 },
        { value: 'stopped', count: 50_000 },
      ],
      others: 0,
      isApproximate: false,
    },
  ])
  assert.deepEqual([isApproximate, ageSeconds], [true, 12])
  // A hundredth of 1,000,000 rows has 2,500 of 250,000 matches.
  assert.ok(asked[1]?.includes(1), JSON.stringify(asked[1]))
})
