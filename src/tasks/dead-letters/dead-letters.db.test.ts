import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Principal } from '#contracts/principal.ts'
import type { DeadLetterFilter } from '#contracts/dead-letter.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal, startEngine, testOperation } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { newTask } from '../control/new-task.ts'
import type { Operation, Outcome, Step } from '../operation.ts'
import type { PlanRequest, StoredPlan } from '../plan.ts'
import { createFiler } from '../queue/file.ts'
import { createReader } from '../read/reader.ts'
import { archiveTasks } from '../store/archive-tasks.ts'
import type { NewTask } from '../store/file-tasks.ts'
import { collectDeadLetters, waitsOf } from './collect.ts'
import { createDeadLetters } from './dead-letters.ts'
import { endUnknownOperations } from './unknown-operations.ts'
import { noteKnown } from './unknown-store.ts'

const failing = (code: string, retry: Extract<Outcome, { kind: 'failed' }>['retry']): Outcome => ({
  kind: 'failed',
  code,
  message: `${code}, as the test says`,
  retry,
})
const step = (more: Partial<Step>): Step =>
  ({ name: 'act', description: '', kind: 'act', effect: 'readable', run: async () => [], ...more }) as Step // overrides fit
const acting = (name: string, outcome: Outcome, more: Partial<Step> = {}): Operation =>
  testOperation({ name, steps: [step({ run: async (_scope, targets) => targets.map(() => outcome), ...more })] })

let looks = 0
const operations = {
  rebooting: acting('test.reboot', failing('RequestTimeout', 'unknown'), { effect: 'at-most-once' }),
  throttled: acting('test.throttled', failing('RequestLimitExceeded', 'throttled')),
  refused: acting('test.refused', failing('UnauthorizedOperation', 'never')),
  // A wait looks a dozen times and is then told no: that is AWS's answer, not a try too many.
  waiting: testOperation({
    name: 'test.waiting',
    steps: [
      step({
        name: 'look',
        kind: 'wait',
        timeoutSeconds: 1e9,
        run: async () => [
          ++looks < 12 ? { kind: 'pending', why: 'not yet', againInSeconds: 1 } : failing('Gone', 'never'),
        ],
      } as Partial<Step>),
    ],
  }),
}
const all = Object.values(operations)
const waits = waitsOf(all)

let database: Awaited<ReturnType<typeof freshDatabase>>
let engine: Awaited<ReturnType<typeof startEngine>>
before(async () => {
  database = await freshDatabase()
  engine = await startEngine({ url: database.url, operations: all, speed: 100_000 })
  await engine.worker.start()
})
after(async () => {
  await engine.stop()
  await database.drop()
})
beforeEach(async () => {
  await database.db.query({
    text: 'truncate tasks, items, tasks_finished, items_finished, dead_letters, operations_known, operations_unknown',
  })
})

const known = (name: string, version: number) => all.find((one) => one.name === name && one.version === version) ?? null
const reader = () => createReader({ db: database.db, operation: known })

let excluded: { id: string; why: string }[] = []
const planner = {
  prepare: async (request: PlanRequest): Promise<StoredPlan> => {
    const operation = known(request.operation, 1)
    assert.ok(operation)
    const { plan, items } = newTestTask(operation)
    const ids = 'ids' in request.targets ? request.targets.ids : []
    return {
      plan: {
        ...plan,
        params: {},
        excluded,
        targets: items
          .slice(0, excluded.length > 0 ? 0 : 1)
          .map((item) => ({ ...item, id: ids[0] ?? '', name: null, before: item.before, after: item.after })),
        links: { self: '' },
      },
      targets: request.targets,
      requestedBy: request.principal.userId,
      operationVersion: 1,
      accounts: [],
      attributes: [],
      needsSomeoneElse: false,
    }
  },
}
const service = () => {
  const filer = createFiler({ db: engine.db, notifier: createNotifier(engine.db), onFiled: () => {} })
  return createDeadLetters({
    db: engine.db,
    planner,
    items: reader().items,
    file: async ({ principal: who, stored, reason, priority, also }) => {
      const task = newTask({
        principal: who,
        stored,
        reason,
        priority,
        scheduledFor: null,
        undoOf: null,
        now: new Date(),
      })
      await filer.file({ task, principal: who, requestId: null, also: async (sql) => also?.(sql, task.id) })
      return { id: task.id, status: task.status, planHash: task.plan.planHash, isNew: true }
    },
  })
}
const list = async (filter: Partial<DeadLetterFilter> = {}) =>
  (await service().list({ status: 'open', ...filter }, { limit: 50 })).items

const failed = async (operation: Operation): Promise<NewTask> => {
  const task = newTestTask(operation)
  await engine.file(task)
  await waitFor('the task to end', async () => (await reader().get(task.id))?.status === 'failed')
  return task
}
const by = (who: Principal = principal) => ({ principal: who, requestId: 'test' })

test('what the machinery could not bring to an end is a dead letter; what AWS refused is none', async () => {
  looks = 0
  const [reboot, throttled] = [await failed(operations.rebooting), await failed(operations.throttled)]
  await failed(operations.refused)
  await failed(operations.waiting)
  assert.equal(await collectDeadLetters(engine.db, waits), 2)
  assert.equal(await collectDeadLetters(engine.db, waits), 0, 'each once')
  const letters = await list()
  assert.deepEqual(
    letters.map(({ task, cause, attempts }) => [task, cause, attempts]),
    [
      // A throttle is tried 50 times (docs/engine.md).
      [throttled.id, 'attempts_exhausted', 50],
      [reboot.id, 'outcome_unknown', 1],
    ],
  )
  assert.deepEqual(
    (await list({ cause: 'outcome_unknown' })).map(({ task }) => task),
    [reboot.id],
  )
  assert.deepEqual((await list({ q: 'no such text' })).length, 0)
  const details = await service().get(letters[0]?.id ?? '')
  assert.deepEqual(
    details.item?.steps.map(({ name, status }) => [name, status]),
    [['act', 'failed']],
  )
})

test('nothing leaves the live tables without having been looked at', async () => {
  const task = await failed(operations.rebooting)
  await database.db.query({ text: `update tasks set finished_at = now() - interval '2 minutes'` })
  assert.equal(await archiveTasks(engine.db, { tasks: 10, items: 10, overForSeconds: 60 }, waits), 1)
  const [letter] = await list()
  assert.deepEqual([letter?.task, letter?.cause], [task.id, 'outcome_unknown'])
  assert.equal((await service().get(letter?.id ?? '')).item?.status, 'failed', 'its item is read where it is now')
})

test('put back it becomes a task of its own, once, and not an effect for a second time by itself', async () => {
  const task = await failed(operations.rebooting)
  await collectDeadLetters(engine.db, waits)
  const [letter] = await list()
  assert.ok(letter)
  const again = { reason: 'looked: it did not reboot', repeatEffect: true }
  await assert.rejects(service().requeue(by(), letter.id, { ...again, repeatEffect: false }), {
    code: 'effect_unknown',
  })
  const both = await Promise.allSettled([
    service().requeue(by(), letter.id, again),
    service().requeue(by(), letter.id, again),
  ])
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  const tasks = await database.db.query<{ id: string; reason: string }>({
    text: 'select id, reason from tasks where id <> $1',
    values: [task.id],
  })
  assert.deepEqual(
    tasks.map(({ reason }) => reason),
    [again.reason],
  )
  const after = await service().get(letter.id)
  assert.deepEqual(
    [after.status, after.requeuedAs, after.decidedBy?.email],
    ['requeued', tasks[0]?.id, principal.email],
  )
  await assert.rejects(service().requeue(by(), letter.id, again), { code: 'dead_letter_state' })
  assert.deepEqual(await list(), [])
  const audited = await database.db.query({ text: `select 1 from audit where action = 'dead-letter.requeue'` })
  assert.equal(audited.length, 1)
})

test('where nothing is to be done any more nothing is filed, and it can be dismissed', async () => {
  await failed(operations.throttled)
  await collectDeadLetters(engine.db, waits)
  const [letter] = await list()
  assert.ok(letter)
  excluded = [{ id: letter.target.id, why: 'is already as asked' }]
  await assert.rejects(service().requeue(by(), letter.id, { reason: 'again', repeatEffect: false }), {
    code: 'nothing_to_do',
  })
  excluded = []
  assert.equal((await service().dismiss(by(), letter.id, 'done by hand')).status, 'dismissed')
  await assert.rejects(service().dismiss(by(), letter.id, 'again'), { code: 'dead_letter_state' })
  assert.deepEqual(
    (await list({ status: 'dismissed' })).map(({ reason }) => reason),
    ['done by hand'],
  )
})

test('an undo is put back by undoing again', async () => {
  const task = await failed(operations.throttled)
  await collectDeadLetters(engine.db, waits)
  await database.db.query({ text: 'update tasks set undo_of = $1', values: [task.id] })
  const [letter] = await list()
  await assert.rejects(service().requeue(by(), letter?.id ?? '', { reason: 'again', repeatEffect: false }), {
    code: 'dead_letter_is_undo',
  })
})

// Tasks of a version that no release knows.
const unknown = testOperation({ name: 'test.gone', version: 7 })
const decider = () => ({
  db: engine.db,
  notifier: createNotifier(engine.db),
  now: () => new Date(),
  log: createLog({ level: 'silent' }),
})
const at = { openForSeconds: 0, unknownForSeconds: 0 }
const statusOf = async (id: string) => (await reader().get(id))?.status

test('a task that no living worker knows ends after its time, and its items are dead letters', async () => {
  const task = newTestTask(unknown, { targets: 3 })
  await engine.file(task)
  await endUnknownOperations(decider(), at)
  assert.equal(await statusOf(task.id), 'queued', 'no worker at all has been heard of: they may come back')

  await noteKnown(engine.db, [
    { operation: 'test.reboot', version: 1 },
    { operation: 'test.gone', version: 6 },
  ])
  await endUnknownOperations(decider(), { openForSeconds: 0 })
  assert.equal(await statusOf(task.id), 'queued', 'not yet')
  // The worker of this test has the items in hand for moments, and hands them back.
  await waitFor('the task to end', async () => {
    await endUnknownOperations(decider(), at)
    return (await statusOf(task.id)) === 'failed'
  })
  const ended = await reader().get(task.id)
  assert.deepEqual([ended?.progress.failed, ended?.progress.pending, ended?.error?.code], [3, 0, 'operation_unknown'])
  await collectDeadLetters(engine.db, waits)
  assert.deepEqual(
    (await list()).map(({ cause }) => cause),
    ['operation_unknown', 'operation_unknown', 'operation_unknown'],
  )
})

test('what somebody knows again, or nobody watched, is not ended', async () => {
  const task = newTestTask(unknown)
  await engine.file(task)
  await noteKnown(engine.db, [{ operation: 'test.reboot', version: 1 }])
  await endUnknownOperations(decider(), { openForSeconds: 0 })
  // Unknown for two hours, but nobody looked for one of them: the time counts anew.
  await database.db.query({
    text: `update operations_unknown set since = now() - interval '2 hours', checked_at = now() - interval '1 hour'`,
  })
  await endUnknownOperations(decider(), { openForSeconds: 0 })
  assert.equal(await statusOf(task.id), 'queued')
  // Watched all the time, and then a release comes that knows it.
  await database.db.query({ text: `update operations_unknown set since = now() - interval '2 hours'` })
  await noteKnown(engine.db, [{ operation: 'test.gone', version: 7 }])
  await endUnknownOperations(decider(), { openForSeconds: 0 })
  assert.equal(await statusOf(task.id), 'queued')
  assert.deepEqual(await database.db.query({ text: 'select * from operations_unknown' }), [])
})

test('of a task that was begun what is done stays done', async () => {
  const task = newTestTask(unknown, { targets: 2 })
  await engine.file({ ...task })
  await database.db.query({
    text: `update items set status = 'succeeded', ready_at = null where task_id = $1 and ordinal = 0`,
    values: [task.id],
  })
  await database.db.query({
    text: `update tasks set open = 1, succeeded = 1, status = 'running' where id = $1`,
    values: [task.id],
  })
  await noteKnown(engine.db, [{ operation: 'test.reboot', version: 1 }])
  await waitFor('the task to end', async () => {
    await endUnknownOperations(decider(), at)
    return (await statusOf(task.id)) === 'partly_failed'
  })
})
