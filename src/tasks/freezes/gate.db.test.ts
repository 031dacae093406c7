import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, startEngine, testOperation } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import type { Outcome, Step } from '../operation.ts'
import { freezesChannel } from './gate.ts'
import { passFreezes } from './held-items.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => void (database = await freshDatabase()))
after(() => database.drop())

/** A freeze from now on, as if it had just begun; nobody moves what has not begun (that is the keeper's). */
const freeze = async (): Promise<void> => {
  const scope = { accounts: [], regions: [], operations: [], minimumRisk: 'R1' }
  await database.db.query({
    text: `insert into freezes (id, name, reason, from_at, to_at, scope, created_by)
      values (gen_random_uuid(), 'sale', 'busy', now() - interval '1 minute', now() + interval '1 hour', $1, $2)`,
    values: [JSON.stringify(scope), JSON.stringify({ id: '0198c0de-0000-7000-8000-000000000001', email: 'a@b.c' })],
  })
  createNotifier(database.db).nudge(freezesChannel)
}
const thaw = async (): Promise<void> => {
  await database.db.query({ text: 'delete from freezes' })
  createNotifier(database.db).nudge(freezesChannel)
}
const item = async (taskId: string) => {
  const [row] = await database.db.query<{ status: string; attempt: number; step: number }>({
    text: `select status, attempt, step from items where task_id = $1`,
    values: [taskId],
  })
  assert.ok(row)
  return row
}
const makeDue = (taskId: string) =>
  database.db.query({
    text: `update items set ready_at = now() where task_id = $1 and status = 'pending'`,
    values: [taskId],
  })

const world = async (name: string, act: () => Promise<Outcome>) => {
  const check: Step = { name: 'check', description: '', kind: 'check', run: async () => [{ kind: 'done' }] }
  const step: Step = { name: 'act', description: '', kind: 'act', effect: 'readable', run: async () => [await act()] }
  const operation = testOperation({ name, steps: [check, step, { ...step, name: 'then' }] })
  const engine = await startEngine({ url: database.url, operations: [operation], hasGate: true })
  await engine.worker.start()
  return { operation, engine }
}

test('what is tried again when a freeze has begun meanwhile is put back, and goes on after it', async (t) => {
  t.after(thaw)
  let acts = 0
  const { operation, engine } = await world('test.gate', async () => {
    if (++acts > 1) return { kind: 'done' }
    await freeze()
    return { kind: 'failed', code: 'Throttling', message: 'later', retry: 'throttled' }
  })
  t.after(engine.stop)
  const task = newTestTask(operation)
  await engine.file(task)
  await waitFor('its first attempt to fail', async () => acts === 1 && (await item(task.id)).status === 'pending')
  const before = (await item(task.id)).attempt
  await makeDue(task.id)
  engine.worker.kick()
  await waitFor('it to be taken and put back', async () => {
    const { attempt, status } = await item(task.id)
    return attempt > before && status === 'pending'
  })
  assert.equal(acts, 1)

  await thaw()
  await makeDue(task.id)
  await waitFor('it to end', async () => {
    engine.worker.kick()
    return (await item(task.id)).status === 'succeeded'
  })
})

test('what has begun goes on in a freeze, and so does what passes freezes', async (t) => {
  t.after(thaw)
  let acts = 0
  const { operation, engine } = await world('test.gate-begun', async () => {
    if (++acts !== 2) return { kind: 'done' }
    // Its first effect is there; half a change is worse than either.
    await freeze()
    return { kind: 'failed', code: 'Throttling', message: 'later', retry: 'throttled' }
  })
  t.after(engine.stop)
  const task = newTestTask(operation)
  await engine.file(task)
  await waitFor('it to end', async () => (await item(task.id)).status === 'succeeded')
  assert.equal(acts, 3)

  const passing = newTestTask(operation)
  await passFreezes(database.db, passing.id, 'test')
  await engine.file(passing)
  await waitFor('it to end', async () => (await item(passing.id)).status === 'succeeded')
})
