import type { Aws } from '#aws/cloud.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database, Sql } from '#platform/db/database.ts'
import type { Listener } from '#platform/db/listen.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Log } from '#platform/log.ts'
import type { Access } from '#security/access.ts'
import type { Alarms } from './alarms.ts'
import type { SelfApproval } from './approval-rules.ts'
import { alertBreakGlass, breakGlass, expireBreakGlass } from './approvals/break-glass.ts'
import { createCatalogue } from './catalogue.ts'
import { conductedWith } from './conduct/conducted.ts'
import { createConductor } from './conduct/conductor.ts'
import { undoStopped } from './conduct/undo-stopped.ts'
import { approve, reject } from './control/approve.ts'
import { cancel } from './control/cancel.ts'
import { newTask } from './control/new-task.ts'
import { pause, resume } from './control/pause.ts'
import { replan } from './control/replan.ts'
import { retry } from './control/retry.ts'
import { undo } from './control/undo.ts'
import { createAnnouncer } from './dead-letters/announce-known.ts'
import { createDeadLetters } from './dead-letters/dead-letters.ts'
import { errors } from './errors.ts'
import { deadLettersHttp } from './http/dead-letters.ts'
import { onOffPlansHttp } from './http/on-off-plans.ts'
import { schedulesHttp } from './http/schedules.ts'
import { noticeOf } from './freezes/calendar.ts'
import { createFreezes } from './freezes/freezes.ts'
import { firstActsOf } from './freezes/hold.ts'
import { createFreezeGate } from './freezes/gate.ts'
import { createFreezeKeeper } from './freezes/keeper.ts'
import { requireNotFrozen } from './freezes/require-not-frozen.ts'
import { liveFreezes } from './freezes/store.ts'
import { freezeRoutes } from './http/freezes.ts'
import type { TaskService } from './http/task-service.ts'
import { tasksHttp } from './http.ts'
import type { Operation } from './operation.ts'
import type { ResolveTargets, StoredPlan } from './plan.ts'
import { createPlanner } from './plan.ts'
import type { ExposureOf } from './plan/exposure.ts'
import { createFiler } from './queue/file.ts'
import { createUpkeep } from './queue/upkeep.ts'
import { openQueueDatabase } from './queue-database.ts'
import { describeTasks } from './read/describe.ts'
import { awsState } from './read/aws-state.ts'
import { createReader } from './read/reader.ts'
import { createOnOffPlans } from './on-off/on-off-plans.ts'
import { createScheduleLoop } from './schedules/loop.ts'
import { createRunner } from './schedules/run.ts'
import type { PrincipalOf } from './schedules/run.ts'
import { createSchedules } from './schedules/schedules.ts'
import { findIdempotencyKey } from './store/idempotency.ts'
import { findTask } from './store/read-tasks.ts'
import { statesOf } from './watch/alarm-states.ts'
import type { WorkerOptions } from './worker/worker.ts'
import { createWorker } from './worker/worker.ts'

export type TasksOptions = {
  db: Database
  clock: Clock
  log: Log
  aws: Aws
  access: Access
  notifier: Notifier
  listener: Listener
  selfApproval: SelfApproval
  resolveTargets: ResolveTargets
  /** Says what hangs on targets; plans say nothing of it without. */
  exposureOf?: ExposureOf
  onEffects: WorkerOptions['onEffects']
  /** Who a schedule, or the undo of a stopped task, runs as. */
  principalOf: PrincipalOf
  /** Months of finished tasks that are kept beside the current one. */
  retentionMonths: number
  alarms: Alarms
  /** Operations beside our own, for benches and tests. */
  operations?: readonly Operation[]
  leaseSeconds?: number
  concurrency?: number
}

/** The task service: its HTTP face, its worker and its upkeep, of which a process runs those that its role says. */
export const createTasks = (options: TasksOptions) => {
  const { db, clock, log, aws, access, notifier, listener, selfApproval } = options
  const catalogue = createCatalogue(options.operations)
  const operation = (name: string, version: number): Operation | null => {
    const known = catalogue.find(name)
    return known?.version === version ? known : null
  }
  const planner = createPlanner({
    db,
    clock,
    aws,
    access,
    catalogue,
    selfApproval,
    resolveTargets: options.resolveTargets,
    exposureOf: options.exposureOf,
  })
  const firstActs = firstActsOf(catalogue.list())
  const decider = { db, notifier, now: clock.now, firstActs }
  const keeper = createFreezeKeeper({ db, clock, log, notifier, firstActs })
  const freezes = createFreezes({
    db,
    clock,
    notifier,
    catalogue,
    knownAccounts: async () => (await aws.accounts.list()).map(({ id }) => id),
    keeper,
  })

  const queueDb = openQueueDatabase({ connectionString: db.connectionString, log })
  const gate = createFreezeGate({ db: queueDb, clock, log, listener, firstActs })
  const worker = createWorker({
    gate,
    db: queueDb,
    clock,
    log,
    aws,
    notifier,
    listener,
    operation,
    onEffects: options.onEffects,
    ...(options.leaseSeconds === undefined ? {} : { leaseSeconds: options.leaseSeconds }),
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
  })
  let isWorking = false
  const filer = createFiler({
    db: queueDb,
    notifier,
    onFiled: () => isWorking && worker.kick(),
    handOff: worker.handOff,
  })

  const replay: TaskService['replay'] = async ({ principal, idempotency }) => {
    const earlier = await findIdempotencyKey(db, principal.userId, idempotency.key)
    if (earlier === undefined) return null
    if (earlier.bodyHash !== idempotency.bodyHash) {
      throw errors.idempotency_conflict(
        `The Idempotency-Key "${idempotency.key}" was used for another request. Use a new key for a new request.`,
      )
    }
    const task = await findTask(db, earlier.taskId)
    // A key is reserved in the transaction of its task, and outlived by it.
    if (task === undefined) throw errors.task_not_found(`There is no task "${earlier.taskId}" any more.`)
    return { id: task.id, status: task.status, planHash: task.plan.planHash }
  }

  /** What is filed for a time is held against the freezes of that time. */
  const requireUnfrozenAt = async ({ plan }: StoredPlan, scheduledFor: Date | null, now: Date): Promise<void> => {
    const at = scheduledFor !== null && scheduledFor > now ? scheduledFor : now
    const freeze = noticeOf(await liveFreezes(db, at), plan, at)
    requireNotFrozen(freeze, { targets: plan.targets.length, scheduledFor })
  }

  /** The task is filed: what can't be told now is told by the upkeep. */
  const tellOfBreakGlass = (): Promise<void> =>
    alertBreakGlass({ ...decider, alarms: options.alarms }).catch((error: unknown) => {
      log.error({ err: error }, 'the alert of a break-glass task could not be raised; trying again')
    })

  const reader = createReader({ db, operation, now: clock.now })
  const service: TaskService = {
    ...reader,
    queue: async () => {
      const [queue, state] = await Promise.all([reader.queue(), awsState(aws)])
      return { ...queue, ...state }
    },
    replay,
    file: async (input) => {
      const { principal, stored, reason, priority, scheduledFor = null, runAfter = [], idempotency, requestId } = input
      const now = clock.now()
      const broken = input.breakGlass
        ? breakGlass({ principal, stored, request: input.breakGlass, scheduledFor, requestId, now })
        : null
      // One that waits for others is held, when they are over, by the freezes of that time.
      if (broken === null && runAfter.length === 0) await requireUnfrozenAt(stored, scheduledFor, now)
      const task = newTask({
        principal,
        stored: broken?.stored ?? stored,
        reason: reason ?? input.breakGlass?.reason ?? null,
        priority,
        scheduledFor,
        undoOf: null,
        isAfter: runAfter.length > 0,
        now,
      })
      const writes = [conductedWith(task, runAfter), broken?.also, input.also].filter((also) => also !== undefined)
      const isNew = await filer.file({
        task,
        principal,
        requestId,
        ...(idempotency === undefined ? {} : { idempotency }),
        ...(writes.length === 0 ? {} : { also: (sql) => inOrder(writes, sql, task.id) }),
      })
      if (broken !== null) await tellOfBreakGlass()
      if (isNew || idempotency === undefined) {
        return { id: task.id, status: task.status, planHash: task.plan.planHash, isNew }
      }
      const earlier = await replay({ principal, idempotency })
      if (earlier === null)
        throw errors.idempotency_conflict(`The Idempotency-Key "${idempotency.key}" is in use. Try again.`)
      return { ...earlier, isNew }
    },
    approve: (acting) => approve({ ...decider, selfApproval }, { ...acting }),
    reject: (acting) => reject(decider, acting),
    cancel: (acting) => cancel({ ...decider, operation }, acting),
    pause: (acting) => pause(decider, acting),
    resume: (acting) => resume(decider, acting),
    replan: (acting) => replan({ db, planner }, acting),
    retry: (acting) => retry({ db, planner, file: service.file, operation, now: clock.now }, acting),
    undo: (acting) => undo({ db, planner, filer, operation, now: clock.now }, acting),
  }

  const schedules = createSchedules({ db, now: clock.now, catalogue, selfApproval, notifier })
  const onOffPlans = createOnOffPlans({ db, now: clock.now, planner, schedules })
  const scheduler = createScheduleLoop({
    db,
    clock,
    log,
    listener,
    notifier,
    run: createRunner({
      db,
      now: clock.now,
      log,
      planner,
      file: (filing) => service.file({ ...filing, requestId: null }),
      principalOf: options.principalOf,
      selfApproval,
      alarms: options.alarms,
      notifier,
    }),
  })

  const deadLetters = createDeadLetters({ db, planner, file: service.file, items: service.items })
  const announcer = createAnnouncer({ db: queueDb, clock, log, operations: catalogue.list() })
  const conductor = createConductor({
    ...decider,
    db: queueDb,
    clock,
    log,
    listener,
    operation,
    wallMs: async (accounts, cloudSeconds) => {
      const known = (await aws.accounts.list()).filter(({ id }) => accounts.includes(id))
      return Math.max(0, ...known.map((account) => aws.clock(account).wallMs(cloudSeconds)))
    },
    alarms: options.alarms,
    alarmStates: (ids) => statesOf(aws, ids, { priority: 'sweep' }),
    undo: (task) =>
      undoStopped({ principalOf: (userId) => options.principalOf(userId, null), undo: service.undo }, task),
  })

  const http: HttpService[] = [
    tasksHttp({ catalogue, planner, tasks: service, access }),
    freezeRoutes({ freezes }),
    schedulesHttp({ schedules, access }),
    onOffPlansHttp({ onOffPlans, access }),
    deadLettersHttp({ deadLetters, access }),
  ]
  return {
    service,
    planner,
    filer,
    http,
    scheduler,
    upkeep: createUpkeep({
      db: queueDb,
      clock,
      log,
      notifier,
      operations: catalogue.list(),
      alarms: options.alarms,
      retentionMonths: options.retentionMonths,
    }),
    freezes: { start: keeper.start, stop: keeper.stop },
    conductor,
    worker: {
      start: async (): Promise<void> => {
        // Nobody may have looked after the time limits while everything was down.
        await expireBreakGlass(decider)
        await worker.start()
        isWorking = true
        announcer.start()
      },
      load: worker.load,
      stop: async (): Promise<void> => {
        await announcer.stop()
        await worker.stop()
        gate.stop()
      },
    },
    describe: (ids: readonly string[]) => describeTasks(db, ids),
    close: queueDb.close,
  }
}
/** What is written in the transaction of a task, one after the other. */
const inOrder = async (
  writes: readonly ((sql: Sql, taskId: string) => Promise<void>)[],
  sql: Sql,
  taskId: string,
): Promise<void> => {
  for (const write of writes) await write(sql, taskId)
}

export type Tasks = ReturnType<typeof createTasks>
