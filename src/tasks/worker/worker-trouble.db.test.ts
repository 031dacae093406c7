import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Aws } from '#aws/cloud.ts'
import { defineErrors } from '#platform/app-error.ts'
import type { Statement } from '#platform/db/database.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { fakeAws, newTestTask, principal, startEngine, testOperation } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { cancel } from '../control/cancel.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())

const one = async <Row>(text: string, id: string): Promise<Row | undefined> =>
  (await database.db.query<Row>({ text, values: [id] }))[0]
const ended = (id: string) =>
  waitFor('the task to end', () =>
    one<{ status: string }>('select status from tasks where id = $1 and finished_at is not null', id),
  )

// 40P01 deadlock_detected, 53300 too_many_connections, 25006 read_only_sql_transaction (after a failover).
for (const code of ['40P01', '53300', '25006']) {
  test(`a result that the database refuses with ${code} for the moment is written later, not given up`, async () => {
    const operation = testOperation({ name: `test.refused-${code}` })
    let refusals = 0
    const engine = await startEngine({
      url: database.url,
      operations: [operation],
      through: (db) => ({
        ...db,
        query: async <Row>(statement: Statement): Promise<Row[]> => {
          if (statement.name === 'items.advance' && refusals++ < 2) throw Object.assign(new Error('not now'), { code })
          return db.query<Row>(statement)
        },
      }),
    })
    await engine.worker.start()
    const task = newTestTask(operation)
    await engine.file(task)
    assert.equal((await ended(task.id)).status, 'succeeded')
    await engine.stop()
  })
}

test('the items of an account that was removed fail instead of going round for ever', async () => {
  const errors = defineErrors({ account_not_found: { status: 404, title: 'No such account' } })
  const operation = testOperation({ name: 'test.no-account' })
  const aws = {
    ...fakeAws(),
    accounts: {
      get: async () => {
        throw errors.account_not_found('There is no account.')
      },
    },
  } as unknown as Aws // the engine asks nothing else of it
  const engine = await startEngine({ url: database.url, operations: [operation], aws })
  await engine.worker.start()
  const task = newTestTask(operation, { targets: 3 })
  await engine.file(task)
  assert.equal((await ended(task.id)).status, 'failed')
  const item = await one<{ error: { code: string } }>('select error from items where task_id = $1', task.id)
  assert.equal(item?.error.code, 'account_not_found')
  await engine.stop()
})

test('a task of an operation that nobody knows has not begun, and can be cancelled while a worker turns it away', async () => {
  const operation = testOperation({ name: 'test.unknown' })
  let handBack: () => void = () => {}
  const held = new Promise<void>((resolve) => (handBack = resolve))
  const engine = await startEngine({
    url: database.url,
    operations: [],
    through: (db) => ({
      ...db,
      transaction: (work) =>
        db.transaction((tx) =>
          work({
            ...tx,
            query: async <Row>(statement: Statement): Promise<Row[]> => {
              if (statement.name !== 'items.release') return tx.query<Row>(statement)
              await held
              // It would be due in five seconds: nobody waits that long in a test.
              return tx.query<Row>({ ...statement, values: statement.values?.with(5, 0) ?? [] })
            },
          }),
        ),
    }),
  })
  await engine.worker.start()
  const task = newTestTask(operation)
  await engine.file(task)
  await waitFor('the claim', () => one("select 1 from items where task_id = $1 and status = 'running'", task.id))
  const deps = { db: database.db, notifier: { nudge: () => {} }, now: () => new Date(), operation: () => null }
  await cancel(deps, { principal, taskId: task.id, requestId: null })
  handBack()
  assert.equal((await ended(task.id)).status, 'cancelled')
  const started = await one("select 1 from audit where action = 'task.start' and subject_id = $1", task.id)
  assert.equal(started, undefined)
  await engine.stop()
})
