import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { uuidv7 } from '#platform/ids.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { advanceOf, afterAdvance, hold } from '../worker/held-item.ts'
import type { HeldItem } from '../worker/held-item.ts'
import { advanceItems } from './advance-items.ts'
import { advanceSteps } from './advance-steps.ts'
import { claimItems } from './claim-items.ts'
import { appendJournal, deleteDeadJournals, trimJournal } from './journal.ts'
import { insertWorker, recoverItems, releaseStrays } from './workers.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())

type Row = {
  status: string
  step: number
  move: number
  steps: { name: string }[]
  is_armed: boolean
  is_doubtful: boolean
  is_compensating: boolean
  actual: unknown
  error: unknown
  step_started_at: Date | null
  worker: string | null
  ready_at: Date | null
}
const rowOf = async (id: string): Promise<Row> => {
  const [row] = await database.db.query<Row>({ text: 'select * from items where id = $1', values: [id] })
  return row ?? assert.fail(`no item ${id}`)
}
const linesOf = async (worker: string): Promise<number> => {
  const [row] = await database.db.query<{ count: number }>({
    text: 'select count(*)::int as count from journal where worker = $1',
    values: [worker],
  })
  return row?.count ?? 0
}

/** A live worker with so many items in its hands, each of a task of its own. */
const workerWith = async (count: number): Promise<{ worker: string; items: HeldItem[] }> => {
  const worker = uuidv7()
  await insertWorker(database.db, { id: worker, host: 'h', pid: 1, leaseSeconds: 60 })
  await database.db.query({
    text: `with filed as (
        insert into tasks (id, operation, operation_version, status, params, targets, plan, accounts, regions, requested_by,
          priority, total, open)
        select uuidv7(), 'test.x', 1, 'queued', '{}', '{}', '{}', '{a}', '{r}', '{}', 0, 1, 1 from generate_series(1, $1)
        returning id)
      insert into items (account, id, task_id, ordinal, region, target_id, before, after, status, ready_at, priority)
      select 'a', id, id, 0, 'r', 'x', '{}', '{}', 'pending', now(), 0 from filed`,
    values: [count],
  })
  const items = (await claimItems(database.db, worker, count)).map((item) => hold(item, worker))
  assert.equal(items.length, count)
  return { worker, items }
}

const ended = (name: string) => ({
  name,
  status: 'succeeded' as const,
  attempt: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:01.000Z',
})
const loseLease = (worker: string): Promise<unknown> =>
  database.db.query({
    text: `update workers set lease_until = now() - interval '1 second' where id = $1`,
    values: [worker],
  })

test('what a lost worker had on record in its journal only is what its successor finds', async () => {
  const { worker, items } = await workerWith(3)
  const [first, second, third] = items as [HeldItem, HeldItem, HeldItem] // so many were claimed
  const at = new Date('2026-03-04T05:06:07.089Z')
  const one = advanceOf(first, { step: 1, stepStartedAt: at, steps: [ended('a')] })
  const two = advanceOf(afterAdvance(first, one), {
    step: 2,
    steps: [ended('a'), ended('b')],
    actual: { 'ümlaut "x"': 1 },
  })
  const armed = advanceOf(second, { isArmed: true, isCompensating: true, error: { code: 'x', message: 'why' } })
  assert.equal(await appendJournal(database.db, worker, 0, [one, armed]), true)
  assert.equal(await appendJournal(database.db, worker, 10, [two]), true)
  assert.equal((await rowOf(first.id)).step, 0)

  await loseLease(worker)
  const recovered = await recoverItems(database.db)
  assert.deepEqual(recovered.map(({ id }) => id).toSorted(), [first.id, second.id, third.id].toSorted())
  const row = await rowOf(first.id)
  assert.deepEqual(
    { step: row.step, move: row.move, steps: row.steps, actual: row.actual, at: row.step_started_at },
    { step: 2, move: 2, steps: [ended('a'), ended('b')], actual: { 'ümlaut "x"': 1 }, at },
  )
  assert.deepEqual([row.status, row.worker, row.is_doubtful], ['pending', null, true])
  const other = await rowOf(second.id)
  assert.deepEqual([other.is_armed, other.is_compensating, other.error], [true, true, { code: 'x', message: 'why' }])
  assert.equal((await rowOf(third.id)).step, 0)
  await deleteDeadJournals(database.db)
  assert.equal(await linesOf(worker), 0)
})

test('a worker whose lease was given up can not write to its journal any more', async () => {
  const { worker, items } = await workerWith(1)
  const item = items[0]! // one was claimed
  await loseLease(worker)
  await recoverItems(database.db)
  assert.equal(await appendJournal(database.db, worker, 0, [advanceOf(item, { step: 1 })]), false)
  assert.equal(await linesOf(worker), 0)
})

test('a line that is slow to commit is waited for by who gives the lease up, and counts', async () => {
  const { worker, items } = await workerWith(1)
  const item = items[0]! // one was claimed
  let recovery: ReturnType<typeof recoverItems> | undefined
  await database.db.transaction(async (tx) => {
    await tx.query({
      text: `update workers set lease_until = clock_timestamp() + interval '5 s' where id = $1`,
      values: [worker],
    })
    assert.equal(await appendJournal(tx, worker, 0, [advanceOf(item, { step: 1 })]), true)
    await waitFor('the lease to run out', async () => {
      const [row] = await tx.query<{ over: boolean }>({
        text: 'select lease_until < clock_timestamp() as over from workers where id = $1',
        values: [worker],
      })
      return row?.over
    })
    // The row that the recovery sees is the old one, whose lease it takes for over.
    await database.db.query({ text: 'select 1' })
    recovery = recoverItems(database.db)
  })
  await recovery
  await loseLease(worker)
  await recoverItems(database.db)
  assert.equal((await rowOf(item.id)).step, 1)
})

test('a row that says more than the journal is left alone, and one of another claim too', async () => {
  const { worker, items } = await workerWith(2)
  const [first, second] = items as [HeldItem, HeldItem] // so many were claimed
  const one = advanceOf(first, { step: 1, steps: [ended('a')] })
  const two = advanceOf(afterAdvance(first, one), { step: 2, steps: [ended('a'), ended('b')] })
  await appendJournal(database.db, worker, 0, [one])
  await advanceSteps(database.db, [two])
  // Repeated, and late: neither takes the row back.
  await advanceSteps(database.db, [two])
  await advanceSteps(database.db, [one])
  assert.deepEqual([(await rowOf(first.id)).step, (await rowOf(first.id)).move], [2, 2])

  const stale = { ...advanceOf(second, { step: 1 }), attempt: second.attempt - 1 }
  await appendJournal(database.db, worker, 10, [stale])
  await loseLease(worker)
  await recoverItems(database.db)
  assert.equal((await rowOf(first.id)).step, 2)
  assert.equal((await rowOf(second.id)).step, 0)
})

test('an item that ended is not brought back by what the journal still has of it', async () => {
  const { worker, items } = await workerWith(1)
  const item = items[0]! // one was claimed
  const one = advanceOf(item, { step: 1, steps: [ended('a')] })
  await appendJournal(database.db, worker, 0, [one])
  const end = advanceOf(afterAdvance(item, one), { status: 'succeeded', steps: [ended('a'), ended('b')] })
  assert.deepEqual(await advanceItems(database.db, { advances: [end], started: [], progress: [] }), new Set([item.id]))
  await loseLease(worker)
  assert.deepEqual(await recoverItems(database.db), [])
  const row = await rowOf(item.id)
  assert.deepEqual([row.status, row.steps.length, row.ready_at], ['succeeded', 2, null])
})

test('strays of a living worker are taken back as its journal has them', async () => {
  const { worker, items } = await workerWith(1)
  const item = items[0]! // one was claimed
  await appendJournal(database.db, worker, 0, [advanceOf(item, { step: 1, steps: [ended('a')] })])
  assert.deepEqual(await releaseStrays(database.db, worker, []), [{ id: item.id }])
  const row = await rowOf(item.id)
  assert.deepEqual([row.status, row.step, row.is_doubtful], ['pending', 1, true])
})

test('many places go into rows below a page, and all of them count', async () => {
  const { worker, items } = await workerWith(200)
  const advances = items.map((item) => advanceOf(item, { step: 1, steps: [ended('a')] }))
  await appendJournal(database.db, worker, 0, advances)
  const [row] = await database.db.query<{ lines: number; longest: number }>({
    text: 'select count(*)::int as lines, max(length(places))::int as longest from journal where worker = $1',
    values: [worker],
  })
  assert.ok(row !== undefined && row.lines > 1 && row.longest < 8_000, JSON.stringify(row))
  await loseLease(worker)
  await recoverItems(database.db)
  for (const item of items) assert.equal((await rowOf(item.id)).step, 1)
})

test('what is trimmed is what comes before, of this worker', async () => {
  const { worker, items } = await workerWith(1)
  const item = items[0]! // one was claimed
  for (const seq of [0, 10, 20]) await appendJournal(database.db, worker, seq, [advanceOf(item, { step: 1 })])
  await trimJournal(database.db, worker, 20)
  assert.equal(await linesOf(worker), 1)
  await trimJournal(database.db, uuidv7(), 1_000)
  assert.equal(await linesOf(worker), 1)
})
