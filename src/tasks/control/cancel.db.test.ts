import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal, startEngine, testOperation } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import type { Operation, Outcome, Step, StepTarget } from '../operation.ts'
import { cancel } from './cancel.ts'
import { pause } from './pause.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())

const row = async <Row>(text: string, id: string): Promise<Row | undefined> =>
  (await database.db.query<Row>({ text, values: [id] }))[0]
const taskOf = (id: string) =>
  row<{ status: string; open: number; cancelled: number; succeeded: number; finished_at: Date | null }>(
    'select * from tasks where id = $1',
    id,
  )
const itemOf = (taskId: string) =>
  row<{ status: string; step: number; ready_at: Date | null }>('select * from items where task_id = $1', taskId)
const ended = (id: string) =>
  waitFor(`task ${id} to end`, async () => ((await taskOf(id))?.finished_at ? taskOf(id) : null))

const deps = (operation: Operation) => ({
  db: database.db,
  notifier: { nudge: () => {} },
  now: () => new Date(),
  operation: () => operation,
})
const acting = (taskId: string) => ({ principal, taskId, requestId: null })
const act = (run: (targets: readonly StepTarget[]) => Promise<Outcome[]>): Step => ({
  name: 'act',
  description: '',
  kind: 'act',
  effect: 'readable',
  run: (_scope, targets) => run(targets),
})
const done = (targets: readonly StepTarget[]): Outcome[] => targets.map(() => ({ kind: 'done' }))

test('a scheduled task is over only when what a worker had in hand is', async () => {
  let release: () => void = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  let hasActed = false
  const operation = testOperation({
    name: 'test.scheduled',
    steps: [
      act(async (targets) => {
        hasActed = true
        await held
        return done(targets)
      }),
    ],
  })
  // The news that the task began comes after its first effect, and here not at all.
  const engine = await startEngine({
    url: database.url,
    operations: [operation],
    through: (db) => ({
      ...db,
      query: async (statement) => {
        // Its first parameter names the tasks that began.
        const [started] = statement.values ?? []
        const isNewsOfStart = statement.name === 'items.advance' && (started as string[]).length > 0
        return isNewsOfStart ? [] : db.query(statement)
      },
    }),
  })
  await engine.worker.start()
  const task = { ...newTestTask(operation), status: 'scheduled' as const, scheduledFor: new Date() }
  await engine.file(task)
  await waitFor('the effect', () => hasActed)
  assert.equal((await taskOf(task.id))?.status, 'scheduled')
  await cancel(deps(operation), acting(task.id))
  assert.equal((await taskOf(task.id))?.status, 'cancelling')
  release()
  const end = await ended(task.id)
  assert.deepEqual([end.status, end.open, end.succeeded], ['succeeded', 0, 1])
  await engine.stop()
})

test('what a pause held in the middle of its steps comes to its end when the task is cancelled', async () => {
  let isAway = true
  const operation = testOperation({
    name: 'test.held',
    steps: [
      act(async (targets) => done(targets)),
      {
        name: 'wait',
        description: '',
        kind: 'wait',
        timeoutSeconds: 60,
        run: async (_scope, targets) =>
          isAway
            ? targets.map(() => ({ kind: 'failed', code: 'Away', message: 'Away.', retry: 'transient' }))
            : done(targets),
      },
    ],
  })
  const engine = await startEngine({ url: database.url, operations: [operation] })
  await engine.worker.start()
  const task = newTestTask(operation)
  await engine.file(task)
  await waitFor('a failed look', async () => {
    const item = await itemOf(task.id)
    return item?.step === 1 && item.status === 'pending'
  })
  await pause(deps(operation), acting(task.id))
  assert.equal((await itemOf(task.id))?.ready_at, null)
  isAway = false
  await cancel(deps(operation), acting(task.id))
  const end = await ended(task.id)
  assert.deepEqual([end.status, end.open, end.succeeded], ['succeeded', 0, 1])
  await engine.stop()
})
