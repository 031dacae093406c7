import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, startEngine, testOperation } from '../../../test/support/engine.ts'
import type { Alarm } from '../alarms.ts'
import { createReader } from '../read/reader.ts'
import type { NewTask } from '../store/file-tasks.ts'
import { detectStuck } from './detect.ts'

const operation = testOperation({ name: 'test.slow' })
let database: Awaited<ReturnType<typeof freshDatabase>>
let engine: Awaited<ReturnType<typeof startEngine>>
before(async () => {
  database = await freshDatabase()
  // Its worker is never started: nothing moves but what the test moves.
  engine = await startEngine({ url: database.url, operations: [operation] })
})
after(async () => {
  await engine.db.close()
  await database.drop()
})
let alarms: Alarm[]
let resolved: number
beforeEach(async () => {
  alarms = []
  resolved = 0
  await database.db.query({ text: 'truncate tasks, items, workers, task_progress' })
})

const file = async (expectedSeconds: number): Promise<NewTask> => {
  const task = newTestTask(operation, { targets: 2 })
  task.plan.expectedSeconds = { calls: 0, waits: expectedSeconds, total: expectedSeconds }
  await engine.file(task)
  return task
}
const look = () =>
  detectStuck(
    {
      db: engine.db,
      alarms: { raise: async (alarm) => void alarms.push(alarm), resolve: async () => void resolved++ },
    },
    { leastSeconds: 0 },
  )
/** As if the task had stood still for so long. */
const pass = (seconds: number) =>
  database.db.query({
    text: 'update task_progress set moved_at = moved_at - make_interval(secs => $1)',
    values: [seconds],
  })
const set = (text: string) => database.db.query({ text: `update items set ${text}` })
const reader = () => createReader({ db: database.db, operation: () => operation, now: () => new Date() })
const stuck = async (task: NewTask) => (await reader().get(task.id))?.stuck?.why

test('a task that stands still for three times what its plan expects is stuck, is told of once, and clears by itself', async () => {
  const task = await file(100)
  await look()
  await pass(200)
  await look()
  assert.equal(alarms.length, 0)
  await pass(101)
  await look()
  await look()
  assert.deepEqual(
    alarms.map(({ subject }) => subject?.id),
    [task.id],
  )
  assert.match((await stuck(task)) ?? '', /2 of its items are due, and no worker is alive/)
  assert.deepEqual(
    (await reader().queue()).stuck.map(({ task: id }) => id),
    [task.id],
  )

  const before = resolved
  await set('step = 1')
  await look()
  assert.equal(await stuck(task), undefined)
  assert.deepEqual([resolved - before, (await reader().queue()).stuck], [1, []])
})

test('what is with a worker whose lease is over, and not taken over, is said', async () => {
  const task = await file(1)
  await set(`status = 'running', worker = gen_random_uuid()`)
  await look()
  await pass(10)
  await look()
  assert.match((await stuck(task)) ?? '', /2 of its items are with workers whose lease is over/)
})

test('what is held, or due much later, is not expected to move', async () => {
  const task = await file(1)
  for (const ready of ['null', `now() + interval '1 hour'`]) {
    await set(`ready_at = ${ready}`)
    await look()
    await pass(1_000_000)
    await look()
    assert.equal(await stuck(task), undefined, ready)
  }
  assert.deepEqual(alarms, [])
})

test('a task that ends is forgotten', async () => {
  await file(1)
  await look()
  await pass(10)
  await look()
  assert.equal(alarms.length, 1)
  await database.db.query({ text: `update tasks set finished_at = now(), status = 'failed', open = 0` })
  await look()
  assert.deepEqual(await database.db.query({ text: 'select * from task_progress' }), [])
})
