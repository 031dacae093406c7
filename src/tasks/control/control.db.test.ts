import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Principal } from '#contracts/principal.ts'
import { finalItemStatuses } from '#contracts/task.ts'
import { appendEvents } from '#platform/events/append.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal, startEngine, testOperation } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import type { Operation, Outcome, Step, StepTarget } from '../operation.ts'
import { firstActsOf } from '../freezes/hold.ts'
import { createUpkeep } from '../queue/upkeep.ts'
import { createReader } from '../read/reader.ts'
import { createLog } from '#platform/log.ts'
import { systemClock } from '#platform/clock.ts'
import { fileTasks } from '../store/file-tasks.ts'
import { besides } from '../store/retention.ts'
import { listTaskEvents } from '../store/read-items.ts'
import { approve, reject } from './approve.ts'
import { cancel, expireApprovals } from './cancel.ts'
import { pause, resume } from './pause.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let engine: Awaited<ReturnType<typeof startEngine>>
const acted: string[] = []
let release: () => void = () => {}
let gate: Promise<void> = Promise.resolve()
const closeGate = (): void => void (gate = new Promise((resolve) => (release = resolve)))

const act: Step = {
  name: 'act',
  description: '',
  kind: 'act',
  effect: 'readable',
  run: async (_scope, targets: readonly StepTarget[]): Promise<Outcome[]> => {
    await gate
    acted.push(...targets.map((target) => target.itemId))
    return targets.map(() => ({ kind: 'done' }))
  },
}
const operation: Operation = testOperation({ name: 'test.control', batchSize: 1, steps: [act] })
const known = (name: string) => (name === operation.name ? operation : null)

before(async () => {
  database = await freshDatabase()
  engine = await startEngine({ url: database.url, operations: [operation], concurrency: 2 })
  await engine.worker.start()
})
after(async () => {
  await engine.stop()
  await database.drop()
})

const firstActs = firstActsOf([operation])
const decider = () => ({ db: database.db, notifier: createNotifier(database.db), now: () => new Date(), firstActs })
const alarms = { raise: async () => {}, resolve: async () => {} }
const by = (taskId: string, who: Principal = principal) => ({ principal: who, taskId, requestId: null })
const approver: Principal = {
  ...principal,
  userId: '0198c0de-0000-7000-8000-000000000001',
  email: 'approver@example.com',
}
const second: Principal = { ...principal, userId: '0198c0de-0000-7000-8000-000000000002', email: 'second@example.com' }
const reader = () => createReader({ db: database.db, operation: known })
const taskOf = async (id: string) => {
  const task = await reader().get(id)
  assert.ok(task)
  return task
}
const statusOf = async (id: string) => (await taskOf(id)).status
const ends = (id: string, status: string) =>
  waitFor(`task ${id} to be ${status}`, async () => (await statusOf(id)) === status)

const awaiting = (needed: number, risk: 'R2' | 'R4' = 'R2') => {
  const task = newTestTask(operation)
  task.status = 'awaiting_approval'
  task.plan = {
    ...task.plan,
    risk,
    approvals: { needed, reason: 'test', confirmation: null },
    accounts: [{ id: '111111111111', cloud: 'aws', isProduction: true }],
  }
  return task
}

test('a task that awaits approval is not touched until enough people approved exactly its plan', async () => {
  const task = awaiting(2, 'R4')
  await engine.file(task)
  const deps = { ...decider(), selfApproval: 'sandbox' as const }
  const approval = { planHash: task.plan.planHash, confirmation: 'test.control 1' }
  await assert.rejects(approve(deps, { ...by(task.id, approver), ...approval, planHash: 'other' }), {
    code: 'approval_void',
  })
  await assert.rejects(approve(deps, { ...by(task.id), ...approval }), { code: 'approval_not_allowed' })
  await assert.rejects(approve(deps, { ...by(task.id, approver), ...approval, confirmation: 'yes' }), {
    code: 'confirmation_needed',
  })
  await approve(deps, { ...by(task.id, approver), ...approval })
  await assert.rejects(approve(deps, { ...by(task.id, approver), ...approval }), { code: 'already_decided' })
  assert.equal(await statusOf(task.id), 'awaiting_approval')
  assert.equal(acted.includes(task.items[0]?.id ?? ''), false)
  await approve(deps, { ...by(task.id, second), ...approval })
  await ends(task.id, 'succeeded')
  assert.deepEqual(
    (await taskOf(task.id)).approvals.map((given) => given.by.email),
    ['approver@example.com', 'second@example.com'],
  )
})

test('two approvals at the same moment are counted one after the other', async () => {
  const task = awaiting(2)
  await engine.file(task)
  const deps = { ...decider(), selfApproval: 'never' as const }
  await Promise.all(
    [approver, second].map((who) => approve(deps, { ...by(task.id, who), planHash: task.plan.planHash })),
  )
  await ends(task.id, 'succeeded')
})

test('a rejected task is over, and so is one whose approval came too late', async () => {
  const rejected = awaiting(1)
  await engine.file(rejected)
  await reject(decider(), { ...by(rejected.id, approver), reason: 'not today' })
  assert.equal(await statusOf(rejected.id), 'rejected')
  assert.equal((await taskOf(rejected.id)).progress.cancelled, 1)
  await assert.rejects(
    approve(
      { ...decider(), selfApproval: 'always' },
      { ...by(rejected.id, approver), planHash: rejected.plan.planHash },
    ),
    {
      code: 'task_state',
    },
  )

  const late = awaiting(1)
  late.plan.expiresAt = new Date(Date.now() - 1000).toISOString()
  await engine.file(late)
  await assert.rejects(
    approve({ ...decider(), selfApproval: 'always' }, { ...by(late.id, approver), planHash: late.plan.planHash }),
    {
      code: 'approval_expired',
    },
  )
  await expireApprovals(decider())
  assert.equal(await statusOf(late.id), 'expired')
})

test('a cancelled task finishes what it has begun and begins nothing more', async () => {
  closeGate()
  const task = newTestTask(operation, { targets: 10 })
  await engine.file(task)
  await waitFor('two to be under way', () => engine.worker.load().running === 2)
  const told = engine.news('tasks_cancelling')
  await cancel({ ...decider(), operation: known }, by(task.id))
  assert.equal(await statusOf(task.id), 'cancelling')
  await assert.rejects(cancel({ ...decider(), operation: known }, by(task.id)), { code: 'task_state' })
  await told
  release()
  await ends(task.id, 'cancelled')
  const { progress } = await taskOf(task.id)
  assert.deepEqual([progress.succeeded, progress.cancelled], [2, 8])
  const mine = new Set(task.items.map((item) => item.id))
  assert.equal(acted.filter((id) => mine.has(id)).length, progress.succeeded)
})

test('a paused task begins nothing until it is resumed', async () => {
  closeGate()
  const task = newTestTask(operation, { targets: 10 })
  await engine.file(task)
  await waitFor('two to be under way', () => engine.worker.load().running === 2)
  const told = engine.news('tasks_paused')
  await pause(decider(), by(task.id))
  await told
  release()
  await waitFor('what was begun to end, and the rest to be put back', async () => {
    const { progress } = await taskOf(task.id)
    return progress.succeeded + progress.pending === 10 && engine.worker.load().running === 0
  })
  const { progress, status } = await taskOf(task.id)
  assert.equal(status, 'paused')
  assert.deepEqual([progress.succeeded, progress.pending], [2, 8])
  await resume(decider(), by(task.id))
  await ends(task.id, 'succeeded')
})

test('a task whose open items all wait for AWS goes on waiting when it is resumed', async () => {
  const task = newTestTask(operation)
  task.status = 'scheduled'
  task.scheduledFor = new Date(Date.now() + 3_600_000)
  await engine.file(task)
  // As a worker leaves it that parked its only item in a wait.
  await database.db.query({
    text: `update tasks set status = 'waiting', waiting = 1, started_at = now() where id = $1`,
    values: [task.id],
  })
  await pause(decider(), by(task.id))
  await resume(decider(), by(task.id))
  assert.equal(await statusOf(task.id), 'waiting')
})

test('one chore of the upkeep that fails keeps none of the others from running', async () => {
  const done: string[] = []
  const upkeep = createUpkeep({
    operations: [operation],
    retentionMonths: 13,
    db: {
      ...database.db,
      query: async (statement) => {
        if (statement.name === 'tasks.archive') throw new Error('no')
        done.push(statement.text.trim().split(' ').slice(0, 3).join(' '))
        return []
      },
    },
    clock: systemClock,
    log: createLog({ level: 'silent' }),
    notifier: createNotifier(database.db),
    alarms,
  })
  await upkeep.round()
  assert.deepEqual(done, [
    'insert into dead_letters',
    'with heard as',
    'select id from',
    'select t.id from',
    'with live as',
    'select task_id as',
    'select ensure_finished_partitions(now())',
    ...besides.map((table) => `delete from ${table}`),
    'delete from idempotency',
  ])
})

test('what is filed to run at once is due by the clock of the database, whatever that of the process says', async () => {
  const task = newTestTask(operation)
  const [row] = await database.db.transaction(async (tx) => {
    await fileTasks(tx, [
      {
        task,
        idempotency: null,
        claim: null,
        actor: { id: 'system', email: 'system' },
        requestId: null,
        audit: {},
        event: {},
      },
    ])
    return tx.query<{ isNow: boolean }>({
      text: 'select ready_at = now() as "isNow" from items where task_id = $1',
      values: [task.id],
    })
  })
  assert.equal(row?.isNow, true)
})

test('an event that commits late is not skipped by who pages through a task', async () => {
  const task = newTestTask(operation)
  const topics = [`tasks/${task.id}`]
  await engine.file({ ...task, status: 'awaiting_approval' })
  const types = async () =>
    (await listTaskEvents(database.db, task.id, { limit: 10, after: null })).map(({ type }) => type)
  await waitFor('the filing to be listed', async () => (await types()).length === 1)
  await database.db.transaction(async (tx) => {
    await appendEvents(tx, [{ topics, type: 'early', data: {} }])
    await appendEvents(database.db, [{ topics, type: 'late', data: {} }])
    assert.deepEqual(await types(), ['task.created'])
  })
  await waitFor('both to be listed', async () => (await types()).length === 3)
  assert.deepEqual(await types(), ['task.created', 'early', 'late'])
})

test('a scheduled task waits for its time, and can be cancelled before', async () => {
  const soon = newTestTask(operation)
  soon.status = 'scheduled'
  soon.scheduledFor = new Date(Date.now() + 300)
  await engine.file(soon)
  await ends(soon.id, 'succeeded')
  assert.ok(new Date((await taskOf(soon.id)).startedAt ?? 0) >= soon.scheduledFor)

  const never = newTestTask(operation)
  never.status = 'scheduled'
  never.scheduledFor = new Date(Date.now() + 3_600_000)
  await engine.file(never)
  assert.equal(await statusOf(never.id), 'scheduled')
  await cancel({ ...decider(), operation: known }, by(never.id))
  assert.equal(await statusOf(never.id), 'cancelled')
})

test('finished tasks leave the hot tables with their items and are read as before', async () => {
  const task = newTestTask(operation, { targets: 3 })
  await engine.file(task)
  await ends(task.id, 'succeeded')
  const before = [await taskOf(task.id), await reader().items(task.id, { limit: 50 })]
  const upkeep = createUpkeep({
    operations: [operation],
    retentionMonths: 13,
    db: database.db,
    clock: systemClock,
    log: createLog({ level: 'silent' }),
    notifier: createNotifier(database.db),
    alarms,
    overForSeconds: 0,
  })
  await upkeep.round()
  const [hot] = await database.db.query<{ tasks: number; items: number }>({
    text: `select (select count(*)::int from tasks where finished_at is not null) as tasks,
      (select count(*)::int from items where status = any($1)) as items`,
    values: [finalItemStatuses],
  })
  assert.deepEqual(hot, { tasks: 0, items: 0 })
  assert.deepEqual([await taskOf(task.id), await reader().items(task.id, { limit: 50 })], before)
  assert.ok((await reader().list({}, { limit: 500 })).items.some((row) => row.id === task.id))
  const partitioned = await database.db.query({
    text: `select 1 from only tasks_finished_rest where id = $1`,
    values: [task.id],
  })
  assert.equal(partitioned.length, 0, 'it lies in its month, not in the rest')
})
