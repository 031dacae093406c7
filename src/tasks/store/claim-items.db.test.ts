import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Database, Statement } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { openQueueDatabase } from '../queue-database.ts'
import { claimItems } from './claim-items.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let queue: Database
before(async () => {
  database = await freshDatabase()
  queue = openQueueDatabase({ connectionString: database.url, log: createLog({ level: 'fatal' }) })
})
after(async () => {
  await queue.close()
  await database.drop()
})

/** So many tasks of so many items each. */
const file = (tasks: number, items: number, status: 'pending' | 'succeeded'): Promise<unknown> =>
  database.db.query({
    text: `with filed as (
        insert into tasks (id, operation, operation_version, status, params, targets, plan, accounts, regions, requested_by,
          priority, total, open)
        select uuidv7(), 'test.x', 1, 'running', '{"a":1}', '{}', '{}', '{a}', '{r}', '{}', 0, $2, $2
        from generate_series(1, $1) returning id)
      insert into items (account, id, task_id, ordinal, region, target_id, before, after, status, ready_at, priority)
      select 'a', uuidv7(), id, n, 'r', 'x', '{}', '{}', $3, case when $3 = 'pending' then now() end, 0
      from filed, generate_series(0, $2 - 1) n`,
    values: [tasks, items, status],
  })

type Node = { 'Rows Removed by Join Filter'?: number; 'Rows Removed by Filter'?: number; Plans?: Node[] }
const removed = (node: Node): number =>
  (node['Rows Removed by Join Filter'] ?? 0) +
  (node['Rows Removed by Filter'] ?? 0) +
  (node.Plans ?? []).reduce((sum, child) => sum + removed(child), 0)

test('a claim touches the items it takes, of a large task too where the planner has seen only small ones', async () => {
  await file(24_000, 1, 'succeeded')
  await database.db.query({ text: 'vacuum analyze tasks, items' })
  await file(1, 2_000, 'pending')
  let plan: Node | undefined
  // As the worker's connections plan it: once, for whatever values.
  const explaining = {
    query: async <Row>({ text, values }: Statement): Promise<Row[]> => {
      const [worker, limit] = values ?? []
      await queue.transaction(async (tx) => {
        await tx.query({ text: `prepare claim (uuid, int, uuid[]) as ${text}` })
        const [row] = await tx.query<{ 'QUERY PLAN': [{ Plan: Node }] }>({
          text: `explain (analyze, format json) execute claim ('${String(worker)}', ${Number(limit)}, '{}')`,
        })
        plan = row?.['QUERY PLAN'][0].Plan
        await tx.query({ text: 'deallocate claim' })
      })
      return []
    },
  }
  // The first rows of a table are found by any plan.
  assert.equal((await claimItems(queue, uuidv7(), 500)).length, 500)
  await claimItems(explaining, uuidv7(), 50)
  assert.ok(plan !== undefined && removed(plan) < 50, JSON.stringify(plan))
  const [next, ...others] = await claimItems(queue, uuidv7(), 50)
  assert.deepEqual([next?.params, next?.taskItems, next?.taskStatus, next?.attempt], [{ a: 1 }, 2_000, 'running', 1])
  assert.deepEqual(
    [next, ...others].map((item) => item?.ordinal),
    Array.from({ length: 50 }, (_, n) => 550 + n),
  )
})
