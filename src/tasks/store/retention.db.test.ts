import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { besides, dropOldTasks, firstKeptMonth } from './retention.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())

test('months are kept whole, this one and so many before it', () => {
  assert.equal(firstKeptMonth(new Date('2026-11-27T13:00:00Z'), 13).toISOString(), '2025-10-01T00:00:00.000Z')
  assert.equal(firstKeptMonth(new Date('2026-01-31T23:59:59Z'), 1).toISOString(), '2025-12-01T00:00:00.000Z')
})

test('old months go with their items, approvals and dead letters; younger ones and live tasks stay', async () => {
  const { db } = database
  await db.query({ text: `select ensure_finished_partitions('2025-01-15T00:00:00Z')` }) // January, February and March
  const insert = (table: 'tasks' | 'tasks_finished', at: string) =>
    db.query<{ id: string }>({
      text: `insert into ${table} (id, operation, operation_version, status, params, targets, plan, accounts, regions,
          requested_by, priority, total, open, finished_at)
        values (uuidv7_floor($1::timestamptz), 'x', 1, 'failed', '{}', '{}', '{}', '{}', '{}', '{}', 0, 1, 0,
          case when $2 then now() end) returning id`,
      values: [at, table === 'tasks_finished'],
    })
  const hang = async (id: string): Promise<void> => {
    await db.query({
      text: `insert into items_finished (account, id, task_id, ordinal, region, target_id, before, after, status, priority)
        values ('1', gen_random_uuid(), $1, 0, 'r', 't', '{}', '{}', 'failed', 0)`,
      values: [id],
    })
    await db.query({
      text: `insert into task_approvals (task_id, by_id, by_email, decision, plan_hash, self_approved)
        values ($1, 'a', 'a@example.com', 'approved', 'h', false)`,
      values: [id],
    })
    await db.query({
      text: `insert into dead_letters (id, task_id, ordinal, account, region, target_id, operation, cause, error, attempts,
          workers_lost, requested_by)
        values (gen_random_uuid(), $1, 0, '1', 'r', 't', 'x', 'worker_lost', '{}', 1, 6, '{}')`,
      values: [id],
    })
  }
  const ids = new Map<string, string>()
  for (const [name, table, at] of [
    ['rest', 'tasks_finished', '2024-12-31T23:59:59Z'],
    ['january', 'tasks_finished', '2025-01-20T00:00:00Z'],
    ['february', 'tasks_finished', '2025-02-28T23:59:59Z'],
    ['march', 'tasks_finished', '2025-03-01T00:00:00Z'],
    ['live', 'tasks', '2025-01-21T00:00:00Z'],
  ] as const) {
    const [row] = await insert(table, at)
    assert.ok(row)
    ids.set(name, row.id)
    await hang(row.id)
  }

  const dropped = await dropOldTasks(db, new Date('2025-03-01T00:00:00Z'))
  assert.deepEqual(dropped, [
    'items_finished_2025_01',
    'items_finished_2025_02',
    'tasks_finished_2025_01',
    'tasks_finished_2025_02',
  ])
  const left = async (text: string) => {
    const rows = await db.query<{ id: string }>({ text })
    return [...ids].filter(([, id]) => rows.some((row) => row.id === id)).map(([name]) => name)
  }
  assert.deepEqual(await left('select id from all_tasks'), ['march', 'live'])
  assert.deepEqual(await left('select task_id as id from items_finished'), ['march'])
  assert.deepEqual(await left('select task_id as id from task_approvals'), ['march', 'live'])
  assert.deepEqual(await left('select task_id as id from dead_letters'), ['march', 'live'])
  assert.deepEqual(await dropOldTasks(db, new Date('2025-03-01T00:00:00Z')), [])
})

// Of these the rows are not the task's own, or go by a retention of theirs.
const others = [
  'items',
  'items_finished',
  'idempotency',
  'schedule_runs',
  'task_webhook_states',
  'task_progress',
  'resource_touches',
]

test('every table that names a task is one whose rows go with it', async () => {
  const rows = await database.db.query<{ name: string }>({
    text: `select table_name::text as name from information_schema.columns
      join information_schema.tables using (table_schema, table_name)
      where table_schema = 'public' and column_name = 'task_id' and table_type = 'BASE TABLE'`,
  })
  const named = rows.map(({ name }) => name).filter((name) => !/^items_(finished_)?(\d|rest)/.test(name))
  assert.deepEqual(named.filter((name) => !others.includes(name)).toSorted(), [...besides].toSorted())
})
