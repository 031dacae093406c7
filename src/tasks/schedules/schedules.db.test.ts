import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { z } from 'zod'
import type { Principal } from '#contracts/principal.ts'
import { newScheduleSchema } from '#contracts/schedule.ts'
import type { NewSchedule, Schedule } from '#contracts/schedule.ts'
import type { Risk } from '#contracts/task.ts'
import { AppError } from '#platform/app-error.ts'
import type { Clock } from '#platform/clock.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createListener } from '#platform/db/listen.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal as owner, testOperation } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import type { Alarm } from '../alarms.ts'
import { createCatalogue } from '../catalogue.ts'
import { newTask } from '../control/new-task.ts'
import { errors } from '../errors.ts'
import type { PlanRequest, StoredPlan } from '../plan.ts'
import { createFiler } from '../queue/file.ts'
import { openQueueDatabase } from '../queue-database.ts'
import { createScheduleLoop } from './loop.ts'
import { createRunner } from './run.ts'
import { createSchedules } from './schedules.ts'

const log = createLog({ level: 'silent' })
const operation = testOperation({ name: 'test.stop', params: z.strictObject({ force: z.boolean().default(false) }) })
const approver: Principal = { ...owner, userId: '01920000-0000-7000-8000-00000000000a', email: 'approver@example.com' }
const second: Principal = { ...owner, userId: '01920000-0000-7000-8000-00000000000b', email: 'second@example.com' }

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
beforeEach(() => database.db.query({ text: 'truncate schedules, tasks, items cascade' }))

/** A plan of so many targets and such a risk, in sandbox accounts. */
const planOf = (request: PlanRequest, more: { targets?: number; risk?: Risk; needed?: number } = {}): StoredPlan => {
  const { plan, items } = newTestTask(operation, { targets: more.targets ?? 1 })
  return {
    plan: {
      ...plan,
      operation: request.operation,
      params: request.params as Record<string, unknown>, // the test's own
      risk: more.risk ?? 'R1',
      approvals: { needed: more.needed ?? 0, reason: 'as the class says', confirmation: null },
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

const start = new Date('2026-05-04T06:00:00Z')
/** A process of the role, at a time that the test says. */
const createRig = (options: { selfApproval?: 'sandbox' | 'always' | 'never' } = {}) => {
  const selfApproval = options.selfApproval ?? 'sandbox'
  const alarms: Alarm[] = []
  const resolved: string[] = []
  const rig = {
    now: start,
    alarms,
    resolved,
    asked: [] as PlanRequest[],
    prepare: async (request: PlanRequest): Promise<StoredPlan> => planOf(request),
    principalOf: async (userId: string, _scopes: readonly string[] | null): Promise<Principal | null> => ({
      ...owner,
      userId,
      via: 'system',
    }),
  }
  const clock: Clock = { ...systemClock, now: () => rig.now }
  const notifier = createNotifier(queue)
  const filer = createFiler({ db: queue, notifier, onFiled: () => {} })
  const run = createRunner({
    db: queue,
    now: clock.now,
    log,
    planner: {
      prepare: (request) => {
        rig.asked.push(request)
        return rig.prepare(request)
      },
    },
    file: async ({ principal, stored, reason, priority, also }) => {
      const task = newTask({ principal, stored, reason, priority, scheduledFor: null, undoOf: null, now: rig.now })
      await filer.file({ task, principal, requestId: null, also: (sql) => also(sql, task.id) })
      return { id: task.id }
    },
    principalOf: (id, scopes) => rig.principalOf(id, scopes),
    selfApproval,
    alarms: { raise: async (alarm) => void alarms.push(alarm), resolve: async (key) => void resolved.push(key) },
    notifier,
  })
  const listener = { on: () => () => {}, onReconnect: () => () => {} }
  const loop = createScheduleLoop({ db: queue, clock, log, listener, notifier, run })
  const schedules = createSchedules({
    db: queue,
    now: clock.now,
    catalogue: createCatalogue([operation]),
    selfApproval,
    notifier,
  })
  return Object.assign(rig, { loop, schedules, run, clock })
}

const by = (principal: Principal) => ({ principal, requestId: 'test' })
const given = (more: object = {}): NewSchedule =>
  newScheduleSchema.parse({
    name: 'stop dev',
    operation: operation.name,
    targets: { query: 'tag.env:dev' },
    cron: '0 7 * * *',
    ...more,
  })
const tasks = () =>
  database.db.query<{ id: string; status: string; reason: string; plan: { approvals: { reason: string } } }>({
    text: 'select id, status, reason, plan from tasks order by id',
  })
const runsOf = async (rig: ReturnType<typeof createRig>, { id }: Pick<Schedule, 'id'>) =>
  (await rig.schedules.runs(id, { limit: 50 })).items

test('at its time a schedule files one task, with its parameters as they are planned, and knows its next time', async () => {
  const rig = createRig()
  const schedule = await rig.schedules.create(by(owner), given({ missedRuns: 'skip' }))
  assert.deepEqual(schedule.params, { force: false })
  assert.deepEqual(schedule.nextRuns.slice(0, 2), ['2026-05-04T07:00:00.000Z', '2026-05-05T07:00:00.000Z'])
  await rig.loop.round()
  assert.deepEqual(await tasks(), [])

  rig.now = new Date('2026-05-04T07:00:00.010Z')
  await rig.loop.round()
  await rig.loop.round()
  const [task, ...more] = await tasks()
  assert.deepEqual([task?.status, task?.reason, more], ['queued', 'Schedule "stop dev"', []])
  const [run] = await runsOf(rig, schedule)
  assert.deepEqual([run?.status, run?.task, run?.dueAt], ['filed', task?.id, '2026-05-04T07:00:00.000Z'])
  const after = await rig.schedules.get(schedule.id)
  assert.deepEqual([after.nextRunAt, after.lastRun?.task], ['2026-05-05T07:00:00.000Z', task?.id])
  assert.deepEqual(rig.asked[0]?.principal.userId, owner.userId)
})

test('many processes that find the same times file one task for each', async () => {
  const rigs = Array.from({ length: 4 }, () => createRig())
  const [first] = rigs
  assert.ok(first)
  for (let n = 0; n < 5; n++) await first.schedules.create(by(owner), given({ name: `s${n}`, overlap: 'allow' }))
  for (const day of ['04', '05', '06']) {
    for (const rig of rigs) rig.now = new Date(`2026-05-${day}T07:00:01Z`)
    await Promise.all(rigs.map((rig) => rig.loop.round()))
  }
  assert.equal((await tasks()).length, 15)
})

test('a process that dies after the time became a run, or while it plans, leaves it to the next', async () => {
  const dying = createRig()
  const schedule = await dying.schedules.create(by(owner), given())
  dying.now = new Date('2026-05-04T07:00:01Z')
  dying.prepare = () => new Promise(() => {}) // never heard of again
  void dying.loop.round()
  await waitFor('the run to be begun', async () => dying.asked.length === 1)

  const other = createRig()
  other.now = new Date('2026-05-04T07:00:30Z')
  await other.loop.round()
  assert.deepEqual(await tasks(), [], 'it is still in the hands of the first')
  other.now = new Date('2026-05-04T07:03:00Z')
  await other.loop.round()
  assert.equal((await tasks()).length, 1)
  assert.equal((await runsOf(other, schedule)).length, 1)
})

test('who comes to file a run that somebody else filed meanwhile files nothing', async () => {
  const slow = createRig()
  const quick = createRig()
  await slow.schedules.create(by(owner), given())
  slow.now = new Date('2026-05-04T07:00:01Z')
  slow.prepare = async (request) => {
    // Meanwhile its time with the run is over, and another process makes it.
    quick.now = new Date('2026-05-04T07:10:00Z')
    await quick.loop.round()
    return planOf(request)
  }
  await slow.loop.round()
  assert.equal((await tasks()).length, 1)
  assert.deepEqual(slow.alarms, [])
})

test('a clock that was set back runs nothing again', async () => {
  const rig = createRig()
  await rig.schedules.create(by(owner), given({ cron: '0 * * * *', overlap: 'allow' }))
  rig.now = new Date('2026-05-04T08:00:01Z')
  await rig.loop.round()
  rig.now = new Date('2026-05-04T06:59:00Z')
  await rig.loop.round()
  rig.now = new Date('2026-05-04T08:00:02Z')
  await rig.loop.round()
  assert.equal((await tasks()).length, 1)
})

test('while the task before is not over, a run is skipped, or runs beside it, or waits when it is made up for', async () => {
  for (const [overlap, missedRuns, expected] of [
    ['skip', 'skip', ['skipped', 'filed']],
    ['allow', 'skip', ['filed', 'filed']],
    ['skip', 'run_all', ['pending', 'filed']],
  ] as const) {
    await database.db.query({ text: 'truncate schedules, tasks, items cascade' })
    const rig = createRig()
    const schedule = await rig.schedules.create(by(owner), given({ overlap, missedRuns, cron: '0 * * * *' }))
    rig.now = new Date('2026-05-04T07:00:01Z')
    if (missedRuns === 'run_all') rig.now = new Date('2026-05-04T08:00:01Z')
    await rig.loop.round()
    if (missedRuns !== 'run_all') {
      rig.now = new Date('2026-05-04T08:00:01Z')
      await rig.loop.round()
    }
    assert.deepEqual(
      (await runsOf(rig, schedule)).map((run) => run.status),
      expected,
      `${overlap} ${missedRuns}`,
    )
    if (missedRuns !== 'run_all') continue
    await database.db.query({ text: `update tasks set finished_at = now(), status = 'succeeded', open = 0` })
    rig.now = new Date('2026-05-04T08:00:20Z')
    await rig.loop.round()
    assert.deepEqual(
      (await runsOf(rig, schedule)).map((run) => run.status),
      ['filed', 'filed'],
    )
  }
})

test('a schedule whose owner is disabled or gone is stopped, with an alert', async () => {
  const rig = createRig()
  const schedule = await rig.schedules.create(by(owner), given())
  rig.principalOf = async () => null
  rig.now = new Date('2026-05-04T07:00:01Z')
  await rig.loop.round()
  const after = await rig.schedules.get(schedule.id)
  assert.deepEqual([after.status, after.nextRunAt, after.lastRun?.status], ['stopped', null, 'failed'])
  assert.match(after.stoppedReason ?? '', /disabled or gone/)
  assert.deepEqual(
    rig.alarms.map(({ subject }) => subject?.id),
    [schedule.id],
  )
  assert.equal(rig.asked.length, 0, 'it planned with nobody’s rights')
  // Who takes it over runs it.
  rig.principalOf = async () => owner
  await rig.schedules.change(by(second), schedule.id, { name: 'mine now' })
  assert.equal((await rig.schedules.resume(by(second), schedule.id)).owner.email, second.email)
})

test('rights are those of the moment: a refusal fails the run and is told, and the next one that works resolves it', async () => {
  const rig = createRig()
  const schedule = await rig.schedules.create(by(owner), given())
  rig.prepare = async () => {
    throw errors.targets_denied('You are not allowed to use test.stop on this target.')
  }
  rig.now = new Date('2026-05-04T07:00:01Z')
  await rig.loop.round()
  const [run] = await runsOf(rig, schedule)
  assert.deepEqual([run?.status, rig.alarms.length], ['failed', 1])
  assert.match(run?.why ?? '', /targets_denied/)
  rig.prepare = async (request) => planOf(request)
  rig.now = new Date('2026-05-05T07:00:01Z')
  await rig.loop.round()
  assert.deepEqual(rig.resolved, [`tasks/schedule/${schedule.id}`])
})

test('what passes is tried again, what does not match anything is skipped without an alert', async () => {
  const rig = createRig()
  const schedule = await rig.schedules.create(by(owner), given())
  rig.prepare = async () => {
    throw new Error('connect ECONNREFUSED')
  }
  rig.now = new Date('2026-05-04T07:00:01Z')
  await rig.loop.round()
  assert.equal((await runsOf(rig, schedule))[0]?.status, 'pending')
  rig.prepare = async (request) => planOf(request, { targets: 0 })
  rig.now = new Date('2026-05-04T07:00:17Z')
  await rig.loop.round()
  assert.deepEqual([(await runsOf(rig, schedule))[0]?.status, rig.alarms], ['skipped', []])
})

test('a run in a freeze is left out, and nobody is woken for it', async () => {
  const rig = createRig()
  const schedule = await rig.schedules.create(by(owner), given())
  rig.prepare = async () => {
    throw errors.frozen('The freeze "end of year" holds all of its targets.')
  }
  rig.now = new Date('2026-05-04T07:00:01Z')
  await rig.loop.round()
  const [run] = await runsOf(rig, schedule)
  assert.deepEqual([run?.status, rig.alarms], ['skipped', []])
  assert.match(run?.why ?? '', /end of year/)
})

test('a run waits for an approval unless a standing approval covers it', async () => {
  const rig = createRig({ selfApproval: 'never' })
  const schedule = await rig.schedules.create(
    by(owner),
    given({
      overlap: 'allow',
      standingApproval: { mostTargets: 20, highestRisk: 'R2', expiresAt: '2026-08-01T00:00:00Z' },
    }),
  )
  let targets = 20
  rig.prepare = async (request) => planOf(request, { targets, risk: 'R2', needed: 1 })
  const runOn = async (day: string): Promise<string | undefined> => {
    rig.now = new Date(`2026-${day}T07:00:01Z`)
    await rig.loop.round()
    return (await tasks()).at(-1)?.status
  }
  assert.equal(await runOn('05-04'), 'awaiting_approval')

  const approvalId = schedule.standingApproval?.id ?? ''
  await assert.rejects(rig.schedules.approve(by(owner), schedule.id, { approvalId }), { code: 'approval_not_allowed' })
  await assert.rejects(rig.schedules.approve(by(approver), schedule.id, { approvalId: 'another' }), {
    code: 'approval_void',
  })
  assert.equal(
    (await rig.schedules.approve(by(approver), schedule.id, { approvalId })).standingApproval?.status,
    'approved',
  )
  assert.equal(await runOn('05-05'), 'queued')
  assert.match((await tasks()).at(-1)?.plan.approvals.reason ?? '', /approver@example\.com/)

  targets = 21
  assert.equal(await runOn('05-06'), 'awaiting_approval')
  assert.match((await runsOf(rig, schedule))[0]?.why ?? '', /21 targets; .* at most 20/)
  targets = 20
  assert.equal(await runOn('05-07'), 'queued')
  assert.equal(await runOn('08-02'), 'awaiting_approval', 'it has ended')

  rig.now = new Date('2026-05-08T00:00:00Z')
  const changed = await rig.schedules.change(by(owner), schedule.id, { cron: '30 7 * * *' })
  assert.equal(changed.standingApproval?.status, 'void')
})

test('the riskiest class takes two people, each with one voice; one who rejects is enough', async () => {
  const rig = createRig({ selfApproval: 'never' })
  const ask = { mostTargets: 3, highestRisk: 'R4', expiresAt: '2026-06-01T00:00:00Z' } as const
  const schedule = await rig.schedules.create(by(owner), given({ standingApproval: ask }))
  const approvalId = schedule.standingApproval?.id ?? ''
  const decision = { approvalId, confirmation: 'test.stop 3' }
  await assert.rejects(rig.schedules.approve(by(approver), schedule.id, { approvalId }), {
    code: 'confirmation_needed',
  })
  assert.equal((await rig.schedules.approve(by(approver), schedule.id, decision)).standingApproval?.status, 'requested')
  await assert.rejects(rig.schedules.approve(by(approver), schedule.id, decision), { code: 'already_decided' })
  assert.equal((await rig.schedules.approve(by(second), schedule.id, decision)).standingApproval?.status, 'approved')

  const anew = await rig.schedules.askApproval(by(owner), schedule.id, ask)
  const rejected = await rig.schedules.reject(by(approver), schedule.id, {
    approvalId: anew.standingApproval?.id ?? '',
  })
  assert.equal(rejected.standingApproval?.status, 'rejected')
})

test('what one approves for oneself covers sandbox accounts alone', async () => {
  const rig = createRig({ selfApproval: 'sandbox' })
  const ask = { mostTargets: 3, highestRisk: 'R3', expiresAt: '2026-06-01T00:00:00Z' } as const
  const schedule = await rig.schedules.create(by(owner), given({ standingApproval: ask, overlap: 'allow' }))
  const approvalId = schedule.standingApproval?.id ?? ''
  await assert.rejects(rig.schedules.approve(by(owner), schedule.id, { approvalId }), { code: 'confirmation_needed' })
  await rig.schedules.approve(by(owner), schedule.id, { approvalId, confirmation: 'test.stop 3' })
  rig.prepare = async (request) => planOf(request, { risk: 'R3', needed: 1 })
  rig.now = new Date('2026-05-04T07:00:01Z')
  await rig.loop.round()
  assert.equal((await tasks()).at(-1)?.status, 'queued')
  rig.prepare = async (request) => ({
    ...planOf(request, { risk: 'R3', needed: 1 }),
    accounts: [{ id: '222222222222', cloud: 'aws', isProduction: false }],
  })
  rig.now = new Date('2026-05-05T07:00:01Z')
  await rig.loop.round()
  assert.equal((await tasks()).at(-1)?.status, 'awaiting_approval')
})

test('paused it does not run, resumed it goes on with the next time, and by hand it runs at any time', async () => {
  const rig = createRig()
  const schedule = await rig.schedules.create(by(owner), given({ overlap: 'allow' }))
  assert.equal((await rig.schedules.pause(by(owner), schedule.id)).status, 'paused')
  await assert.rejects(rig.schedules.pause(by(owner), schedule.id), { code: 'schedule_state' })
  rig.now = new Date('2026-05-06T12:00:00Z')
  await rig.loop.round()
  assert.deepEqual(await tasks(), [])
  const run = await rig.schedules.run(by(owner), schedule.id)
  assert.deepEqual([run.trigger, run.status], ['manual', 'pending'])
  await rig.loop.round()
  assert.equal((await tasks()).length, 1)
  const resumed = await rig.schedules.resume(by(owner), schedule.id)
  assert.deepEqual([resumed.status, resumed.nextRunAt], ['active', '2026-05-07T07:00:00.000Z'])
  await rig.loop.round()
  assert.equal((await tasks()).length, 1)
})

test('a moment comes once; then the schedule is finished', async () => {
  const rig = createRig()
  const schedule = await rig.schedules
    .create(by(owner), given({ cron: null, at: '2026-05-04T08:00:00+02:00' }))
    .catch((error: unknown) => error)
  assert.ok(schedule instanceof AppError && schedule.code === 'invalid_timing', '06:00 UTC is now')
  const later = await rig.schedules.create(by(owner), given({ cron: null, at: '2026-05-04T09:00:00+02:00' }))
  rig.now = new Date('2026-05-04T07:00:01Z')
  await rig.loop.round()
  assert.deepEqual([(await rig.schedules.get(later.id)).status, (await tasks()).length], ['finished', 1])
  assert.deepEqual(
    (await rig.schedules.list({ status: 'finished' }, { limit: 50 })).items.map(({ id }) => id),
    [later.id],
  )
})

test('scopes of the token that wrote it go with it', async () => {
  const rig = createRig()
  const scopes = ['schedule.manage', 'task.create']
  await rig.schedules.create(by({ ...owner, scopes }), given())
  const asked: unknown[] = []
  rig.principalOf = async (...who: unknown[]) => {
    asked.push(who)
    return owner
  }
  rig.now = new Date('2026-05-04T07:00:01Z')
  await rig.loop.round()
  assert.deepEqual(asked, [[owner.userId, scopes]])
})

test('it wakes at the time, not at the next poll', async () => {
  // Whose polls never come.
  const clock: Clock = {
    ...systemClock,
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds < 5_000 ? milliseconds : 3_600_000, signal),
  }
  const listener = await createListener({ connectionString: database.url, log, clock: systemClock })
  const seen: number[] = []
  const due = new Date(Date.now() + 4_500)
  const schedules = createSchedules({
    db: queue,
    now: systemClock.now,
    catalogue: createCatalogue([operation]),
    selfApproval: 'sandbox',
    notifier: createNotifier(queue),
  })
  const loop = createScheduleLoop({
    db: queue,
    clock,
    log,
    listener,
    notifier: createNotifier(queue),
    run: async () => void seen.push(Date.now() - due.getTime()),
  })
  loop.start()
  await schedules.create(by(owner), given({ cron: null, at: due.toISOString() }))
  await waitFor('the run', async () => seen.length > 0)
  await loop.stop()
  await listener.close()
  assert.ok(seen[0] !== undefined && seen[0] >= 0, `${seen[0]} ms late`)
})

test('whatever becomes of a schedule and its runs is told in the live feed', async () => {
  const rig = createRig()
  const { id } = await rig.schedules.create(by(owner), given())
  await rig.schedules.pause(by(owner), id)
  await rig.schedules.resume(by(owner), id)
  await rig.schedules.run(by(owner), id)
  await rig.loop.round()
  rig.prepare = async () => {
    throw errors.frozen('The freeze "end of year" holds all of its targets.')
  }
  rig.now = new Date(rig.now.getTime() + 1_000)
  await rig.schedules.run(by(owner), id)
  await rig.loop.round()
  await rig.schedules.remove(by(owner), id)
  const events = await database.db.query<{ type: string; data: { schedule: string; verb: string; run?: object } }>({
    text: `select type, data from events where topics = array['schedules'] and data->>'schedule' = $1 order by xid, id`,
    values: [id],
  })
  assert.deepEqual(
    events.map(({ type, data: { verb } }) => [type, verb]),
    [
      ['schedule.changed', 'create'],
      ['schedule.changed', 'pause'],
      ['schedule.changed', 'resume'],
      ['schedule.changed', 'due'],
      ['schedule.run', 'run'],
      ['schedule.changed', 'due'],
      ['schedule.run', 'run'],
      ['schedule.changed', 'delete'],
    ],
  )
  const runs = events.flatMap(({ data }) => (data.run === undefined ? [] : [data.run]))
  assert.partialDeepStrictEqual(runs, [{ status: 'filed' }, { status: 'skipped', task: null }])
})
