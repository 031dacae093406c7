import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { isConnectionLost } from './database.ts'
import { createListener } from './listen.ts'
import { migrate } from './migrate.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
  await database.db.query({ text: 'create table notes (text text primary key)' })
})
beforeEach(() => database.db.query({ text: 'truncate notes' }))
after(() => database.drop())

const notes = async (): Promise<string[]> =>
  (await database.db.query<{ text: string }>({ text: 'select text from notes order by text' })).map((row) => row.text)
const insert = (text: string) => ({ name: 'note', text: 'insert into notes values ($1)', values: [text] })

test('a transaction commits, then calls back', async () => {
  const order: string[] = []
  const result = await database.db.transaction(async (tx) => {
    tx.afterCommit(() => order.push(`after ${order.length}`))
    await tx.query(insert('one'))
    await Promise.all([tx.query(insert('three')), tx.query(insert('two'))])
    return 7
  })
  assert.equal(result, 7)
  assert.deepEqual(await notes(), ['one', 'three', 'two'])
  assert.deepEqual(order, ['after 0'])
})

test('a transaction rolls back when its work throws, and calls nobody', async () => {
  let called = false
  await assert.rejects(
    database.db.transaction(async (tx) => {
      tx.afterCommit(() => (called = true))
      await tx.query(insert('gone'))
      throw new Error('changed my mind')
    }),
    /changed my mind/,
  )
  assert.deepEqual(await notes(), [])
  assert.equal(called, false)
})

test('a statement that fails fails the transaction with its own error, and the connection is fine afterwards', async () => {
  await assert.rejects(
    database.db.transaction(async (tx) => {
      await tx.query(insert('same'))
      await tx.query(insert('same'))
    }),
    /duplicate key/,
  )
  assert.deepEqual(await notes(), [])
  assert.deepEqual(await database.db.query({ text: 'select 1 as one' }), [{ one: 1 }], 'the connection is usable')
})

test('a connection that the server ends is told from a wrong statement, and the pool goes on', async () => {
  const lost = await database.db
    .query({ text: 'select pg_terminate_backend(pg_backend_pid())' })
    .catch((error: unknown) => error)
  assert.ok(isConnectionLost(lost), String(lost))
  const wrong = await database.db.query({ text: 'selec 1' }).catch((error: unknown) => error)
  assert.equal(isConnectionLost(wrong), false)
  assert.deepEqual(await database.db.query({ text: 'select 1 as one' }), [{ one: 1 }])
})

test('a connection that is lost between two statements of a transaction is told from a mistake as well', async () => {
  let second: unknown
  const failure = await database.db
    .transaction(async (tx) => {
      const [own] = await tx.query<{ pid: number }>({ text: 'select pg_backend_pid() as pid' })
      await database.db.query({ text: 'select pg_terminate_backend($1, 5000)', values: [own?.pid] })
      await waitFor('the driver to have heard of it', async () => {
        second = await tx.query({ text: 'select 1' }).catch((error: unknown) => error)
        return second instanceof Error && /not queryable/.test(second.message)
      })
      throw second
    })
    .catch((error: unknown) => error)
  assert.ok(isConnectionLost(failure), String(failure))
  assert.deepEqual(await database.db.query({ text: 'select 1 as one' }), [{ one: 1 }], 'it is not used again')
})

test('a server that can not be reached, or not be found, is a lost connection', () => {
  for (const code of ['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'])
    assert.ok(isConnectionLost(Object.assign(new Error(code), { code })), code)
})

test('notifications arrive, also after the connection was lost and made again', async () => {
  const listener = await createListener({
    connectionString: database.url,
    log: createLog({ level: 'silent' }),
    clock: systemClock,
  })
  const notifier = createNotifier(database.db)
  const heard: string[] = []
  let reconnections = 0
  listener.on('news', (payload) => heard.push(payload))
  listener.onReconnect(() => reconnections++)
  // Asked for again and again: LISTEN is on its way when `on` returns.
  await waitFor('the first', () => {
    notifier.nudge('news', 'first')
    return heard.includes('first')
  })
  await database.db.query({
    text: `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'aws-orchestrator listen' and datname = current_database()`,
  })
  await waitFor('the reconnection', () => reconnections === 1)
  notifier.nudge('news', 'second')
  await waitFor('the second', () => heard.includes('second'))
  await listener.close()
})

test('migrations are applied once, and one that was changed afterwards is refused', async () => {
  assert.deepEqual((await migrate(database.db)).applied, [])
  await database.db.query({ text: `update migrations set checksum = 'other' where number = 1` })
  await assert.rejects(migrate(database.db), /0001-events\.sql was applied with other contents/)
})
