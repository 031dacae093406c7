import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createLog } from '#platform/log.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal, testOperation } from '../../../test/support/engine.ts'
import type { TaskService } from '../http/task-service.ts'
import type { PlanRequest, StoredPlan } from '../plan.ts'
import { createFiler } from '../queue/file.ts'
import { openQueueDatabase } from '../queue-database.ts'
import { createReader } from '../read/reader.ts'
import { archiveTasks } from '../store/archive-tasks.ts'
import type { NewTask } from '../store/file-tasks.ts'
import { newTask } from './new-task.ts'
import { retry } from './retry.ts'
import type { Retrying } from './retry.ts'

const operation = testOperation({ name: 'test.retried' })
const reboot = testOperation({
  name: 'test.rebooted',
  steps: [
    {
      name: 'reboot',
      description: '',
      kind: 'act',
      effect: 'at-most-once',
      run: async (_scope, targets) => targets.map(() => ({ kind: 'done' })),
    },
  ],
})
const known = (name: string) => [operation, reboot].find((one) => one.name === name) ?? null

let database: Awaited<ReturnType<typeof freshDatabase>>
let filer: ReturnType<typeof createFiler>
let close: () => Promise<void>
before(async () => {
  database = await freshDatabase()
  const queue = openQueueDatabase({ connectionString: database.url, log: createLog({ level: 'fatal' }) })
  filer = createFiler({ db: queue, notifier: createNotifier(queue), onFiled: () => {} })
  close = queue.close
})
after(async () => {
  await close()
  await database.drop()
})

/** A plan of exactly the targets that are asked for, which are found in that state. */
const plannerThatFinds = (state: string) => {
  const requests: PlanRequest[] = []
  const prepare = async (request: PlanRequest): Promise<StoredPlan> => {
    requests.push(request)
    const ids = 'ids' in request.targets ? request.targets.ids : []
    const { plan } = newTestTask(operation)
    const place = { name: null, account: '111111111111', region: 'eu-west-1', before: { state }, after: { state: 'b' } }
    const approvals =
      request.preApproved === undefined
        ? { needed: 1, reason: 'test', confirmation: null }
        : { needed: 0, reason: request.preApproved.why, confirmation: null }
    return {
      plan: { ...plan, approvals, params: {}, targets: ids.map((id) => ({ id, ...place })), links: { self: '' } },
      targets: request.targets,
      requestedBy: principal.userId,
      operationVersion: 1,
      accounts: [],
      attributes: [],
      needsSomeoneElse: false,
    }
  }
  return { prepare, requests }
}

/** As the task service files, without freezes. */
const file: TaskService['file'] = async ({ also, requestId, ...filing }) => {
  const task = newTask({ ...filing, scheduledFor: null, undoOf: null, now: new Date() })
  await filer.file({
    task,
    principal,
    requestId,
    ...(also === undefined ? {} : { also: (sql) => also(sql, task.id) }),
  })
  return { id: task.id, status: task.status, planHash: task.plan.planHash, isNew: true }
}

const again = (taskId: string, more: Partial<Retrying> = {}, planner = plannerThatFinds('a'), now = new Date()) =>
  retry(
    { db: database.db, planner, file, operation: known, now: () => now },
    { principal, taskId, requestId: 'test', ...more },
  )
const reader = () => createReader({ db: database.db, operation: known })
const targetsOf = async (taskId: string) =>
  (await reader().items(taskId, { limit: 50 })).items.map(({ target }) => target.id)

/** A task that is over, whose items ended like that, in their order. */
const over = async (ends: readonly string[], of = operation, error: string | null = null): Promise<NewTask> => {
  const task = newTestTask(of, { targets: ends.length })
  await filer.file({ task, principal, requestId: null })
  await finish(task.id, ends, error)
  return task
}
const finish = async (taskId: string, ends: readonly string[], error: string | null = null) => {
  await database.db.query({
    text: `update items i set status = e.status,
        error = case when e.status <> 'succeeded' and $3::text is not null then jsonb_build_object('code', $3::text, 'message', '') end
      from unnest($2::text[]) with ordinality as e(status, n) where i.task_id = $1 and i.ordinal = e.n - 1`,
    values: [taskId, ends, error],
  })
  await database.db.query({
    text: `update tasks set status = case when $2 = total then 'succeeded' else 'partly_failed' end, open = 0, succeeded = $2,
      finished_at = now() where id = $1`,
    values: [taskId, ends.filter((end) => end === 'succeeded').length],
  })
}

test('what failed is tried again, what was cancelled or drifted when it is asked for', async () => {
  const task = await over(['succeeded', 'failed', 'compensated', 'drifted', 'cancelled'])
  const [, failed, compensated, drifted, cancelled] = task.items.map(({ targetId }) => targetId)
  const first = await again(task.id)
  assert.deepEqual(await targetsOf(first.id), [failed, compensated])
  assert.equal((await reader().get(first.id))?.retryOf, task.id)
  assert.deepEqual((await reader().get(task.id))?.retries, [{ task: first.id, status: 'awaiting_approval' }])

  await finish(first.id, ['succeeded', 'failed'])
  const second = await again(task.id, { statuses: ['failed', 'compensated', 'drifted', 'cancelled'] })
  // What an earlier retry has done is not done again.
  assert.deepEqual(await targetsOf(second.id), [compensated, drifted, cancelled])
  await finish(second.id, ['succeeded', 'succeeded', 'succeeded'])
  await assert.rejects(again(task.id), { code: 'retry_impossible' })
})

test('single items are named by id or target; one that succeeded is refused', async () => {
  const task = await over(['failed', 'failed', 'succeeded', 'drifted'])
  const [first, second, third, fourth] = task.items
  assert.ok(first && second && third && fourth)
  await assert.rejects(again(task.id, { items: [third.id] }), { code: 'retry_impossible' })
  const filed = await again(task.id, { items: [second.id, fourth.targetId] })
  assert.deepEqual(await targetsOf(filed.id), [second.targetId, fourth.targetId])
})

test('an effect of which nobody knows whether it took place is repeated only when somebody says so', async () => {
  const task = await over(['failed', 'succeeded'], reboot, 'outcome_unknown')
  await assert.rejects(again(task.id), /Nobody knows whether/)
  await assert.rejects(again(task.id, { items: [task.items[0]?.id ?? ''] }), { code: 'retry_impossible' })
  assert.deepEqual(await targetsOf((await again(task.id, { repeatEffect: true })).id), [task.items[0]?.targetId])

  // A worker that was lost half-way may have acted, where that can't be read back.
  const lost = await over(['failed'], reboot, 'worker_lost')
  await assert.rejects(again(lost.id), { code: 'retry_impossible' })
  const readable = await over(['failed'], operation, 'worker_lost')
  assert.deepEqual(await targetsOf((await again(readable.id)).id), [readable.items[0]?.targetId])
})

test('a task that is not over, one that does not exist and an undo are not tried again', async () => {
  const task = newTestTask(operation)
  await filer.file({ task, principal, requestId: null })
  await assert.rejects(again(task.id), { code: 'task_state' })
  await assert.rejects(again('0198c0de-0000-7000-8000-0000000000ff'), { code: 'task_not_found' })
  const undo = { ...newTestTask(operation), undoOf: task.id }
  await filer.file({ task: undo, principal, requestId: null })
  await finish(undo.id, ['failed'])
  await assert.rejects(again(undo.id), { code: 'retry_impossible' })
})

test('of two retries of the same moment one is filed', async () => {
  const task = await over(['failed', 'succeeded'])
  const both = await Promise.allSettled([again(task.id), again(task.id)])
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
  const refused = both.find((one) => one.status === 'rejected')
  assert.equal(refused?.reason.code, 'retry_impossible')
  const filed = await database.db.query({ text: 'select 1 from task_retries where retry_of = $1', values: [task.id] })
  assert.equal(filed.length, 1)
})

const approve = (taskId: string, at: string) =>
  database.db.query({
    text: `insert into task_approvals (task_id, by_id, by_email, decision, plan_hash, self_approved, at)
      values ($1, 'ann', 'ann@example.com', 'approved', 'x', false, $2)`,
    values: [taskId, at],
  })

test('the approval of the origin covers the retry for 24 hours, as long as the targets are as they were', async () => {
  const moment = new Date('2026-03-02T12:00:00Z')
  const approved = async () => {
    const task = await over(['failed'])
    await approve(task.id, '2026-03-01T10:00:00Z')
    await database.db.query({
      text: 'update tasks set finished_at = $2 where id = $1',
      values: [task.id, '2026-03-01T13:00:00Z'],
    })
    return task
  }
  const fresh = await approved()
  assert.equal((await again(fresh.id, {}, plannerThatFinds('a'), moment)).status, 'queued')

  const changed = await approved()
  const planner = plannerThatFinds('c')
  assert.equal((await again(changed.id, {}, planner, moment)).status, 'awaiting_approval')
  assert.deepEqual(
    planner.requests.map((request) => request.preApproved === undefined),
    [false, true],
  )

  const old = await approved()
  const later = new Date('2026-03-02T13:00:01Z')
  assert.equal((await again(old.id, {}, plannerThatFinds('a'), later)).status, 'awaiting_approval')
})

test('a task that has left the hot tables is tried again all the same', async () => {
  const task = await over(['failed', 'succeeded'])
  await database.db.query({
    text: `update tasks set finished_at = now() - interval '1 hour' where id = $1`,
    values: [task.id],
  })
  while ((await archiveTasks(database.db, { tasks: 100, items: 500, overForSeconds: 600 }, [])) > 0);
  assert.deepEqual(await targetsOf((await again(task.id)).id), [task.items[0]?.targetId])
})
