import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createNotifier } from '#platform/events/notifier.ts'
import { uuidv7 } from '#platform/ids.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal, startEngine, testOperation } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { firstActsOf } from '../freezes/hold.ts'
import { advanceItems } from '../store/advance-items.ts'
import { claimItems } from '../store/claim-items.ts'
import { insertWorker } from '../store/workers.ts'
import { advanceOf, hold } from '../worker/held-item.ts'
import { pause, resume } from './pause.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())

const acting = (taskId: string) => ({ principal, taskId, requestId: null })
const itemsOf = (taskId: string) =>
  database.db.query<{ status: string; ready_at: Date | null; step: number }>({
    text: 'select status, ready_at, step from items where task_id = $1',
    values: [taskId],
  })

test('what a worker has claimed and not begun is put back when its task is paused, and begins when it is resumed', async () => {
  let goOn = (): void => {}
  const looked = new Promise<void>((resolve) => (goOn = resolve))
  let checks = 0
  let acts = 0
  const operation = testOperation({
    name: 'test.paused',
    steps: [
      {
        name: 'check',
        description: '',
        kind: 'check',
        run: async (_scope, targets) => {
          checks++
          await looked
          return targets.map(() => ({ kind: 'done' as const }))
        },
      },
      {
        name: 'act',
        description: '',
        kind: 'act',
        effect: 'readable',
        run: async (_scope, targets) => {
          acts++
          return targets.map(() => ({ kind: 'done' as const }))
        },
      },
    ],
  })
  let looks = 0
  const engine = await startEngine({
    url: database.url,
    operations: [operation],
    leaseSeconds: 3,
    through: (db) => ({
      ...db,
      query: (statement) => {
        if (statement.name === 'tasks.decided') looks++
        return db.query(statement)
      },
    }),
  })
  const deps = {
    db: database.db,
    notifier: createNotifier(database.db),
    now: () => new Date(),
    firstActs: firstActsOf([operation]),
  }
  try {
    await engine.worker.start()
    const task = newTestTask(operation, { targets: 3 })
    await engine.file(task)
    await waitFor('all to be looked at', () => checks === 3)
    await pause(deps, acting(task.id))
    // It looks by itself as well: the news may get lost.
    const before = looks
    await waitFor('the worker to know', () => looks > before + 1)
    goOn()
    await waitFor('all to be put back', async () =>
      (await itemsOf(task.id)).every(({ status, ready_at: readyAt }) => status === 'pending' && readyAt === null),
    )
    assert.equal(acts, 0)
    await resume(deps, acting(task.id))
    await waitFor('all to end', async () => (await itemsOf(task.id)).every(({ status }) => status === 'succeeded'))
    assert.equal(acts, 3)
  } finally {
    goOn()
    await engine.stop()
  }
})

test('an item that is put back after its task was resumed is due at once', async () => {
  const operation = testOperation({ name: 'test.resumed' })
  const engine = await startEngine({ url: database.url, operations: [operation] })
  try {
    const task = newTestTask(operation)
    await engine.file(task)
    const worker = uuidv7()
    await insertWorker(database.db, { id: worker, host: 'h', pid: 1, leaseSeconds: 60 })
    const [item] = (await claimItems(database.db, worker, 1)).map((claimed) => hold(claimed, worker))
    assert.ok(item)
    await advanceItems(database.db, {
      advances: [advanceOf(item, { status: 'pending', isHeld: true })],
      started: [],
      progress: [],
    })
    const [row] = await itemsOf(task.id)
    assert.equal(row?.status, 'pending')
    assert.ok(row.ready_at !== null && row.ready_at <= new Date())
  } finally {
    await engine.stop()
  }
})
