import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createLog } from '#platform/log.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal, testOperation } from '../../../test/support/engine.ts'
import { createFiler } from '../queue/file.ts'
import { openQueueDatabase } from '../queue-database.ts'
import { createReader } from '../read/reader.ts'
import { listTaskEvents } from './read-items.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())

test('the events of a task come in the order of their transactions, whatever the number of digits', async () => {
  const id = '01a21d30-0000-7000-8000-000000000000'
  // Transactions that are over long ago; the last of the three happened in the first of them.
  for (const [xid, type] of [
    ['10', 'third'],
    ['9', 'first'],
    ['9', 'second'],
  ] as const)
    await database.db.query({
      text: `insert into events (xid, topics, type, data) values ($1::text::xid8, $2, $3, '{}')`,
      values: [xid, ['tasks', `tasks/${id}`], type],
    })
  const first = await listTaskEvents(database.db, id, { limit: 1, after: null })
  assert.deepEqual(
    first.map(({ type }) => type),
    ['first', 'second'],
  )
  const [begin] = first
  assert.ok(begin)
  const rest = await listTaskEvents(database.db, id, { limit: 10, after: { xid: begin.xid, id: begin.id } })
  assert.deepEqual(
    rest.map(({ type }) => type),
    ['second', 'third'],
  )
})

test('a task comes with as many targets of its plan as are asked for, in their order; with all of them when it is not said', async () => {
  const operation = testOperation({ name: 'test.read' })
  const queue = openQueueDatabase({ connectionString: database.url, log: createLog({ level: 'fatal' }) })
  const filer = createFiler({ db: queue, notifier: createNotifier(queue), onFiled: () => {} })
  const task = newTestTask(operation, { targets: 3 })
  await filer.file({ task, principal, requestId: null })
  await queue.close()
  const reader = createReader({ db: database.db, operation: () => operation })
  const planned = async (options?: { targets: number }): Promise<string[] | undefined> =>
    (await reader.get(task.id, options))?.plan.targets.map(({ id }) => id)
  const all = task.items.map(({ targetId }) => targetId)
  assert.deepEqual(await planned(), all)
  assert.deepEqual(await planned({ targets: 2 }), all.slice(0, 2))
  assert.deepEqual(await planned({ targets: 0 }), [])
})
