import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Principal } from '#contracts/principal.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal, testOperation } from '../../../test/support/engine.ts'
import type { Alarm } from '../alarms.ts'
import { approve, reject } from '../control/approve.ts'
import { cancel } from '../control/cancel.ts'
import { pause, resume } from '../control/pause.ts'
import { firstActsOf } from '../freezes/hold.ts'
import { createFiler } from '../queue/file.ts'
import { openQueueDatabase } from '../queue-database.ts'
import { createReader } from '../read/reader.ts'
import type { NewTask } from '../store/file-tasks.ts'
import type { StoredPlan } from '../plan.ts'
import { alertBreakGlass, breakGlass, expireBreakGlass } from './break-glass.ts'

const operation = testOperation({ name: 'test.governed' })
const known = (name: string) => (name === operation.name ? operation : null)

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

/** The moment in which the tests decide; nothing here is run by a worker. */
let now = new Date('2026-03-02T12:00:00.000Z')
const deps = () => ({
  db: database.db,
  notifier: createNotifier(database.db),
  now: () => now,
  firstActs: firstActsOf([operation]),
  selfApproval: 'sandbox' as const,
})
const person = (name: string): Principal => ({ ...principal, userId: name, email: `${name}@example.com` })
const [ann, bob] = [person('ann'), person('bob')]
const reader = () => createReader({ db: database.db, operation: known, now: () => now })
const taskOf = async (id: string) => {
  const task = await reader().get(id)
  assert.ok(task)
  return task
}
/** When each item may be claimed. */
const readyAt = (id: string) =>
  database.db.query<{ ready: string | null }>({
    text: 'select ready_at as ready from items where task_id = $1 order by ordinal',
    values: [id],
  })

const awaiting = async (more: Partial<NewTask['plan']> = {}, targets = 2): Promise<NewTask> => {
  const task = newTestTask(operation, { targets })
  task.status = 'awaiting_approval'
  task.plan = {
    ...task.plan,
    risk: 'R4',
    approvals: { needed: 2, reason: 'test', confirmation: null },
    accounts: [{ id: '111111111111', cloud: 'aws', isProduction: true }],
    expiresAt: '2026-03-03T12:00:00.000Z',
    ...more,
  }
  await filer.file({ task, principal, requestId: null })
  return task
}
const approves = (task: NewTask, who: Principal, more: { confirmation?: string } = {}) =>
  approve(deps(), {
    principal: who,
    taskId: task.id,
    requestId: null,
    planHash: task.plan.planHash,
    confirmation: 'test.governed 2',
    ...more,
  })
const by = (task: NewTask, who: Principal) => ({ principal: who, taskId: task.id, requestId: null })

test('after the last approval of an R4 nothing begins for its delay, and it says so; then it may', async () => {
  const task = await awaiting({ delaySeconds: 900 })
  await approves(task, ann)
  assert.equal((await taskOf(task.id)).status, 'awaiting_approval')
  assert.deepEqual(await readyAt(task.id), [{ ready: null }, { ready: null }])
  await approves(task, bob)
  const held = await taskOf(task.id)
  assert.deepEqual([held.status, held.notBefore], ['scheduled', '2026-03-02T12:15:00.000Z'])
  assert.match(held.notBeforeReason ?? '', /can still be cancelled/)
  const end = new Date('2026-03-02T12:15:00.000Z')
  assert.deepEqual(await readyAt(task.id), [{ ready: end }, { ready: end }])
})

test('a pause does not cut the delay short, nor does a set time before its end', async () => {
  const task = await awaiting({ delaySeconds: 3600 })
  await approves(task, ann)
  await approves(task, bob)
  await pause(deps(), by(task, ann))
  await resume(deps(), by(task, ann))
  const { status, notBefore } = await taskOf(task.id)
  assert.deepEqual([status, notBefore], ['scheduled', '2026-03-02T13:00:00.000Z'])
  assert.deepEqual((await readyAt(task.id))[0], { ready: new Date('2026-03-02T13:00:00.000Z') })
})

test('while it is delayed a task is cancelled whole, and the rest of its delay is over', async () => {
  const task = await awaiting({ delaySeconds: 3600 })
  await approves(task, ann)
  await approves(task, bob)
  await cancel({ ...deps(), operation: known }, by(task, ann))
  const { status, progress, notBefore } = await taskOf(task.id)
  assert.deepEqual([status, progress.cancelled, notBefore], ['cancelled', 2, null])
})

test('every approver of an R4 types what is about to happen; one person has one voice', async () => {
  const task = await awaiting()
  await assert.rejects(approves(task, ann, { confirmation: 'test.governed' }), { code: 'confirmation_needed' })
  await approves(task, ann)
  await assert.rejects(approves(task, ann), { code: 'already_decided' })
  await assert.rejects(approves(task, bob, { confirmation: '' }), { code: 'confirmation_needed' })
  await assert.rejects(approves(task, principal), { code: 'approval_not_allowed' }, 'the requester, on a real account')
  await approves(task, bob)
  assert.equal((await taskOf(task.id)).status, 'queued')
})

test('on sandbox accounts the typed approval of the requester alone fills the quorum, and is marked', async () => {
  const task = await awaiting({ accounts: [{ id: '111111111111', cloud: 'sandbox', isProduction: false }] })
  await approves(task, principal)
  const { status, approvals } = await taskOf(task.id)
  assert.deepEqual([status, approvals.map((one) => one.selfApproved)], ['queued', [true]])
})

test('who approved may still reject; the rejection is what stands', async () => {
  const task = await awaiting()
  await approves(task, ann)
  await reject(deps(), { ...by(task, ann), reason: 'wrong cluster' })
  const { status, approvals } = await taskOf(task.id)
  assert.equal(status, 'rejected')
  assert.deepEqual(
    approvals.map(({ decision, reason }) => [decision, reason]),
    [['rejected', 'wrong cluster']],
  )
})

const storedOf = (task: NewTask): StoredPlan => ({
  plan: { ...task.plan, params: {}, targets: [], links: { self: '' } },
  targets: task.targets,
  requestedBy: principal.userId,
  operationVersion: 1,
  accounts: [],
  attributes: [],
  needsSomeoneElse: true,
})

/** A task for which the glass is broken, as the service files it. */
const broken = async (minutes: number): Promise<NewTask> => {
  const task = newTestTask(operation, { targets: 2 })
  const request = { reason: 'the site is down', minutes }
  const glass = breakGlass({
    principal: ann,
    stored: storedOf(task),
    request,
    scheduledFor: null,
    requestId: 'r1',
    now,
  })
  task.plan = { ...task.plan, approvals: glass.stored.plan.approvals }
  await filer.file({ task, principal: ann, requestId: 'r1', also: (sql) => glass.also(sql, task.id) })
  return task
}

test('a broken glass is marked on the task and in the audit log, and everybody is told once', async () => {
  const task = await broken(60)
  const { breakGlass: mark, plan } = await taskOf(task.id)
  assert.deepEqual(
    [mark?.by.email, mark?.reason, mark?.beginBy],
    [ann.email, 'the site is down', '2026-03-02T13:00:00.000Z'],
  )
  assert.equal(plan.approvals.needed, 0)
  const audited = await database.db.query({
    text: `select 1 from audit where action = 'task.breakGlass' and subject_id = $1 and details->>'reason' = 'the site is down'`,
    values: [task.id],
  })
  assert.equal(audited.length, 1)

  const raised: Alarm[] = []
  let isDown = true
  const alarms = {
    raise: async (alarm: Alarm) => {
      if (isDown) throw new Error('down')
      raised.push(alarm)
    },
    resolve: async () => {},
  }
  await assert.rejects(alertBreakGlass({ ...deps(), alarms }), /down/)
  isDown = false
  await alertBreakGlass({ ...deps(), alarms })
  await alertBreakGlass({ ...deps(), alarms })
  const [alarm] = raised.filter(({ subject }) => subject?.id === task.id)
  assert.deepEqual([raised.length, alarm?.severity], [1, 'critical'])
  assert.match(
    `${alarm?.title} ${alarm?.detail}`,
    /ann@example\.com runs test\.governed on 2 targets .* the site is down/,
  )
})

test('a break-glass task that has not begun within its time expires; one that has begun goes on', async () => {
  const late = await broken(1)
  const begun = await broken(1)
  const early = await broken(240)
  await database.db.query({
    text: `update items set status = 'running', worker = gen_random_uuid() where task_id = $1 and ordinal = 0`,
    values: [begun.id],
  })
  now = new Date('2026-03-02T12:00:59.999Z')
  await expireBreakGlass(deps())
  assert.equal((await taskOf(late.id)).status, 'queued')
  now = new Date('2026-03-02T12:01:00.000Z')
  await expireBreakGlass(deps())
  assert.deepEqual(await Promise.all([late, begun, early].map(async ({ id }) => (await taskOf(id)).status)), [
    'expired',
    'queued',
    'queued',
  ])
  assert.equal((await taskOf(late.id)).progress.cancelled, 2)
  assert.equal((await taskOf(begun.id)).progress.cancelled, 0)
})

test('a break-glass task cannot be put off beyond its time', () => {
  const stored = storedOf(newTestTask(operation))
  const at = (scheduledFor: Date) =>
    breakGlass({ principal: ann, stored, request: { reason: 'x', minutes: 60 }, scheduledFor, requestId: 'r', now })
  assert.throws(() => at(new Date(now.getTime() + 3_600_001)), { code: 'break_glass_limit' })
  at(new Date(now.getTime() + 3_600_000))
})
