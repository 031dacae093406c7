import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, startEngine, testOperation } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import type { Database } from '#platform/db/database.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())

const countIn = (text: string, name: string): number => text.split(name).length - 1

/** Counts statements by name, and can lose the answer to one: what it did stays done. */
const watch = () => {
  const names: string[] = []
  let loses: string | null = null
  const through = (db: Database): Database => ({
    ...db,
    query: async (statement) => {
      names.push(statement.name ?? '')
      const rows = await db.query<never>(statement)
      if (statement.name === loses) {
        loses = null
        throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' })
      }
      return rows
    },
  })
  return {
    through,
    loseNext: (name: string): void => void (loses = name),
    claims: (): number => countIn(names.join(), 'items.claim'),
  }
}

const itemsOf = (taskId: string) =>
  database.db.query<{ status: string; attempt: number; recoveries: number }>({
    text: 'select status, attempt, recoveries from items where task_id = $1 order by ordinal',
    values: [taskId],
  })
const isOver = async (taskId: string): Promise<boolean> => {
  const [row] = await database.db.query<{ over: boolean }>({
    text: 'select finished_at is not null as over from tasks where id = $1',
    values: [taskId],
  })
  return row?.over ?? false
}

test('what is filed beside an idle worker begins without a claim, and ends like everything else', async () => {
  const operation = testOperation({ name: 'test.handed' })
  const watched = watch()
  // The poll alone would claim every second.
  const engine = await startEngine({ url: database.url, operations: [operation], through: watched.through })
  try {
    await engine.worker.start()
    await waitFor('the first look at the queue', () => watched.claims() > 0)
    await waitFor('a worker that takes', async () => {
      const task = newTestTask(operation, { targets: 3 })
      await engine.file(task)
      const items = await itemsOf(task.id)
      await waitFor('the task to end', () => isOver(task.id))
      assert.deepEqual(
        (await itemsOf(task.id)).map(({ status, attempt }) => [status, attempt]),
        Array.from({ length: 3 }, () => ['succeeded', 1]),
      )
      return items.every(({ attempt }) => attempt === 1)
    })
  } finally {
    await engine.stop()
  }
})

test('nobody is overtaken: while others wait in the queue, what is filed waits behind them', async () => {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  const begun: string[] = []
  const operation = testOperation({
    name: 'test.behind',
    steps: [
      {
        name: 'act',
        description: '',
        kind: 'act',
        effect: 'readable',
        run: async (_scope, targets) => {
          begun.push(...targets.map(({ id }) => id))
          await held
          return targets.map(() => ({ kind: 'done' as const }))
        },
      },
    ],
  })
  const engine = await startEngine({ url: database.url, operations: [operation], concurrency: 2 })
  try {
    await engine.worker.start()
    // Two at work, two in the buffer, the rest in the queue.
    const many = newTestTask(operation, { targets: 8 })
    await engine.file(many)
    await waitFor('two to begin', () => begun.length === 2)
    const late = newTestTask(operation)
    await engine.file(late)
    assert.deepEqual(
      (await itemsOf(late.id)).map(({ status, attempt }) => [status, attempt]),
      [['pending', 0]],
    )
    release()
    await waitFor('all to end', async () => (await isOver(many.id)) && (await isOver(late.id)))
  } finally {
    release()
    await engine.stop()
  }
})

test('the answer to a filing is lost with the connection: what was filed as in hand is not held for ever', async () => {
  const operation = testOperation({ name: 'test.lost-filing' })
  const watched = watch()
  const engine = await startEngine({ url: database.url, operations: [operation], through: watched.through })
  try {
    await engine.worker.start()
    await waitFor('the first look at the queue', () => watched.claims() > 0)
    const task = newTestTask(operation)
    watched.loseNext('tasks.file')
    await assert.rejects(engine.file(task), /Connection terminated/)
    await waitFor('the task to end', () => isOver(task.id))
    assert.equal((await itemsOf(task.id))[0]?.status, 'succeeded')
  } finally {
    await engine.stop()
  }
})

test('a worker that loses its lease between the filing and the beginning does not begin', async () => {
  const operation = testOperation({ name: 'test.lost-lease' })
  const engine = await startEngine({ url: database.url, operations: [operation], leaseSeconds: 4 })
  const heir = await startEngine({ url: database.url, operations: [operation], leaseSeconds: 4 })
  try {
    await engine.worker.start()
    const reservation = await waitFor('a place', () => engine.worker.handOff.reserve(1))
    // Filed as in the hands of that worker, and never received: as if the process had died.
    const task = newTestTask(operation)
    const { fileTasks } = await import('../store/file-tasks.ts')
    await fileTasks(database.db, [
      {
        task,
        idempotency: null,
        claim: { worker: reservation.worker, at: new Date() },
        actor: { id: 'system' },
        requestId: null,
        audit: {},
        event: {},
      },
    ])
    await database.db.query({
      text: `update workers set lease_until = now() - interval '1 second' where id = $1`,
      values: [reservation.worker],
    })
    await heir.worker.start()
    await waitFor('the task to end', () => isOver(task.id))
    const [item] = await itemsOf(task.id)
    assert.equal(item?.status, 'succeeded')
    assert.ok(item.recoveries >= 1)
    reservation.receive([])
  } finally {
    await engine.stop()
    await heir.stop()
  }
})
