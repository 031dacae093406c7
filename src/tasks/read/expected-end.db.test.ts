import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, startEngine, testOperation } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import type { Outcome, Step, StepTarget } from '../operation.ts'
import { observedEnds } from '../store/observed-ends.ts'
import { createReader } from './reader.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => void (database = await freshDatabase()))
after(() => database.drop())

test('of a task under way the page and the list say when it will be over, by what ended of its current wave', async (t) => {
  const opened = Promise.withResolvers<void>()
  let begun = 0
  /** The sixth and all after it wait; the fifth fails, which is an end as well. */
  const act: Step = {
    name: 'act',
    description: '',
    kind: 'act',
    effect: 'readable',
    run: async (_scope, targets: readonly StepTarget[]): Promise<Outcome[]> => {
      begun += 1
      if (begun > 5) await opened.promise
      const isFifth = begun === 5
      return targets.map((): Outcome =>
        isFifth ? { kind: 'failed', code: 'no_luck', message: 'no luck', retry: 'never' } : { kind: 'done' },
      )
    },
  }
  const operation = testOperation({ name: 'test.expected-end', batchSize: 1, steps: [act] })
  const engine = await startEngine({ url: database.url, operations: [operation], concurrency: 4 })
  t.after(() => {
    opened.resolve()
    return engine.stop()
  })
  await engine.worker.start()
  engine.conductor.start()

  const sizes = [3, 5, 2]
  const expectedSeconds = { calls: 100, waits: 0, total: 100 }
  const plan = { waves: sizes.map((size) => ({ size, expectedSeconds })), expectedSeconds }
  const task = newTestTask(operation, {
    targets: 10,
    plan: { ...plan, expectedSeconds: { calls: 300, waits: 0, total: 320 } }, // with two soaks of 10 s
  })
  await engine.file(task)

  const reader = createReader({ db: database.db, operation: () => operation })
  await waitFor('five of ten to end', async () => {
    const now = await reader.get(task.id)
    return now !== null && now.progress.succeeded === 4 && now.progress.failed === 1
  })
  const hourAgo = new Date(Date.now() - 3_600_000)
  const observed = await observedEnds(database.db, [task.id], hourAgo)
  assert.deepEqual(observed, [{ id: task.id, open: 3, ended: 2, recent: 2 }])
  const [later] = await observedEnds(database.db, [task.id], new Date(Date.now() + 3_600_000))
  assert.equal(later?.recent, 0)

  // What is observed is kept for a moment: a reader that has not looked yet looks now.
  const fresh = createReader({ db: database.db, operation: () => operation })
  const shown = await fresh.get(task.id)
  // What is left of the 100 s of the second wave, a soak and the third wave.
  const [row] = (await fresh.list({}, { limit: 10 })).items
  for (const one of [shown, row]) {
    const remaining = one?.remainingSeconds ?? 0
    assert.ok(remaining > 110 && remaining <= 210, String(remaining))
    assert.ok(Date.parse(one?.expectedEndAt ?? '') > Date.now() + 100_000)
    assert.ok((one?.itemsPerSecond ?? 0) > 0)
  }
  // A clock that is beyond the plan: nothing ended lately, so nobody knows.
  const future = createReader({
    db: database.db,
    operation: () => operation,
    now: () => new Date(Date.now() + 3_600_000),
  })
  const overdue = await future.get(task.id)
  assert.deepEqual([overdue?.remainingSeconds, overdue?.expectedEndAt, overdue?.itemsPerSecond], [null, null, 0])

  opened.resolve()
  const over = await waitFor('the end', async () => {
    const now = await reader.get(task.id)
    return now?.finishedAt != null && now
  })
  assert.deepEqual([over.remainingSeconds, over.expectedEndAt, over.itemsPerSecond], [null, null, null])
})
