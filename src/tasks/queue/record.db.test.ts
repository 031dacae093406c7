import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Database } from '#platform/db/database.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { uuidv7 } from '#platform/ids.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal, testOperation } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { claimItems } from '../store/claim-items.ts'
import { insertWorker } from '../store/workers.ts'
import { advanceOf, afterAdvance, hold } from '../worker/held-item.ts'
import { createFiler } from './file.ts'
import { createRecorder } from './record.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => void (database = await freshDatabase()))
after(() => database.drop())

test('an item that ends while it is on its way to be told that it goes on is not told to go on after its end', async () => {
  const notifier = createNotifier(database.db)
  const task = newTestTask(testOperation({ name: 'test.overtaken' }), { targets: 2 })
  const filer = createFiler({ db: database.db, notifier, onFiled: () => {} })
  await filer.file({ task, principal, requestId: null })
  const worker = uuidv7()
  await insertWorker(database.db, { id: worker, host: 'test', pid: 1, leaseSeconds: 3600 })
  const items = (await claimItems(database.db, worker, 2)).map((item) => hold(item, worker))
  const [first, second] = items
  assert.ok(first && second)

  const answered = Promise.withResolvers<void>()
  let areRowsWritten = false
  const db: Database = {
    ...database.db,
    query: async (statement) => {
      const rows = await database.db.query<never>(statement)
      if (statement.name === 'items.advance-steps') {
        areRowsWritten = true
        await answered.promise
      }
      return rows
    },
  }
  const recorder = createRecorder({ db, notifier })
  const stepped = items.map((item) => advanceOf(item, { step: 1 }))
  await Promise.all(stepped.map(recorder.advance))
  await waitFor('their rows to follow', () => areRowsWritten)
  const end = advanceOf(afterAdvance(first, stepped[0]!), { status: 'succeeded' }) // one for each item
  assert.equal(await recorder.advance(end), true)
  answered.resolve()
  await recorder.idle()

  const events = await database.db.query<{ type: string; data: { items?: { id: string; status: string }[] } }>({
    text: `select type, data from events where topics @> array[$1] order by xid, id`,
    values: [`tasks/${task.id}`],
  })
  const told = events.flatMap(({ data }) => data.items ?? []).filter(({ id }) => id === first.id)
  assert.deepEqual(
    told.map(({ status }) => status),
    ['succeeded'],
  )
  const progress = events.filter(({ type }) => type === 'task.progress').flatMap(({ data }) => data.items ?? [])
  assert.deepEqual(
    progress.map(({ id, status }) => [id, status]),
    [[second.id, 'running']],
  )
})
