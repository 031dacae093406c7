import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { appendEvents } from './append.ts'
import { maintainEvents } from './maintenance.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => void (database = await freshDatabase()))
after(() => database.drop())

const insertAt = (at: string) =>
  database.db.query<{ cursor: string; table: string }>({
    text: `insert into events (at, topics, type, data) values ($1, '{tasks}', 'x', '{}') returning xid || '-' || id as cursor, tableoid::regclass::text as table`,
    values: [at],
  })
const droppedUpTo = async () =>
  (await database.db.query<{ cursor: string }>({ text: `select xid || '-' || id as cursor from events_dropped` }))[0]
    ?.cursor

test('partitions are made ahead and dropped whole after the retention, and the cut is remembered', async () => {
  const { db } = database
  const run = (now: string) => maintainEvents(db, { now: new Date(now), retentionDays: 7 })
  assert.deepEqual(await run('2030-01-01T12:00:00Z'), {
    created: ['events_20300102', 'events_20300103', 'events_20300104'],
    dropped: [],
  })
  assert.deepEqual(await run('2030-01-01T13:00:00Z'), { created: [], dropped: [] })

  const [first] = await insertAt('2030-01-01T12:00:00Z')
  const [second] = await insertAt('2030-01-02T23:59:59Z')
  const [third] = await insertAt('2030-01-03T00:00:00Z')
  assert.deepEqual(
    [first?.table, second?.table, third?.table],
    ['events_default', 'events_20300102', 'events_20300103'],
  )

  assert.deepEqual((await run('2030-01-09T00:30:00Z'))?.dropped, [])
  assert.equal(await droppedUpTo(), first?.cursor)
  assert.deepEqual((await run('2030-01-10T00:30:00Z'))?.dropped, ['events_20300102'])
  assert.equal(await droppedUpTo(), second?.cursor)
  const left = await db.query<{ cursor: string }>({ text: `select xid || '-' || id as cursor from events` })
  assert.deepEqual(left, [{ cursor: third?.cursor }])
})

test('events are numbered through, whichever partition they fall into', async () => {
  const { db } = database
  await appendEvents(db, [
    { topics: ['tasks'], type: 'a', data: {} },
    { topics: ['tasks'], type: 'b', data: {} },
  ])
  const rows = await db.query<{ type: string }>({
    text: `select type from events where type in ('a', 'b') order by xid, id`,
  })
  assert.deepEqual(
    rows.map((row) => row.type),
    ['a', 'b'],
  )
})
