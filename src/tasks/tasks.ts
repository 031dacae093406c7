import type { Aws } from '#aws/cloud.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Listener } from '#platform/db/listen.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Log } from '#platform/log.ts'
import type { Access } from '#security/access.ts'
import type { Alarms } from './alarms.ts'
import type { SelfApproval } from './approval-rules.ts'
import { createCatalogue } from './catalogue.ts'
import { approve, reject } from './control/approve.ts'
import { cancel } from './control/cancel.ts'
import { newTask } from './control/new-task.ts'
import { pause, resume } from './control/pause.ts'
import { undo } from './control/undo.ts'
import { createAnnouncer } from './dead-letters/announce-known.ts'
import { createDeadLetters } from './dead-letters/dead-letters.ts'
import { errors } from './errors.ts'
import { deadLettersHttp } from './http/dead-letters.ts'
import { schedulesHttp } from './http/schedules.ts'
import type { TaskService } from './http/task-service.ts'
import { tasksHttp } from './http.ts'
import type { Operation } from './operation.ts'
import type { ResolveTargets } from './plan.ts'
import { createPlanner } from './plan.ts'
import { createFiler } from './queue/file.ts'
import { createUpkeep } from './queue/upkeep.ts'
import { openQueueDatabase } from './queue-database.ts'
import { createReader } from './read/reader.ts'
import { createScheduleLoop } from './schedules/loop.ts'
import { createRunner } from './schedules/run.ts'
import type { PrincipalOf } from './schedules/run.ts'
import { createSchedules } from './schedules/schedules.ts'
import { findIdempotencyKey } from './store/idempotency.ts'
import { findTask } from './store/read-tasks.ts'
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
  onEffects: WorkerOptions['onEffects']
  /** Who a schedule runs as. */
  principalOf: PrincipalOf
  alarms?: Alarms
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
  })
  const decider = { db, notifier, now: clock.now }

  const queueDb = openQueueDatabase({ connectionString: db.connectionString, log })
  const worker = createWorker({
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
  const filer = createFiler({ db: queueDb, notifier, onFiled: () => isWorking && worker.kick() })

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

  const service: TaskService = {
    ...createReader({ db, operation }),
    replay,
    file: async ({ principal, stored, reason, priority, scheduledFor, idempotency, requestId, also }) => {
      const task = newTask({
        principal,
        stored,
        reason,
        priority,
        scheduledFor: scheduledFor ?? null,
        undoOf: null,
        now: clock.now(),
      })
      const isNew = await filer.file({
        task,
        principal,
        requestId,
        ...(idempotency === undefined ? {} : { idempotency }),
        ...(also === undefined ? {} : { also: (sql) => also(sql, task.id) }),
      })
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
    undo: (acting) => undo({ db, planner, filer, operation, now: clock.now }, acting),
  }

  const schedules = createSchedules({ db, now: clock.now, catalogue, selfApproval, notifier })
  const scheduler = createScheduleLoop({
    db,
    clock,
    log,
    listener,
    run: createRunner({
      db,
      now: clock.now,
      log,
      planner,
      file: (filing) => service.file({ ...filing, requestId: null }),
      principalOf: options.principalOf,
      selfApproval,
      alarms: options.alarms,
    }),
  })

  const deadLetters = createDeadLetters({ db, planner, file: service.file, items: service.items })
  const announcer = createAnnouncer({ db: queueDb, clock, log, operations: catalogue.list() })

  const http: HttpService[] = [
    tasksHttp({ catalogue, planner, tasks: service, access }),
    schedulesHttp({ schedules, access }),
    deadLettersHttp({ deadLetters, access }),
  ]
  return {
    service,
    planner,
    filer,
    http,
    scheduler,
    upkeep: createUpkeep({ db: queueDb, clock, log, notifier, operations: catalogue.list() }),
    worker: {
      start: async (): Promise<void> => {
        await worker.start()
        isWorking = true
        announcer.start()
      },
      load: worker.load,
      stop: async (): Promise<void> => {
        await announcer.stop()
        await worker.stop()
      },
    },
    close: queueDb.close,
  }
}
export type Tasks = ReturnType<typeof createTasks>
