import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { newOnOffPlanSchema } from '#contracts/on-off-plan.ts'
import type { NewOnOffPlan } from '#contracts/on-off-plan.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Clock } from '#platform/clock.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal as owner, testOperation } from '../../../test/support/engine.ts'
import { createCatalogue } from '../catalogue.ts'
import { newTask } from '../control/new-task.ts'
import { errors } from '../errors.ts'
import type { PlanRequest, StoredPlan } from '../plan.ts'
import { createFiler } from '../queue/file.ts'
import { openQueueDatabase } from '../queue-database.ts'
import { createScheduleLoop } from '../schedules/loop.ts'
import { createRunner } from '../schedules/run.ts'
import { createSchedules } from '../schedules/schedules.ts'
import { createOnOffPlans } from './on-off-plans.ts'

const log = createLog({ level: 'silent' })
const approver: Principal = { ...owner, userId: '01920000-0000-7000-8000-00000000000a', email: 'approver@example.com' }

let database: Awaited<ReturnType<typeof freshDatabase>>
let queue: Database
before(async () => {
  database = await freshDatabase()
  queue = openQueueDatabase({ connectionString: database.url, log })
})
after(async () => {
  await queue.close()
  await database.drop()
})
beforeEach(() => database.db.query({ text: 'truncate on_off_plans, schedules, tasks, items cascade' }))

/** A plan of two targets that cost 100 USD a month. */
const planOf = (request: PlanRequest): StoredPlan => {
  const { plan, items } = newTestTask(testOperation({ name: request.operation }), { targets: 2 })
  return {
    plan: {
      ...plan,
      operation: request.operation,
      params: request.params as Record<string, unknown>, // the test's own
      monthlyCostDeltaUsd: -100,
      approvals: { needed: 0, reason: 'as the class says', confirmation: null },
      targets: items.map(({ targetId, account, region, before: from, after: to }) => ({
        id: targetId,
        name: null,
        account,
        region,
        before: from,
        after: to,
      })),
      links: { self: '' },
    },
    targets: request.targets,
    requestedBy: request.principal.userId,
    operationVersion: 1,
    accounts: [{ id: '111111111111', cloud: 'sandbox', isProduction: false }],
    attributes: [],
    needsSomeoneElse: false,
  }
}

// A Monday.
const createRig = () => {
  const rig = {
    now: new Date('2026-05-04T06:00:00Z'),
    prepare: async (request: PlanRequest): Promise<StoredPlan> => planOf(request),
  }
  const clock: Clock = { ...systemClock, now: () => rig.now }
  const notifier = createNotifier(queue)
  const filer = createFiler({ db: queue, notifier, onFiled: () => {} })
  const planner = { prepare: (request: PlanRequest) => rig.prepare(request) }
  const run = createRunner({
    db: queue,
    now: clock.now,
    log,
    planner,
    file: async ({ principal, stored, reason, priority, also }) => {
      const task = newTask({ principal, stored, reason, priority, scheduledFor: null, undoOf: null, now: rig.now })
      await filer.file({ task, principal, requestId: null, also: (sql) => also(sql, task.id) })
      return { id: task.id }
    },
    principalOf: async () => owner,
    selfApproval: 'never',
    alarms: undefined,
    notifier,
  })
  const listener = { on: () => () => {}, onReconnect: () => () => {} }
  const loop = createScheduleLoop({ db: queue, clock, log, listener, notifier, run })
  const catalogue = createCatalogue()
  const schedules = createSchedules({ db: queue, now: clock.now, catalogue, selfApproval: 'never', notifier })
  const plans = createOnOffPlans({ db: queue, now: clock.now, planner, schedules })
  return Object.assign(rig, { loop, schedules, plans })
}

const by = (principal: Principal) => ({ principal, requestId: 'test' })
const given = (more: object = {}): NewOnOffPlan =>
  newOnOffPlanSchema.parse({
    name: 'dev',
    targets: { query: 'tag.env:dev' },
    days: ['MON', 'TUE', 'WED', 'THU', 'FRI'],
    offAt: '19:00',
    onAt: '07:00',
    timeZone: 'Europe/Berlin',
    exceptDates: ['2026-05-14'], // Ascension Day
    ...more,
  })
const filed = async (): Promise<string[]> => {
  const rows = await database.db.query<{ operation: string }>({ text: 'select operation from tasks order by id' })
  return rows.map(({ operation }) => operation)
}
const countOf = async (table: 'schedules' | 'on_off_plans'): Promise<number> => {
  const [row] = await database.db.query<{ n: number }>({ text: `select count(*)::int as n from ${table}` })
  return row?.n ?? -1
}

test('both halves are made at once, with their times and what they save', async () => {
  const rig = createRig()
  const plan = await rig.plans.create(by(owner), given())
  assert.deepEqual([plan.off.operation, plan.on.operation], ['ec2.stop', 'ec2.start'])
  // 08:00 in Berlin, at UTC+2.
  assert.deepEqual(plan.off.nextRuns.slice(0, 2), ['2026-05-04T17:00:00.000Z', '2026-05-05T17:00:00.000Z'])
  assert.equal(plan.on.nextRuns[0], '2026-05-05T05:00:00.000Z')
  assert.deepEqual([plan.status, plan.owner.email], ['active', owner.email])
  // 100 USD * 108 / 168 hours of the week = 64.29 USD; 730 * 108 / 168 = 469.3 hours, twice 938.6.
  const { usd, hoursOff, targets, targetHours } = plan.savings
  assert.deepEqual([usd, hoursOff, targets, targetHours], [64.29, 469.3, 2, 938.6])
  const off = await rig.schedules.get(plan.off.schedule)
  assert.deepEqual([off.onOffPlan, off.skipDates, off.name], [plan.id, ['2026-05-14'], 'dev: off'])
  const { items, total } = await rig.plans.list({ limit: 50 })
  assert.deepEqual([items, total.value], [[plan], 1])
})

test('what fails in the middle leaves neither half', async () => {
  const rig = createRig()
  const { within } = rig.schedules
  let made = 0
  const breaking: typeof within.create = async (asker, half, tx, plan) => {
    const schedule = await within.create(asker, half, tx, plan)
    if (++made === 2) throw new Error('The connection was lost.')
    return schedule
  }
  const plans = createOnOffPlans({
    db: queue,
    now: () => rig.now,
    planner: rig,
    schedules: { within: { ...within, create: breaking } },
  })
  await assert.rejects(plans.create(by(owner), given()), /connection was lost/)
  assert.equal(made, 2)
  assert.deepEqual([await countOf('schedules'), await countOf('on_off_plans')], [0, 0])
  await assert.rejects(rig.plans.create(by(owner), given({ timeZone: 'Mars/Olympus' })), { code: 'invalid_timing' })
  rig.prepare = async () => {
    throw errors.targets_denied('Not these.')
  }
  await assert.rejects(rig.plans.create(by(owner), given()), { code: 'targets_denied' })
  assert.deepEqual([await countOf('schedules'), await countOf('on_off_plans')], [0, 0])
})

test('runs file tasks of both operations, and on an excepted day none', async () => {
  const rig = createRig()
  await rig.plans.create(by(owner), given())
  const at = async (moment: string): Promise<string[]> => {
    rig.now = new Date(moment)
    await rig.loop.round()
    await database.db.query({ text: `update tasks set finished_at = now(), status = 'succeeded', open = 0` })
    return filed()
  }
  assert.deepEqual(await at('2026-05-04T17:00:01Z'), ['ec2.stop'])
  assert.deepEqual(await at('2026-05-05T05:00:01Z'), ['ec2.stop', 'ec2.start'])
  for (const day of ['05', '06', '07', '08', '11', '12']) {
    await at(`2026-05-${day}T17:00:01Z`)
    await at(`2026-05-${day === '08' ? '11' : String(Number(day) + 1).padStart(2, '0')}T05:00:01Z`)
  }
  const before = (await at('2026-05-13T17:00:01Z')).length
  assert.equal((await at('2026-05-14T05:00:01Z')).length, before)
  assert.equal((await at('2026-05-14T17:00:01Z')).length, before)
  assert.deepEqual((await at('2026-05-15T05:00:01Z')).slice(-2), ['ec2.stop', 'ec2.start'])
})

test('after an outage only the later half is made up for', async () => {
  const rig = createRig()
  const plan = await rig.plans.create(by(owner), given())
  // Nobody was there from Monday 18:30 to Tuesday 09:00 in Berlin.
  rig.now = new Date('2026-05-05T07:00:00Z')
  await rig.loop.round()
  assert.deepEqual(await filed(), ['ec2.start'])
  const now = await rig.plans.get(plan.id)
  assert.deepEqual([now.off.lastRun?.status, now.on.lastRun?.status], ['skipped', 'filed'])
  assert.match(now.off.lastRun?.why ?? '', /due since, at 2026-05-05T05:00/)
})

test('an edit changes both halves, voids their standing approvals and makes its author the owner', async () => {
  const rig = createRig()
  const plan = await rig.plans.create(by(owner), given())
  const ask = { mostTargets: 5, highestRisk: 'R2', expiresAt: '2026-09-01T00:00:00Z' } as const
  for (const { schedule } of [plan.off, plan.on]) {
    const asked = await rig.schedules.askApproval(by(owner), schedule, ask)
    await rig.schedules.approve(by(approver), schedule, { approvalId: asked.standingApproval?.id ?? '' })
  }
  const approved = await rig.plans.get(plan.id)
  assert.deepEqual(
    [approved.off, approved.on].map(({ standingApproval }) => standingApproval?.status),
    ['approved', 'approved'],
  )
  const changed = await rig.plans.change(by(approver), plan.id, { offAt: '20:30', days: ['MON'], exceptDates: [] })
  assert.deepEqual([changed.off.cron, changed.on.cron], ['30 20 * * MON', '0 7 * * MON'])
  assert.deepEqual(
    [changed.off, changed.on].map(({ standingApproval }) => standingApproval?.status),
    ['void', 'void'],
  )
  assert.equal(changed.owner.email, approver.email)
  await assert.rejects(rig.plans.change(by(owner), plan.id, { onAt: '20:30' }), { code: 'invalid_timing' })
})

test('halves are not changed alone; both are paused, resumed and deleted', async () => {
  const rig = createRig()
  const plan = await rig.plans.create(by(owner), given())
  for (const { schedule } of [plan.off, plan.on]) {
    for (const alone of [
      () => rig.schedules.change(by(owner), schedule, { name: 'x' }),
      () => rig.schedules.pause(by(owner), schedule),
      () => rig.schedules.resume(by(owner), schedule),
      () => rig.schedules.remove(by(owner), schedule),
    ]) {
      await assert.rejects(alone, (error: Error & { code?: string }) => {
        assert.equal(error.code, 'schedule_of_plan')
        assert.match(error.message, new RegExp(`/api/v1/on-off-plans/${plan.id}`))
        return true
      })
    }
  }
  const paused = await rig.plans.pause(by(owner), plan.id)
  assert.deepEqual([paused.status, paused.off.nextRuns, paused.on.nextRuns], ['paused', [], []])
  await assert.rejects(rig.plans.pause(by(owner), plan.id), { code: 'schedule_state' })
  rig.now = new Date('2026-05-05T05:00:01Z')
  await rig.loop.round()
  assert.deepEqual(await filed(), [])
  const resumed = await rig.plans.resume(by(owner), plan.id)
  assert.deepEqual([resumed.off.status, resumed.on.status], ['active', 'active'])
  await rig.plans.remove(by(owner), plan.id)
  assert.deepEqual([await countOf('schedules'), await countOf('on_off_plans')], [0, 0])
  await assert.rejects(rig.plans.get(plan.id), { code: 'on_off_plan_not_found' })
  await assert.rejects(rig.plans.get('x'), { code: 'on_off_plan_not_found' })
  const [audit] = await database.db.query<{ n: number }>({
    text: `select count(*)::int as n from audit where action like 'on-off-plan.%' and subject_id = $1`,
    values: [plan.id],
  })
  assert.equal(audit?.n, 4) // created, paused, resumed, deleted
})
