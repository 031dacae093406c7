import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { uuidv7 } from '#platform/ids.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { insertWorker, recoverItems, releaseStrays, renewLease } from './workers.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())

/** An item in a worker's hands, as its claim left it. */
const runningItem = async (worker: string, attempt = 1): Promise<string> => {
  const id = uuidv7()
  await database.db.query({
    text: `insert into items (account, id, task_id, ordinal, region, target_id, before, after, status, priority, worker, attempt)
      values ('a', $1, $1, 0, 'r', 'x', '{}', '{}', 'running', 0, $2, $3)`,
    values: [id, worker, attempt],
  })
  return id
}

test('a renewal that is slow to commit keeps its items, or is told that they are gone: never both', async () => {
  const worker = uuidv7()
  await insertWorker(database.db, { id: worker, host: 'h', pid: 1, leaseSeconds: 0.3 })
  const id = await runningItem(worker)
  let recovery: ReturnType<typeof recoverItems> | undefined
  const isRenewed = await database.db.transaction(async (tx) => {
    const renewed = await renewLease(tx, worker, 60)
    await waitFor('the old lease to run out', async () => {
      const [row] = await database.db.query<{ over: boolean }>({
        text: 'select lease_until < now() as over from workers where id = $1',
        values: [worker],
      })
      return row?.over
    })
    recovery = recoverItems(database.db)
    // It waits for the renewal, or it would have to be seen among the recovered.
    await Promise.race([
      recovery,
      waitFor('the recovery to wait', async () => {
        const [row] = await database.db.query<{ waits: boolean }>({
          text: `select exists (select 1 from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock') as waits`,
        })
        return row?.waits
      }),
    ])
    return renewed
  })
  const recovered = (await recovery)?.some((item) => item.id === id)
  assert.notEqual(recovered, isRenewed)
})

test('a lease that was given up can not be renewed any more', async () => {
  const worker = uuidv7()
  await insertWorker(database.db, { id: worker, host: 'h', pid: 1, leaseSeconds: -1 })
  const id = await runningItem(worker)
  const recovered = await recoverItems(database.db)
  assert.ok(recovered.some((item) => item.id === id && item.worker === worker))
  assert.equal(await renewLease(database.db, worker, 60), false)
})

test('an item that was claimed again is a stray, though a batch still lists its claim before', async () => {
  const worker = uuidv7()
  const again = await runningItem(worker, 2)
  const inHand = await runningItem(worker, 1)
  const strays = await releaseStrays(database.db, worker, [
    { id: again, attempt: 1 },
    { id: inHand, attempt: 1 },
  ])
  assert.deepEqual(
    strays.map((item) => item.id),
    [again],
  )
})
