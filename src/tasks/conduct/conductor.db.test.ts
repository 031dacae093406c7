import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal, startEngine, testOperation } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { approve } from '../control/approve.ts'
import { cancel } from '../control/cancel.ts'
import { pause, resume } from '../control/pause.ts'
import type { Operation, Outcome, Step, StepTarget } from '../operation.ts'
import { createReader } from '../read/reader.ts'
import type { NewTask } from '../store/file-tasks.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => void (database = await freshDatabase()))
after(() => database.drop())

/** Every test has an operation of its own, which remembers in what order its items acted and fails those that it is told to. */
const world = async (
  t: TestContext,
  name: string,
  more: {
    fails?: (ordinal: number) => boolean
    /** Who comes after so many waits at the gate. */
    closesAfter?: number
    conductors?: number
    speed?: number
    undo?: () => Promise<string | null>
  } = {},
) => {
  const acted: number[] = []
  let begun = 0
  const gate = { isClosed: false, opened: Promise.withResolvers<void>() }
  const act: Step = {
    name: 'act',
    description: '',
    kind: 'act',
    effect: 'readable',
    run: async (_scope, targets: readonly StepTarget[]): Promise<Outcome[]> => {
      if (gate.isClosed || begun >= (more.closesAfter ?? Infinity)) await gate.opened.promise
      begun += targets.length
      return targets.map((target): Outcome => {
        const ordinal = Number(target.id.split('/').at(-1))
        acted.push(ordinal)
        return more.fails?.(ordinal)
          ? { kind: 'failed', code: 'no_luck', message: 'no luck', retry: 'never' }
          : { kind: 'done' }
      })
    },
  }
  const operation: Operation = testOperation({ name, batchSize: 1, steps: [act] })
  const started = await Promise.all(
    Array.from({ length: more.conductors ?? 1 }, () =>
      startEngine({
        url: database.url,
        operations: [operation],
        concurrency: 4,
        ...(more.speed === undefined ? {} : { speed: more.speed }),
        ...(more.undo === undefined ? {} : { undo: more.undo }),
      }),
    ),
  )
  // A worker that doesn't know the operation of another test would hand its items back for seconds.
  t.after(() => Promise.all(started.map((engine) => engine.stop())))
  for (const engine of started) {
    await engine.worker.start()
    engine.conductor.start()
  }
  const [engine] = started
  assert.ok(engine)
  return { operation, engine, acted, gate }
}

const waved = (operation: Operation, sizes: number[], plan: Partial<NewTask['plan']> = {}): NewTask => {
  const expectedSeconds = { calls: 0, waits: 0, total: 0 }
  return newTestTask(operation, {
    targets: sizes.reduce((sum, size) => sum + size, 0),
    plan: { ...(sizes.length < 2 ? {} : { waves: sizes.map((size) => ({ size, expectedSeconds })) }), ...plan },
  })
}
const reader = (operation: Operation) => createReader({ db: database.db, operation: () => operation })
const read = async (operation: Operation, id: string) => {
  const task = await reader(operation).get(id)
  assert.ok(task)
  return task
}
const ends = (operation: Operation, id: string) =>
  waitFor(`task ${id} to end`, async () => {
    const task = await read(operation, id)
    return task.finishedAt !== null && task
  })
const decider = () => ({ db: database.db, notifier: createNotifier(database.db), now: () => new Date(), firstActs: [] })
const auditOf = async (id: string): Promise<string[]> => {
  const rows = await database.db.query<{ action: string }>({
    text: `select action from audit where subject_id = $1 order by at, id`,
    values: [id],
  })
  return rows.map((row) => row.action)
}
/** Waves as the item's ordinals say, in the order in which they acted. */
const wavesActed = (acted: readonly number[], sizes: readonly number[]): number[] =>
  acted.map((ordinal) => {
    let end = 0
    return sizes.findIndex((size) => ordinal < (end += size))
  })

test('a wave begins only when the one before is over', async (t) => {
  const { operation, engine, acted } = await world(t, 'test.waves')
  const sizes = [1, 5, 14]
  const task = waved(operation, sizes)
  await engine.file(task)
  const end = await ends(operation, task.id)
  assert.equal(end.status, 'succeeded')
  const order = wavesActed(acted, sizes)
  assert.equal(order.length, 20)
  assert.deepEqual(order, order.toSorted())
  assert.deepEqual(
    end.waves?.map(({ size, status }) => [size, status]),
    [
      [1, 'over'],
      [5, 'over'],
      [14, 'over'],
    ],
  )
  assert.deepEqual(await auditOf(task.id), ['task.create', 'task.start', 'task.release', 'task.release', 'task.finish'])
})

test('two conductors and two workers release each wave once', async (t) => {
  const { operation, engine, acted } = await world(t, 'test.two', { conductors: 2 })
  const sizes = [2, 3, 3, 4, 8]
  const tasks = Array.from({ length: 5 }, () => waved(operation, sizes))
  await Promise.all(tasks.map((task) => engine.file(task)))
  for (const task of tasks) {
    assert.equal((await ends(operation, task.id)).status, 'succeeded')
    assert.equal((await auditOf(task.id)).filter((action) => action === 'task.release').length, 4)
  }
  assert.equal(acted.length, 100)
})

test('more failures than the budget allows stop the rest', async (t) => {
  const { operation, engine, acted, gate } = await world(t, 'test.budget', { fails: () => true, closesAfter: 4 })
  const task = waved(operation, [400], { errorBudget: 3, onBudget: 'stop' })
  const told = engine.news('tasks_cancelling')
  await engine.file(task)
  // The first four fail, which is one too many; the next four are under way by then, and wait.
  await told
  assert.equal((await read(operation, task.id)).status, 'cancelling')
  gate.opened.resolve()
  const end = await ends(operation, task.id)
  assert.equal(end.status, 'cancelled')
  assert.equal(end.error?.code, 'error_budget_exceeded')
  assert.ok(acted.length <= 8, `${acted.length} of 400 acted`)
  assert.deepEqual([end.progress.failed, end.progress.cancelled], [acted.length, 400 - acted.length])
  assert.equal(end.budget?.most, 3)
})

test('a failing first wave of one target stops the task, by a share of what is released', async (t) => {
  const { operation, engine, acted } = await world(t, 'test.canary', { fails: () => true })
  const task = waved(operation, [1, 19], { errorBudget: 0.05, onBudget: 'stop' })
  await engine.file(task)
  const end = await ends(operation, task.id)
  assert.deepEqual([end.status, end.progress.failed, end.progress.cancelled], ['cancelled', 1, 19])
  assert.deepEqual(acted, [0])
  assert.deepEqual(
    end.waves?.map((wave) => wave.status),
    ['over', 'held'],
  )
})

test('with "undo" the conductor files the undo once the stopped task is over, and says so when that is impossible', async (t) => {
  const asked: string[] = []
  const { operation, engine } = await world(t, 'test.undo', {
    conductors: 2,
    fails: (ordinal) => ordinal === 1,
    undo: async () => {
      asked.push('undo')
      return 'nobody may'
    },
  })
  const task = waved(operation, [2, 8], { errorBudget: 0, onBudget: 'undo' })
  await engine.file(task)
  assert.equal((await ends(operation, task.id)).status, 'cancelled')
  const budget = await waitFor('the undo to be tried', async () => {
    const { budget: seen } = await read(operation, task.id)
    return seen?.undoProblem != null && seen
  })
  assert.equal(budget.undoProblem, 'nobody may')
  assert.ok(asked.length >= 1)
})

test('between waves it soaks, on the clock of the cloud', async (t) => {
  const { operation, engine } = await world(t, 'test.soak', { speed: 100 })
  const task = waved(operation, [1, 1], { soakSeconds: 500 }) // 5 s of the wall
  await engine.file(task)
  const soaking = await waitFor('it to soak', async () => {
    const seen = await read(operation, task.id)
    // What it says comes of several statements, between which it may begin to soak.
    return seen.soakUntil !== undefined && seen.status === 'waiting' && seen
  })
  assert.equal(soaking.waves?.[0]?.status, 'soaking')
  const end = await ends(operation, task.id)
  const [first, second] = end.waves ?? []
  const pauseMs = Date.parse(second?.releasedAt ?? '') - Date.parse(first?.overAt ?? '')
  assert.ok(pauseMs >= 4_990, `released after ${pauseMs} ms`)
})

test('a paused task releases nothing, and resuming releases only what was released before', async (t) => {
  const { operation, engine, acted, gate } = await world(t, 'test.paused')
  gate.isClosed = true
  const task = waved(operation, [2, 8])
  await engine.file(task)
  await waitFor('the first wave to be under way', () => engine.worker.load().running === 2)
  await pause(decider(), { principal, taskId: task.id, requestId: null })
  gate.isClosed = false
  gate.opened.resolve()
  await waitFor('the first wave to end', async () => (await read(operation, task.id)).progress.succeeded === 2)
  await engine.conductor.round()
  assert.equal((await read(operation, task.id)).waves?.[1]?.status, 'held')
  assert.equal(acted.length, 2)
  await resume(decider(), { principal, taskId: task.id, requestId: null })
  assert.equal((await ends(operation, task.id)).status, 'succeeded')
})

test('cancelling ends the waves that are held', async (t) => {
  const { operation, engine, acted, gate } = await world(t, 'test.cancelled')
  gate.isClosed = true
  const task = waved(operation, [1, 9])
  await engine.file(task)
  await waitFor('the first wave to be under way', () => engine.worker.load().running === 1)
  await cancel({ ...decider(), operation: () => operation }, { principal, taskId: task.id, requestId: null })
  gate.opened.resolve()
  const end = await ends(operation, task.id)
  assert.deepEqual([end.progress.succeeded, end.progress.cancelled], [1, 9])
  assert.deepEqual(acted, [0])
})

test('an approval releases the first wave only', async (t) => {
  const { operation, engine, acted, gate } = await world(t, 'test.approved')
  gate.isClosed = true
  const task = waved(operation, [1, 9])
  task.status = 'awaiting_approval'
  task.plan.approvals = { needed: 1, reason: 'test', confirmation: null }
  await engine.file(task)
  const approver = { ...principal, userId: '0198c0de-0000-7000-8000-000000000001', email: 'approver@example.com' }
  await approve(
    { ...decider(), selfApproval: 'never' },
    { principal: approver, taskId: task.id, requestId: null, planHash: task.plan.planHash },
  )
  await waitFor('the first wave to be under way', () => engine.worker.load().running === 1)
  await engine.conductor.round()
  const held = await database.db.query({
    text: 'select 1 from items where task_id = $1 and ready_at is null and status = $2',
    values: [task.id, 'pending'],
  })
  assert.equal(held.length, 9)
  gate.isClosed = false
  gate.opened.resolve()
  assert.equal((await ends(operation, task.id)).status, 'succeeded')
  assert.equal(acted.length, 10)
})

test('a task runs after others, in a chain and after several', async (t) => {
  const { operation, engine, gate } = await world(t, 'test.chain')
  gate.isClosed = true
  const first = newTestTask(operation)
  const second = { ...newTestTask(operation), status: 'scheduled' as const }
  const third = { ...newTestTask(operation), status: 'scheduled' as const }
  await engine.file(first)
  await engine.fileAfter(second, [{ task: first.id, on: 'succeeded' }])
  await engine.fileAfter(third, [
    { task: first.id, on: 'finished' },
    { task: second.id, on: 'succeeded' },
  ])
  await engine.conductor.round()
  assert.equal((await read(operation, second.id)).status, 'scheduled')
  assert.deepEqual(
    (await read(operation, first.id)).followedBy?.map(({ task }) => task).toSorted(),
    [second.id, third.id].toSorted(),
  )
  gate.isClosed = false
  gate.opened.resolve()
  const [one, two, three] = [
    await ends(operation, first.id),
    await ends(operation, second.id),
    await ends(operation, third.id),
  ]
  assert.deepEqual([one.status, two.status, three.status], ['succeeded', 'succeeded', 'succeeded'])
  assert.ok(Date.parse(two.startedAt ?? '') >= Date.parse(one.finishedAt ?? ''))
  assert.ok(Date.parse(three.startedAt ?? '') >= Date.parse(two.finishedAt ?? ''))
  assert.deepEqual(
    three.runAfter?.map(({ on, status }) => [on, status]),
    [
      ['finished', 'succeeded'],
      ['succeeded', 'succeeded'],
    ],
  )
})

test('a task that was to run after the success of one that failed is cancelled, with those that run after it', async (t) => {
  const { operation, engine, acted } = await world(t, 'test.broken', { fails: () => true })
  const first = newTestTask(operation)
  const second = { ...newTestTask(operation), status: 'scheduled' as const }
  const third = { ...newTestTask(operation), status: 'awaiting_approval' as const }
  const anyway = { ...newTestTask(operation), status: 'scheduled' as const }
  await engine.file(first)
  await engine.fileAfter(second, [{ task: first.id, on: 'succeeded' }])
  await engine.fileAfter(third, [{ task: second.id, on: 'succeeded' }])
  await engine.fileAfter(anyway, [{ task: second.id, on: 'finished' }])
  for (const task of [second, third]) {
    const end = await ends(operation, task.id)
    assert.equal(end.status, 'cancelled')
    assert.equal(end.error?.code, 'predecessor_not_succeeded')
  }
  assert.equal((await ends(operation, anyway.id)).status, 'failed')
  assert.equal(acted.length, 2) // the first, and the one that runs however it ended
})

test('a task that waits for another and for approval runs when both are there, whichever comes last', async (t) => {
  const { operation, engine } = await world(t, 'test.both')
  const first = newTestTask(operation)
  await engine.file(first)
  await ends(operation, first.id)
  const second = { ...newTestTask(operation), status: 'awaiting_approval' as const }
  second.plan.approvals = { needed: 1, reason: 'test', confirmation: null }
  await engine.fileAfter(second, [{ task: first.id, on: 'succeeded' }])
  await engine.conductor.round()
  assert.equal((await read(operation, second.id)).status, 'awaiting_approval')
  const approver = { ...principal, userId: '0198c0de-0000-7000-8000-000000000001', email: 'approver@example.com' }
  await approve(
    { ...decider(), selfApproval: 'never' },
    { principal: approver, taskId: second.id, requestId: null, planHash: second.plan.planHash },
  )
  assert.equal((await ends(operation, second.id)).status, 'succeeded')
})
