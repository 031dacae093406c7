import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AppError } from '#platform/app-error.ts'
import { createLog } from '#platform/log.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal, testOperation } from '../../../test/support/engine.ts'
import type { Planner, PlanRequest, StoredPlan } from '../plan.ts'
import { createFiler } from '../queue/file.ts'
import { openQueueDatabase } from '../queue-database.ts'
import { createReader } from '../read/reader.ts'
import type { NewTask } from '../store/file-tasks.ts'
import { undo } from './undo.ts'

const operation = testOperation({
  name: 'test.undone',
  undo: { label: 'exact', inverse: () => ({ operation: 'test.undone', params: {} }) },
})

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

let preApproved: PlanRequest['preApproved']
/** A plan of exactly the targets that are asked for. */
const prepare = async ({ targets, ...request }: PlanRequest): Promise<StoredPlan> => {
  ;({ preApproved } = request)
  const ids = 'ids' in targets ? targets.ids : []
  const { plan, items } = newTestTask(operation)
  const [item] = items
  assert.ok(item)
  const place = { name: null, account: item.account, region: item.region, before: item.before, after: item.after }
  return {
    plan: { ...plan, params: {}, targets: ids.map((id) => ({ id, ...place })), links: { self: '' } },
    targets,
    requestedBy: principal.userId,
    operationVersion: 1,
    accounts: [],
    attributes: [],
    needsSomeoneElse: false,
  }
}
const planner = { prepare } as Planner // an undo asks for nothing else

const takeBack = (taskId: string, items?: string[], now = new Date()) =>
  undo(
    { db: database.db, planner, filer, operation: () => operation, now: () => now },
    { principal, taskId, requestId: 'test', ...(items === undefined ? {} : { items }) },
  )
const reader = () => createReader({ db: database.db, operation: () => operation })
const end = async (taskId: string, status = 'succeeded') => {
  await database.db.query({
    text: `update tasks set status = $2, open = 0, succeeded = case when $2 = 'succeeded' then total else 0 end,
      finished_at = now() where id = $1`,
    values: [taskId, status],
  })
  await database.db.query({ text: 'update items set status = $2 where task_id = $1', values: [taskId, status] })
}
const targetsOf = async (taskId: string) =>
  (await reader().items(taskId, { limit: 50 })).items.map(({ target }) => target.id)

/** A task of so many targets that succeeded. */
const succeeded = async (targets: number): Promise<NewTask> => {
  const task = newTestTask(operation, { targets })
  await filer.file({ task, principal, requestId: null })
  await end(task.id)
  return task
}

test('after a part was taken back the rest still can be, and then nothing more', async () => {
  const task = await succeeded(3)
  const [first, second, third] = task.items.map(({ targetId }) => targetId)
  assert.ok(first && second && third)
  const one = await takeBack(task.id, [first])
  await assert.rejects(takeBack(task.id, [second]), /is taking it back/, 'one undo at a time')
  await end(one.id)

  assert.deepEqual((await reader().get(task.id))?.undo, { label: 'exact', possible: true, why: null, task: one.id })
  const { items } = await reader().items(task.id, { limit: 50 })
  assert.deepEqual(
    items.map((item) => item.undo.possible),
    [false, true, true],
  )
  await assert.rejects(takeBack(task.id, [first]), { code: 'undo_impossible' })

  const rest = await takeBack(task.id)
  assert.deepEqual(await targetsOf(rest.id), [second, third])
  await end(rest.id)
  await assert.rejects(takeBack(task.id), (error) => {
    assert.ok(error instanceof AppError)
    assert.deepEqual([error.code, /All of it was taken back already/.test(error.message)], ['undo_impossible', true])
    return true
  })
  assert.equal((await reader().get(task.id))?.undo.possible, false)
})

test('an undo that failed leaves everything to be taken back', async () => {
  const task = await succeeded(2)
  await end((await takeBack(task.id)).id, 'failed')
  assert.deepEqual(await targetsOf((await takeBack(task.id)).id), await targetsOf(task.id))
})

test('of two undos of the same moment one is filed; the other is refused, and nobody else', async () => {
  const task = await succeeded(2)
  const bystander = newTestTask(operation)
  const [first, second] = await Promise.allSettled([
    takeBack(task.id),
    takeBack(task.id),
    filer.file({ task: bystander, principal, requestId: null }),
  ])
  const refused = [first, second].flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  assert.equal(refused.length, 1)
  assert.ok(refused[0] instanceof AppError)
  assert.deepEqual([refused[0].code, refused[0].status], ['undo_impossible', 409])
  assert.ok(await reader().get(bystander.id))
  const filed = await database.db.query({ text: 'select 1 from tasks where undo_of = $1', values: [task.id] })
  assert.equal(filed.length, 1)
})

const approvedBy = async (taskId: string, approvedAt: string, finishedAt: string) => {
  await database.db.query({
    text: `insert into task_approvals (task_id, by_id, by_email, decision, plan_hash, self_approved, at)
      values ($1, 'ann', 'ann@example.com', 'approved', 'x', false, $2)`,
    values: [taskId, approvedAt],
  })
  await database.db.query({ text: 'update tasks set finished_at = $2 where id = $1', values: [taskId, finishedAt] })
}

test('the undo of an approved task is approved with it for 24 hours, up to the class that was approved', async () => {
  const moment = new Date('2026-03-02T12:00:00Z')
  // Approved days ago, held by a delay, over 23 hours and 59 minutes ago.
  const fresh = await succeeded(1)
  await approvedBy(fresh.id, '2026-02-27T12:00:00Z', '2026-03-01T12:01:00Z')
  await takeBack(fresh.id, undefined, moment)
  assert.equal(preApproved?.highestRisk, 'R1')
  assert.match(preApproved?.why ?? '', /ann@example\.com approved/)

  const old = await succeeded(1)
  await approvedBy(old.id, '2026-03-01T11:00:00Z', '2026-03-01T11:59:00Z')
  await takeBack(old.id, undefined, moment)
  assert.equal(preApproved, undefined)

  const unasked = await succeeded(1)
  await takeBack(unasked.id)
  assert.equal(preApproved, undefined, 'what nobody approved takes nothing along')
})

test('an undo takes back items of its own task only', async () => {
  const task = await succeeded(1)
  const other = await succeeded(2)
  const foreign = other.items[1]
  assert.ok(foreign)
  await assert.rejects(takeBack(task.id, [foreign.id]), { code: 'undo_impossible' })
  await assert.rejects(takeBack(task.id, [foreign.targetId]), { code: 'undo_impossible' })
})
