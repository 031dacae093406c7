import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createNotifier } from '#platform/events/notifier.ts'
import { createLog } from '#platform/log.ts'
import { uuidv7 } from '#platform/ids.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal, testOperation } from '../../../test/support/engine.ts'
import { openQueueDatabase } from '../queue-database.ts'
import { createFiler } from '../queue/file.ts'
import { createRecorder } from '../queue/record.ts'
import { advanceOf, hold } from '../worker/held-item.ts'
import { claimItems } from './claim-items.ts'
import { insertWorker } from './workers.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())

test('workers that end items of the same tasks at the same time count every one of them, once', async () => {
  const operation = testOperation({ name: 'test.counted' })
  const log = createLog({ level: 'fatal' })
  // Two pools: as two processes would, they wait for each other's row locks.
  const pools = [0, 1].map(() => openQueueDatabase({ connectionString: database.url, log, maxConnections: 4 }))
  const filer = createFiler({
    db: database.db,
    notifier: createNotifier(database.db),
    onFiled: () => {},
  })
  const tasks = [newTestTask(operation, { targets: 200 }), newTestTask(operation, { targets: 200 })]
  await Promise.all(tasks.map((task) => filer.file({ task, principal, requestId: null })))

  await Promise.all(
    pools.map(async (db) => {
      const worker = uuidv7()
      await insertWorker(db, { id: worker, host: 'test', pid: 1, leaseSeconds: 60 })
      const recorder = createRecorder({ db, notifier: createNotifier(db) })
      for (;;) {
        const items = (await claimItems(db, worker, 7)).map((item) => hold(item, worker))
        if (items.length === 0) return
        const advances = items.map((item) => advanceOf(item, { status: 'succeeded' }))
        await Promise.all(advances.map(recorder.advance))
        // Offered again, as after a lost connection: fenced, and counted by nobody.
        assert.deepEqual(
          await Promise.all(advances.map(recorder.advance)),
          advances.map(() => false),
        )
      }
    }),
  )

  for (const { id } of tasks) {
    const [row] = await database.db.query<{ status: string; succeeded: number; open: number }>({
      text: 'select status, succeeded, open from tasks where id = $1',
      values: [id],
    })
    assert.deepEqual(row, { status: 'succeeded', succeeded: 200, open: 0 })
  }
  await Promise.all(pools.map((db) => db.close()))
})
