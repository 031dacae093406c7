import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { NewFreeze } from '#contracts/freeze.ts'
import type { Risk } from '#contracts/task.ts'
import { systemClock } from '#platform/clock.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal, testOperation } from '../../../test/support/engine.ts'
import { createCatalogue } from '../catalogue.ts'
import { approve } from '../control/approve.ts'
import { pause, resume } from '../control/pause.ts'
import { createFiler } from '../queue/file.ts'
import { openQueueDatabase } from '../queue-database.ts'
import { createReader } from '../read/reader.ts'
import type { NewTask } from '../store/file-tasks.ts'
import { createFreezes } from './freezes.ts'
import { passFreezes } from './held-items.ts'
import { firstActsOf } from './hold.ts'
import { createFreezeKeeper } from './keeper.ts'

const check = {
  name: 'check',
  description: '',
  kind: 'check',
  run: async () => [],
} as const
const plain = testOperation({ name: 'test.frozen' })
const operation = { ...plain, steps: [check, ...plain.steps] }
const firstActs = firstActsOf([operation])

let database: Awaited<ReturnType<typeof freshDatabase>>
let filer: ReturnType<typeof createFiler>
let close: () => Promise<void>
let now: Date
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
beforeEach(async () => {
  now = new Date()
  await database.db.query({ text: 'truncate freezes, tasks, items, task_freeze_holds, task_freeze_passes' })
})

const clock = { ...systemClock, now: () => now }
const decider = () => ({ db: database.db, notifier: createNotifier(database.db), now: clock.now, firstActs })
const keeper = () =>
  createFreezeKeeper({
    db: database.db,
    clock,
    log: createLog({ level: 'fatal' }),
    notifier: createNotifier(database.db),
    firstActs,
  })
const freezes = () =>
  createFreezes({
    db: database.db,
    clock,
    notifier: createNotifier(database.db),
    catalogue: createCatalogue([operation]),
    knownAccounts: async () => ['111111111111', '222222222222'],
    keeper: keeper(),
  })
const asker = { principal, requestId: 'r' }
const hours = (count: number): Date => new Date(now.getTime() + count * 3_600_000)
const scope = { accounts: [], regions: [], operations: [], minimumRisk: 'R2' as Exclude<Risk, 'R0'> }
const freezeOf = (from: Date, to: Date, more: Partial<NewFreeze> = {}): NewFreeze => ({
  name: 'sale',
  reason: 'black friday',
  from: from.toISOString(),
  to: to.toISOString(),
  scope,
  ...more,
})
const taskOf = async (id: string) => {
  const task = await createReader({ db: database.db, operation: () => operation, now: clock.now }).get(id)
  assert.ok(task)
  return task
}
const readyAt = async (id: string): Promise<(Date | null)[]> =>
  (
    await database.db.query<{ ready: Date | null }>({
      text: 'select ready_at as ready from items where task_id = $1 order by ordinal',
      values: [id],
    })
  ).map(({ ready }) => ready)

const file = async (change: (task: NewTask) => void = () => {}, targets = 1): Promise<NewTask> => {
  const task = newTestTask(operation, { targets })
  task.plan = { ...task.plan, risk: 'R2' }
  change(task)
  await filer.file({ task, principal, requestId: null })
  return task
}

test('a freeze that is made later holds what has not begun until its end, says so, and lets go when it is deleted', async () => {
  const task = await file()
  const { id } = await freezes().create(asker, freezeOf(hours(-1), hours(2)))
  const held = await taskOf(task.id)
  assert.deepEqual([held.status, held.notBefore], ['scheduled', hours(2).toISOString()])
  assert.match(held.notBeforeReason ?? '', /"sale"/)
  assert.deepEqual(await readyAt(task.id), [hours(2)])

  await freezes().change(asker, id, { to: hours(1).toISOString() })
  assert.deepEqual(await readyAt(task.id), [hours(1)])
  await freezes().remove(asker, id)
  assert.deepEqual(await readyAt(task.id), [now])
  const free = await taskOf(task.id)
  assert.deepEqual([free.status, free.notBefore], ['queued', null])
})

test('a task that is scheduled into a freeze waits for its end; one before or after it keeps its time', async () => {
  const at = (time: Date) =>
    file((task) => {
      task.status = 'scheduled'
      task.scheduledFor = time
    })
  const [before_, within, after_] = [await at(hours(1)), await at(hours(3)), await at(hours(5))]
  await freezes().create(asker, freezeOf(hours(2), hours(5)))
  assert.deepEqual((await Promise.all([before_, within, after_].map(({ id }) => readyAt(id)))).flat(), [
    hours(1),
    hours(5),
    hours(5),
  ])
  assert.equal((await taskOf(within.id)).notBefore, hours(5).toISOString())
  const { items } = await freezes().list({ limit: 50 })
  assert.deepEqual([items[0]?.status, items[0]?.window?.from], ['upcoming', hours(2).toISOString()])
  await freezes().remove(asker, items[0]!.id)
  assert.deepEqual(await readyAt(within.id), [hours(3)])
})

test('only what the scope names is held: class, operation, account and Region', async () => {
  const low = await file((task) => (task.plan = { ...task.plan, risk: 'R1' }))
  const two = await file((task) => {
    task.accounts = ['111111111111', '222222222222']
    task.items[1]!.account = '222222222222'
  }, 2)
  await freezes().create(asker, freezeOf(hours(-1), hours(1), { scope: { ...scope, accounts: ['222222222222'] } }))
  const [free, held] = await readyAt(two.id)
  assert.ok(free && free < hours(0.5))
  assert.deepEqual(held, hours(1))
  assert.equal((await taskOf(two.id)).status, 'queued', 'a part of it may begin')
  assert.ok((await readyAt(low.id))[0]! < hours(0.5))
  await freezes().create(asker, freezeOf(hours(-1), hours(2), { scope: { ...scope, operations: ['test.*'] } }))
  assert.deepEqual(await readyAt(two.id), [hours(2), hours(2)])
})

test('what has begun to act goes on, and what may pass passes', async () => {
  const task = await file(() => {}, 4)
  await database.db.query({
    text: `update items set status = 'running' where task_id = $1 and ordinal = 0`,
    values: [task.id],
  })
  // Its check is over, it is about to act; the next one may have acted already.
  await database.db.query({ text: `update items set step = 1 where task_id = $1 and ordinal = 1`, values: [task.id] })
  await database.db.query({
    text: `update items set step = 1, is_doubtful = true where task_id = $1 and ordinal = 2`,
    values: [task.id],
  })
  const exempt = await file()
  await passFreezes(database.db, exempt.id, 'break-glass')
  await freezes().create(asker, freezeOf(hours(-1), hours(1)))
  assert.deepEqual(
    (await readyAt(task.id)).map((at) => at?.getTime() === hours(1).getTime()),
    [false, true, false, true],
  )
  assert.ok((await readyAt(exempt.id))[0]! < hours(0.5))
})

test('an approval and the end of a pause let nothing begin inside a freeze', async () => {
  await freezes().create(asker, freezeOf(hours(-1), hours(1)))
  const task = await file((one) => {
    one.status = 'awaiting_approval'
    one.plan = { ...one.plan, approvals: { needed: 1, reason: '', confirmation: null } }
  })
  const other = { ...principal, userId: 'other', email: 'other@example.com' }
  const acting = { principal: other, taskId: task.id, requestId: null }
  await approve({ ...decider(), selfApproval: 'never' }, { ...acting, planHash: task.plan.planHash })
  assert.deepEqual([(await taskOf(task.id)).status, await readyAt(task.id)], ['scheduled', [hours(1)]])
  await pause(decider(), acting)
  assert.deepEqual(await readyAt(task.id), [null])
  await resume(decider(), acting)
  assert.deepEqual([(await taskOf(task.id)).status, await readyAt(task.id)], ['scheduled', [hours(1)]])
})

test('the keeper holds what becomes due after a window began, and forgets holds that are over', async () => {
  const loop = keeper()
  await freezes().create(asker, freezeOf(hours(-1), hours(1)))
  const task = await file() // as a wave or a predecessor lets it go, not by a request
  await loop.enforce()
  assert.deepEqual(await readyAt(task.id), [hours(1)])
  now = hours(1)
  await loop.enforce()
  assert.deepEqual(await database.db.query({ text: 'select 1 from task_freeze_holds' }), [])
  assert.equal((await taskOf(task.id)).notBefore, null)
})

test('a freeze is refused that names what is not there, and one that is no more is 404', async () => {
  const unknown = freezeOf(hours(1), hours(2), {
    scope: { ...scope, operations: ['test.frozn'], accounts: ['333333333333'] },
  })
  await assert.rejects(freezes().create(asker, unknown), { code: 'freeze_scope_unknown' })
  await assert.rejects(freezes().remove(asker, '0198c0de-0000-7000-8000-000000000001'), { code: 'freeze_not_found' })
  await assert.rejects(freezes().get('x'), { code: 'freeze_not_found' })
  const { id } = await freezes().create(asker, freezeOf(hours(1), hours(2)))
  await assert.rejects(freezes().change(asker, id, { to: hours(-1).toISOString() }), { code: 'invalid_request' })
  const weekly = {
    timeZone: 'Europe/Berlin',
    windows: [{ from: { day: 'friday', time: '18:00' }, to: { day: 'monday', time: '06:00' } }],
  } as const
  const changed = await freezes().change(asker, id, { weekly: { ...weekly, windows: [...weekly.windows] } })
  assert.deepEqual([changed.from, changed.to, changed.weekly?.timeZone], [null, null, 'Europe/Berlin'])
})
