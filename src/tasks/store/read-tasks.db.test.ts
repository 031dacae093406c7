import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TaskFilter } from '#contracts/task-request.ts'
import type { Sql, Statement } from '#platform/db/database.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { createReader } from '../read/reader.ts'
import { countTasksMatching, listTasks } from './read-tasks.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
  await database.db.query({ text: `select ensure_finished_partitions('2026-01-15T00:00:00Z')` }) // January, February and March
  for (const task of tasks) await write(task)
})
after(() => database.drop())

type Given = {
  name: string
  at: string
  isLive?: boolean
  status?: string
  operation?: string
  account?: string
  region?: string
  user?: string
  targets?: string[]
}

// The oldest first; live ones stand between finished ones, and one finished before there were partitions.
const tasks: Given[] = [
  { name: 'old', at: '2025-11-05T00:00:00Z', targets: ['i-0old', 'i-1old'] },
  { name: 'january', at: '2026-01-10T00:00:00Z', status: 'failed', user: 'ann', operation: 'ec2.start' },
  { name: 'paused', at: '2026-01-31T23:59:59Z', isLive: true, status: 'paused', region: 'us-east-1' },
  { name: 'february', at: '2026-02-01T00:00:00Z', account: '222222222222', targets: ['i-0needle'] },
  {
    name: 'running',
    at: '2026-02-20T00:00:00Z',
    isLive: true,
    status: 'running',
    account: '222222222222',
    user: 'ann',
  },
  { name: 'march', at: '2026-03-10T00:00:00Z', status: 'cancelled', region: 'us-east-1', operation: 'ec2.start' },
  { name: 'over', at: '2026-03-11T00:00:00Z', isLive: true, status: 'failed', targets: ['i-1needle'] },
]
const newestFirst = tasks.map(({ name }) => name).toReversed()

const write = async (task: Given): Promise<void> => {
  const { account = '111111111111', region = 'eu-west-1', user = 'bob', targets = ['i-1'] } = task
  const suffix = task.isLive ? '' : '_finished'
  await database.db.query({
    text: `insert into tasks${suffix} (id, operation, operation_version, status, params, targets, plan, accounts, regions,
        requested_by, reason, priority, total, open)
      values (uuidv7_floor($1::timestamptz), $2, 1, $3, '{}', '{}', '{}', array[$4], array[$5],
        json_build_object('id', $6::text, 'email', initcap($6::text) || '@example.com'), $7, 0, $8, 0)`,
    values: [
      task.at,
      task.operation ?? 'ec2.stop',
      task.status ?? 'succeeded',
      account,
      region,
      user,
      task.name,
      targets.length,
    ],
  })
  for (const [ordinal, target] of targets.entries()) {
    await database.db.query({
      text: `insert into items${suffix} (account, id, task_id, ordinal, region, target_id, before, after, status, priority)
        values ($2, gen_random_uuid(), uuidv7_floor($1::timestamptz), $3, $4, $5, '{}', '{}', 'succeeded', 0)`,
      values: [task.at, account, ordinal, region, `arn:aws:ec2:${region}:${account}:instance/${target}`],
    })
  }
}

const names = (rows: readonly { reason: string | null }[]): (string | null)[] => rows.map(({ reason }) => reason)

test('pages go through live and finished tasks of all months, the newest first, each once', async () => {
  for (const limit of [1, 2, 3, 10]) {
    const seen: (string | null)[] = []
    let beforeId: string | null = null
    do {
      const { rows, searchedTo } = await listTasks(database.db, {}, { limit, beforeId })
      assert.equal(searchedTo, null)
      const page = rows.slice(0, limit)
      seen.push(...names(page))
      beforeId = rows.length > limit ? (page.at(-1)?.id ?? null) : null
    } while (beforeId !== null)
    assert.deepEqual(seen, newestFirst, `pages of ${limit}`)
  }
})

const filters: [TaskFilter, string[]][] = [
  [{}, newestFirst],
  [{ status: ['failed'] }, ['over', 'january']],
  [{ status: ['succeeded'] }, ['february', 'old']],
  [{ status: ['cancelled', 'paused'] }, ['march', 'paused']],
  [{ status: ['expired'] }, []],
  [{ operation: 'ec2.start' }, ['march', 'january']],
  [{ account: '222222222222' }, ['running', 'february']],
  [{ region: 'us-east-1' }, ['march', 'paused']],
  [{ requestedBy: 'ann' }, ['running', 'january']],
  [{ requestedBy: 'ANN@example.COM' }, ['running', 'january']],
  [{ requestedBy: 'nobody' }, []],
  [{ status: ['failed'], operation: 'ec2.start', requestedBy: 'ann' }, ['january']],
  [{ q: 'NEEDLE' }, ['over', 'february']],
  [{ q: 'needle', account: '222222222222' }, ['february']],
  [{ q: 'ec2.start' }, ['march', 'january']],
  [{ q: '%' }, []],
]

test('each filter finds the same among live and finished tasks, and counts them', async () => {
  for (const [filter, expected] of filters) {
    const { rows } = await listTasks(database.db, filter, { limit: 50, beforeId: null })
    assert.deepEqual(names(rows), expected, JSON.stringify(filter))
    assert.deepEqual(
      await countTasksMatching(database.db, filter),
      { value: expected.length, relation: 'eq' },
      JSON.stringify(filter),
    )
  }
})

test('what few have and what many have comes in the same pages', async () => {
  for (const few of [0, 1, 2, 10_000]) {
    const page = async (beforeId: string | null) =>
      (await listTasks(database.db, { account: '111111111111' }, { limit: 2, beforeId }, undefined, few)).rows
    const first = await page(null)
    assert.deepEqual(names(first), ['over', 'march', 'paused'], `few: ${few}`)
    assert.deepEqual(names(await page(first[1]?.id ?? null)), ['paused', 'january', 'old'], `few: ${few}`)
  }
})

test('a text is looked for among so many tasks at a time; the next page goes on, and the total says that there may be more', async () => {
  const search = async (q: string, searched: { tasks: number; items: number }) => {
    const pages: (string | null)[][] = []
    let beforeId: string | null = null
    do {
      const { rows, searchedTo } = await listTasks(database.db, { q }, { limit: 50, beforeId }, searched)
      pages.push(names(rows))
      beforeId = searchedTo
    } while (beforeId !== null)
    return { pages, total: await countTasksMatching(database.db, { q }, searched) }
  }
  assert.deepEqual(await search('needle', { tasks: 2, items: 100 }), {
    pages: [['over'], ['february'], [], []], // over and march, running and february, paused and january, old
    total: { value: 1, relation: 'gte' },
  })
  // Of one item each but the oldest, which has two.
  assert.deepEqual(await search('i-0old', { tasks: 100, items: 2 }), {
    pages: [[], [], [], ['old']],
    total: { value: 0, relation: 'gte' },
  })
  // A task is searched however many items it has.
  assert.deepEqual((await search('i-0old', { tasks: 100, items: 1 })).pages.at(-1), ['old'])
  assert.deepEqual(await search('i-0old', { tasks: 7, items: 100 }), {
    pages: [['old']],
    total: { value: 1, relation: 'eq' },
  })
})

test('whoever follows the cursors of a search finds all, over pages without any', async () => {
  const reader = createReader({ db: database.db, operation: () => null, searched: { tasks: 1, items: 100 } })
  const found: (string | null)[] = []
  let pages = 0
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof reader.list>> = await reader.list(
      { q: 'needle' },
      { limit: 50, ...(cursor === null ? {} : { cursor }) },
    )
    found.push(...page.items.map(({ reason }) => reason))
    pages += 1
    cursor = page.nextCursor
  } while (cursor !== null)
  assert.deepEqual([found, pages], [['over', 'february'], 7])
})

/** How PostgreSQL would go about what the function asks for, were reading everything no way out. */
const planOf = async (ask: (sql: Sql) => Promise<unknown>): Promise<string> => {
  const asked: Statement[] = []
  await ask({
    query: async (statement: Statement) => {
      asked.push(statement)
      return []
    },
  } as unknown as Sql)
  const [statement] = asked
  assert.ok(statement)
  return database.db.transaction(async (tx) => {
    await tx.query({ text: 'set local enable_seqscan = off' })
    const rows = await tx.query<Record<string, string>>({ ...statement, text: `explain ${statement.text}` })
    return rows.flatMap((row) => Object.values(row)).join('\n')
  })
}

test('pages come in order from the keys of the months, without sorting what there is', async () => {
  const plan = await planOf((sql) => listTasks(sql, {}, { limit: 50, beforeId: null }))
  assert.match(plan, /Merge Append/)
  assert.doesNotMatch(plan, /Sort\b(?! Key)/)
})

test('what few finished tasks have is found by an index', async () => {
  await database.db.query({
    text: `insert into tasks_finished (id, operation, operation_version, status, params, targets, plan, accounts, regions,
        requested_by, priority, total, open)
      select uuidv7_floor('2026-03-12T00:00:00Z'::timestamptz + make_interval(secs => n)), 'ec2.stop', 1, 'succeeded', '{}', '{}',
        '{}', '{1}', '{r}', '{"id":"x","email":"x@example.com"}', 0, 1, 0 from generate_series(1, 20000) n`,
  })
  await database.db.query({ text: 'analyze tasks_finished' })
  for (const [filter, index] of [
    [{ status: ['failed'] }, /2026_03_status/],
    [{ status: ['failed', 'cancelled'] }, /2026_03_status/],
    [{ operation: 'ec2.start' }, /2026_03_operation/],
    [{ account: '222222222222' }, /2026_03_accounts_regions/],
    [{ region: 'us-east-1' }, /2026_03_accounts_regions/],
    [{ requestedBy: 'ann' }, /BitmapOr/],
  ] as [TaskFilter, RegExp][]) {
    assert.match(await planOf((sql) => countTasksMatching(sql, filter)), index, JSON.stringify(filter))
    assert.match(
      await planOf((sql) => listTasks(sql, filter, { limit: 1, beforeId: null })),
      index,
      JSON.stringify(filter),
    )
  }
})
