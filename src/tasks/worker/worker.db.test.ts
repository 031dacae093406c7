import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database, Statement } from '#platform/db/database.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, startEngine, testOperation } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import type { Operation, Outcome, Step, StepTarget } from '../operation.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())

const row = async <Row>(text: string, values: unknown[]): Promise<Row | undefined> =>
  (await database.db.query<Row>({ text, values }))[0]
const taskOf = (id: string) =>
  row<{ status: string; succeeded: number; failed: number; waiting: number; open: number; finished_at: Date | null }>(
    'select * from tasks where id = $1',
    [id],
  )
const ended = (id: string) =>
  waitFor(`task ${id} to end`, async () => ((await taskOf(id))?.finished_at ? taskOf(id) : null))
const itemOf = (taskId: string) =>
  row<{
    status: string
    steps: { name: string; status: string }[]
    error: { code: string } | null
    recoveries: number
  }>('select * from items where task_id = $1', [taskId])

const act = (
  name: string,
  run: (targets: readonly StepTarget[]) => Promise<Outcome[]>,
  more: Partial<Extract<Step, { kind: 'act' }>> = {},
): Step => ({
  name,
  description: name,
  kind: 'act',
  effect: 'readable',
  run: (_scope, targets) => run(targets),
  ...more,
})
const done = (targets: readonly StepTarget[]): Outcome[] => targets.map(() => ({ kind: 'done' }))

/** A cloud that remembers what was done to which target, for operations that must not do it twice. */
const createCloud = () => {
  const effects = new Map<string, number>()
  const count = (target: StepTarget): void => void effects.set(target.itemId, (effects.get(target.itemId) ?? 0) + 1)
  return {
    effects,
    count,
    reread: async (_scope: unknown, targets: readonly StepTarget[]): Promise<(Outcome | null)[]> =>
      targets.map((target) => (effects.has(target.itemId) ? { kind: 'done' } : null)),
  }
}

const engineWith = (operations: Operation[], more: Partial<Parameters<typeof startEngine>[0]> = {}) =>
  startEngine({ url: database.url, operations, ...more })

test('a task goes through its steps and ends with audit entries and events of the same transactions', async () => {
  const operation = testOperation({ name: 'test.plain' })
  const engine = await engineWith([operation])
  await engine.worker.start()
  const task = newTestTask(operation, { targets: 3 })
  await engine.file(task)
  const end = await ended(task.id)
  assert.deepEqual([end.status, end.succeeded, end.open], ['succeeded', 3, 0])
  const item = await itemOf(task.id)
  assert.deepEqual(
    item?.steps.map((step) => [step.name, step.status]),
    [
      ['first', 'succeeded'],
      ['second', 'succeeded'],
      ['third', 'succeeded'],
    ],
  )
  const audit = await database.db.query<{ action: string }>({
    text: 'select action from audit where subject_id = $1 order by xid, id',
    values: [task.id],
  })
  // A task that takes longer than a moment says that it began.
  assert.deepEqual(
    audit.map((entry) => entry.action).filter((action) => action !== 'task.start'),
    ['task.create', 'task.finish'],
  )
  const events = await database.db.query<{ type: string }>({
    text: 'select type from events where topics @> array[$1] order by xid, id',
    values: [`tasks/${task.id}`],
  })
  assert.equal(events[0]?.type, 'task.created')
  assert.equal(events.at(-1)?.type, 'task.changed')
  await engine.stop()
})

test('a batch that is slow is no barrier for the others', async () => {
  let release: () => void = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  const slow = testOperation({
    name: 'test.slow',
    steps: [act('act', async (targets) => held.then(() => done(targets)))],
  })
  const quick = testOperation({ name: 'test.quick', steps: [act('act', async (targets) => done(targets))] })
  const engine = await engineWith([slow, quick], { concurrency: 2 })
  await engine.worker.start()
  const blocker = newTestTask(slow)
  await engine.file(blocker)
  const tasks = Array.from({ length: 20 }, () => newTestTask(quick))
  await Promise.all(tasks.map(engine.file))
  for (const task of tasks) assert.equal((await ended(task.id)).status, 'succeeded')
  assert.equal((await taskOf(blocker.id))?.finished_at, null)
  release()
  await ended(blocker.id)
  await engine.stop()
})

test('a step that waits for its commit keeps its slot until the pace is known, and no more handlers run at once than there are slots', async () => {
  let running = 0
  let most = 0
  let begun = 0
  const step = act('act', async (targets) => {
    most = Math.max(most, ++running)
    begun++
    await new Promise((resolve) => setTimeout(resolve, 2))
    running--
    return done(targets)
  })
  const operation = testOperation({ name: 'test.steps', steps: [step, { ...step, name: 'act again' }] })
  let commit = (): void => {}
  const committing = new Promise<void>((resolve) => (commit = resolve))
  const engine = await engineWith([operation], {
    concurrency: 2,
    through: (db) => ({
      ...db,
      query: async (statement) => {
        if ('name' in statement && statement.name === 'journal.append') await committing
        return db.query(statement)
      },
    }),
  })
  await engine.worker.start()
  const tasks = Array.from({ length: 100 }, () => newTestTask(operation))
  await Promise.all(tasks.map(engine.file))
  await waitFor('two to have begun', () => Promise.resolve(begun === 2))
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(begun, 2)
  commit()
  // From here on slots are lent, as far as the pace says (room.test.ts).
  for (const task of tasks) assert.equal((await ended(task.id)).status, 'succeeded')
  assert.equal(most, 2)
  await engine.stop()
})

test('a durable wait holds no slot, and its task says that it waits', async () => {
  let isOver = false
  const waiting = testOperation({
    name: 'test.waiting',
    steps: [
      {
        name: 'wait',
        description: '',
        kind: 'wait',
        timeoutSeconds: 60,
        run: async (_scope, targets) =>
          isOver ? done(targets) : targets.map(() => ({ kind: 'pending', why: 'not yet', againInSeconds: 0.1 })),
      },
    ],
  })
  const engine = await engineWith([waiting], { concurrency: 1 })
  await engine.worker.start()
  const task = newTestTask(waiting, { targets: 5 })
  await engine.file(task)
  await waitFor('the task to wait', async () => (await taskOf(task.id))?.status === 'waiting')
  assert.equal((await taskOf(task.id))?.waiting, 5)
  isOver = true
  const end = await ended(task.id)
  assert.deepEqual([end.status, end.waiting], ['succeeded', 0])
  await engine.stop()
})

/** A clock whose monotonic side can be told that the process was stopped for a while. */
const stoppableClock = (): Clock & { stopFor: (milliseconds: number) => void } => {
  let lostMs = 0
  return {
    ...systemClock,
    monotonicMs: () => performance.now() + lostMs,
    stopFor: (milliseconds) => void (lostMs += milliseconds),
  }
}

test('what a dead worker held is taken over after its lease, and an effect that it had is not repeated', async () => {
  const cloud = createCloud()
  let hang: (() => void) | null = null
  const stuck = new Promise<void>((resolve) => (hang = resolve))
  let isFirst = true
  const operation = testOperation({
    name: 'test.takeover',
    steps: [
      act(
        'act',
        async (targets) => {
          targets.forEach(cloud.count)
          if (isFirst) {
            isFirst = false
            await stuck // the effect took place; its worker is never heard of again
          }
          return done(targets)
        },
        { reread: cloud.reread },
      ),
    ],
  })
  const clock = stoppableClock()
  const dead = await engineWith([operation], { leaseSeconds: 4, clock })
  await dead.worker.start()
  const task = newTestTask(operation)
  await dead.file(task)
  await waitFor('the effect', () => cloud.effects.size === 1)
  // As after kill -9: no renewal comes any more.
  await database.db.query({ text: `update workers set lease_until = now() - interval '1 second'` })
  const heir = await engineWith([operation], { leaseSeconds: 4 })
  await heir.worker.start()
  assert.equal((await ended(task.id)).status, 'succeeded')
  assert.deepEqual([...cloud.effects.values()], [1])
  assert.ok(((await itemOf(task.id))?.recoveries ?? 0) >= 1)
  hang!() // set by the promise's executor
  await dead.stop()
  await heir.stop()
  const late = await itemOf(task.id)
  assert.equal(late?.steps.length, 1, 'the late write of the dead worker was fenced')
})

test('an at-most-once effect whose worker died is never repeated', async () => {
  const cloud = createCloud()
  let hang: (() => void) | null = null
  const stuck = new Promise<void>((resolve) => (hang = resolve))
  const operation = testOperation({
    name: 'test.once',
    steps: [
      act(
        'act',
        async (targets) => {
          targets.forEach(cloud.count)
          await stuck
          return done(targets)
        },
        { effect: 'at-most-once' },
      ),
    ],
  })
  const dead = await engineWith([operation], { leaseSeconds: 4, clock: stoppableClock() })
  await dead.worker.start()
  const task = newTestTask(operation)
  await dead.file(task)
  await waitFor('the effect', () => cloud.effects.size === 1)
  await database.db.query({ text: `update workers set lease_until = now() - interval '1 second'` })
  const heir = await engineWith([operation], { leaseSeconds: 4 })
  await heir.worker.start()
  assert.equal((await ended(task.id)).status, 'failed')
  assert.equal((await itemOf(task.id))?.error?.code, 'outcome_unknown')
  assert.deepEqual([...cloud.effects.values()], [1])
  hang!() // set by the promise's executor
  await dead.stop()
  await heir.stop()
})

test('a worker that was stopped for longer than its lease and continues makes no side effect with what it had', async () => {
  const cloud = createCloud()
  const clock = stoppableClock()
  /** What the lease said each time it was asked. */
  const asked: string[] = []
  const operation = testOperation({
    name: 'test.zombie',
    steps: [
      // The stop of the process falls between the check and the effect.
      {
        name: 'check',
        description: '',
        kind: 'check',
        run: async (_scope, targets) => {
          clock.stopFor(asked.length === 0 ? 20_000 : 0)
          return done(targets)
        },
      },
      act('act', async (targets) => done(targets), {
        run: async (scope, targets) => {
          try {
            scope.call.beforeAttempt?.()
          } catch (error) {
            asked.push(`no, ${cloud.effects.size} effects`)
            throw error
          }
          asked.push('yes')
          targets.forEach(cloud.count)
          return done(targets)
        },
        reread: cloud.reread,
      }),
    ],
  })
  const zombie = await engineWith([operation], { leaseSeconds: 4, clock })
  await zombie.worker.start()
  const task = newTestTask(operation)
  await zombie.file(task)
  assert.equal((await ended(task.id)).status, 'succeeded') // under its new identity
  assert.equal(asked[0], 'no, 0 effects')
  assert.equal(asked.at(-1), 'yes')
  assert.deepEqual([...cloud.effects.values()], [1])
  await zombie.stop()
})

test('one poisonous result fails its own item only', async () => {
  const operation = testOperation({
    name: 'test.poison',
    batchSize: 10,
    steps: [
      act('act', async (targets) =>
        targets.map((target) => ({ kind: 'done', result: target.id.endsWith('/1') ? 'a\u0000b' : 'fine' })),
      ),
    ],
  })
  const engine = await engineWith([operation])
  await engine.worker.start()
  const task = newTestTask(operation, { targets: 4 })
  await engine.file(task)
  const end = await ended(task.id)
  assert.deepEqual([end.status, end.succeeded, end.failed], ['partly_failed', 3, 1])
  await engine.stop()
})

test('when a later step fails, what was done is taken back newest first', async () => {
  const calls: string[] = []
  const noted = (name: string) => async (_scope: unknown, targets: readonly StepTarget[]) => {
    calls.push(name)
    return done(targets)
  }
  const operation = testOperation({
    name: 'test.compensated',
    steps: [
      act('one', async (targets) => done(targets), { compensate: noted('undo one') }),
      act('two', async (targets) => done(targets), { compensate: noted('undo two') }),
      act(
        'three',
        async (targets) => targets.map(() => ({ kind: 'failed', code: 'Refused', message: 'No.', retry: 'never' })),
        { compensate: noted('undo three') },
      ),
    ],
  })
  const engine = await engineWith([operation])
  await engine.worker.start()
  const task = newTestTask(operation)
  await engine.file(task)
  assert.equal((await ended(task.id)).status, 'failed')
  assert.deepEqual(calls, ['undo two', 'undo one'])
  assert.equal((await itemOf(task.id))?.status, 'compensated')
  await engine.stop()
})

test('a worker that stops in order hands back what it has not begun', async () => {
  let release: () => void = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  const operation = testOperation({
    name: 'test.orderly',
    steps: [act('act', async (targets) => held.then(() => done(targets)))],
  })
  const engine = await engineWith([operation], { concurrency: 2 })
  await engine.worker.start()
  const tasks = Array.from({ length: 4 }, () => newTestTask(operation))
  await Promise.all(tasks.map(engine.file))
  await waitFor(
    'two to run and two to be prefetched',
    () => engine.worker.load().running === 2 && engine.worker.load().buffered === 2,
  )
  const stopped = engine.stop()
  release()
  await stopped
  const items = await database.db.query<{ status: string; is_doubtful: boolean }>({
    text: 'select status, is_doubtful from items where task_id = any($1) order by status',
    values: [tasks.map((task) => task.id)],
  })
  assert.deepEqual(
    items.map((item) => [item.status, item.is_doubtful]),
    [
      ['pending', false],
      ['pending', false],
      ['succeeded', false],
      ['succeeded', false],
    ],
  )
})

test('two live workers share the work and do nothing twice', async () => {
  const cloud = createCloud()
  const operation = testOperation({
    name: 'test.shared',
    batchSize: 5,
    steps: [
      act('act', async (targets) => {
        targets.forEach(cloud.count)
        return done(targets)
      }),
    ],
  })
  const [one, two] = await Promise.all([engineWith([operation]), engineWith([operation])])
  await Promise.all([one.worker.start(), two.worker.start()])
  const tasks = Array.from({ length: 10 }, () => newTestTask(operation, { targets: 30 }))
  await Promise.all(tasks.map((task, index) => (index % 2 ? one : two).file(task)))
  for (const task of tasks) assert.equal((await ended(task.id)).status, 'succeeded')
  assert.equal(cloud.effects.size, 300)
  assert.ok([...cloud.effects.values()].every((count) => count === 1))
  await Promise.all([one.stop(), two.stop()])
})

/** A database that carries a statement out and then loses the connection, the first time it matters. */
const losingAnswerOf =
  (name: string) =>
  (db: Database): Database => {
    let isLost = false
    return {
      ...db,
      query: async <Row>(statement: Statement): Promise<Row[]> => {
        const rows = statement.name === name && !isLost ? await db.query<Row>(statement) : null
        if (rows === null || (name === 'items.claim' && rows.length === 0)) return rows ?? db.query<Row>(statement)
        isLost = true
        throw new Error('Connection terminated unexpectedly')
      },
    }
  }

test('the answer to a claim is lost with the connection: what was claimed is not held for ever', async () => {
  const operation = testOperation({ name: 'test.lost-claim' })
  const engine = await engineWith([operation], { through: losingAnswerOf('items.claim') })
  const task = newTestTask(operation, { targets: 3 })
  await engine.file(task)
  await engine.worker.start()
  const end = await ended(task.id)
  assert.deepEqual([end.status, end.succeeded], ['succeeded', 3])
  await engine.stop()
})

test('a batch that was left and could not be handed back is taken up again, and read first', async () => {
  const cloud = createCloud()
  let runs = 0
  const operation = testOperation({
    name: 'test.not-handed-back',
    steps: [
      act(
        'act',
        async (targets) => {
          targets.forEach(cloud.count)
          if (++runs === 1) throw Object.assign(new Error('too old'), { name: 'LeaseTooOld' })
          return done(targets)
        },
        { reread: cloud.reread },
      ),
    ],
  })
  let isAway = true
  const engine = await engineWith([operation], {
    through: (db) => ({
      ...db,
      query: async <Row>(statement: Statement): Promise<Row[]> => {
        if (statement.name !== 'items.release' || !isAway) return db.query<Row>(statement)
        isAway = false
        throw new Error('Connection terminated unexpectedly')
      },
    }),
  })
  const task = newTestTask(operation)
  await engine.file(task)
  await engine.worker.start()
  assert.equal((await ended(task.id)).status, 'succeeded')
  assert.deepEqual([...cloud.effects.values()], [1])
  await engine.stop()
})
