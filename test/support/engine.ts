import type { Account, Aws } from '#aws/cloud.ts'
import type { RunAfter } from '#contracts/bulk.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Clock } from '#platform/clock.ts'
import { createCloudClock, systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createListener } from '#platform/db/listen.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { uuidv7 } from '#platform/ids.ts'
import { createLog } from '#platform/log.ts'
import { createCatalogue } from '#tasks/catalogue.ts'
import type { Operation, Outcome, StepTarget } from '#tasks/operation.ts'
import { openQueueDatabase } from '#tasks/queue-database.ts'
import { conductedWith } from '../../src/tasks/conduct/conducted.ts'
import type { ConductDeps } from '../../src/tasks/conduct/conduct-task.ts'
import { createConductor } from '../../src/tasks/conduct/conductor.ts'
import { createFreezeGate } from '../../src/tasks/freezes/gate.ts'
import { firstActsOf } from '../../src/tasks/freezes/hold.ts'
import { createFiler } from '../../src/tasks/queue/file.ts'
import type { NewTask } from '../../src/tasks/store/file-tasks.ts'
import { createWorker } from '../../src/tasks/worker/worker.ts'

export const principal: Principal = {
  userId: uuidv7(),
  email: 'operator@example.com',
  roles: ['operator'],
  via: 'session',
  credentialId: null,
  scopes: null,
}

const account: Account = {
  id: '111111111111',
  name: 'test',
  cloud: 'sandbox',
  regions: ['eu-west-1'],
  credentials: { kind: 'sandbox' },
  isProduction: false,
}

/** As much of the AWS box as the engine itself uses: accounts and their clock. The operations of these tests call nothing. */
export const fakeAws = (speed = 1): Aws =>
  ({
    accounts: { list: async () => [account], get: async () => account },
    clock: () => createCloudClock(speed),
    // The rest is never reached by an operation that makes no calls.
  }) as unknown as Aws

const outcomes = (targets: readonly StepTarget[], of: (target: StepTarget) => Outcome): Outcome[] => targets.map(of)
const done = (): Outcome => ({ kind: 'done' })

/** An operation for tests of the engine: three steps, of which the behaviour is given. */
export const testOperation = (more: Partial<Operation> & Pick<Operation, 'name'>): Operation => ({
  version: 1,
  title: more.name,
  description: 'For tests of the engine.',
  targetType: 'test.thing',
  // The engine never looks at parameters.
  params: { parse: (given: unknown) => given } as unknown as Operation['params'],
  risk: 'R1',
  undo: { label: 'none', inverse: null },
  maxTargets: 10_000,
  batchSize: 1,
  iamActions: [],
  read: async () => new Map(),
  guard: () => null,
  desired: (before) => before,
  monthlyCostDeltaUsd: () => 0,
  calls: [],
  typicalWaitSeconds: () => 0,
  steps: ['first', 'second', 'third'].map((name) => ({
    name,
    description: name,
    kind: 'act' as const,
    effect: 'readable' as const,
    run: async (_scope, targets) => outcomes(targets, done),
  })),
  ...more,
})

export const newTestTask = (
  operation: Operation,
  more: { targets?: number; priority?: number; plan?: Partial<NewTask['plan']> } = {},
): NewTask => {
  const now = new Date().toISOString()
  return {
    id: uuidv7(),
    operation: operation.name,
    operationVersion: operation.version,
    status: 'queued',
    params: {},
    targets: { ids: ['x'] },
    plan: {
      planHash: 'a'.repeat(64),
      operation: operation.name,
      operationVersion: operation.version,
      risk: 'R1',
      undo: operation.undo.label,
      excluded: [],
      steps: operation.steps.map(({ name, description }) => ({ name, description })),
      monthlyCostDeltaUsd: 0,
      expectedSeconds: { calls: 0, waits: 0, total: 0 },
      approvals: { needed: 0, reason: '', confirmation: null },
      createdAt: now,
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      accounts: [],
      ...more.plan,
    },
    accounts: [account.id],
    regions: ['eu-west-1'],
    requestedBy: { id: principal.userId, email: principal.email },
    reason: null,
    priority: more.priority ?? 0,
    scheduledFor: null,
    undoOf: null,
    items: Array.from({ length: more.targets ?? 1 }, (_, index) => ({
      id: uuidv7(),
      account: account.id,
      region: 'eu-west-1',
      targetId: `arn:aws:test:eu-west-1:${account.id}:thing/${index}`,
      targetName: null,
      before: { state: 'a' },
      after: { state: 'b' },
    })),
  }
}

/** A worker and a filer of their own process, as far as the database can tell. */
export const startEngine = async (options: {
  url: string
  operations: readonly Operation[]
  clock?: Clock
  leaseSeconds?: number
  concurrency?: number
  speed?: number
  logLevel?: string
  aws?: Aws
  /** Of tasks that used up their error budget. */
  undo?: ConductDeps['undo']
  /** Looks at the freezes before anything begins. */
  hasGate?: boolean
  /** How watched alarms are; quiet when left out. */
  alarmStates?: ConductDeps['alarmStates']
  /** Hears of tasks that an alarm paused. */
  alarms?: ConductDeps['alarms']
  /** Puts something between the engine and its database. */
  through?: (db: Database) => Database
}) => {
  const log = createLog({ level: options.logLevel ?? 'fatal' })
  const clock = options.clock ?? systemClock
  const opened = openQueueDatabase({ connectionString: options.url, log })
  const db = options.through?.(opened) ?? opened
  const listener = await createListener({ connectionString: options.url, log, clock })
  const notifier = createNotifier(db)
  const catalogue = createCatalogue(options.operations)
  const operation = (name: string, version: number): Operation | null => {
    const known = catalogue.find(name)
    return known?.version === version ? known : null
  }
  const gate = createFreezeGate({ db, clock, log, listener, firstActs: firstActsOf(options.operations) })
  const worker = createWorker({
    db,
    ...(options.hasGate ? { gate } : {}),
    clock,
    log,
    aws: options.aws ?? fakeAws(options.speed),
    notifier,
    listener,
    operation,
    onEffects: () => {},
    ...(options.leaseSeconds === undefined ? {} : { leaseSeconds: options.leaseSeconds }),
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
  })
  const filer = createFiler({ db, notifier, onFiled: worker.kick, handOff: worker.handOff })
  const conductor = createConductor({
    db,
    clock,
    log,
    notifier,
    listener,
    operation,
    firstActs: firstActsOf(options.operations),
    now: clock.now,
    wallMs: async (_accounts, cloudSeconds) => createCloudClock(options.speed ?? 1).wallMs(cloudSeconds),
    alarms: options.alarms ?? { raise: async () => {}, resolve: async () => {} },
    alarmStates: options.alarmStates ?? (async (ids) => ids.map((id) => ({ id, kind: 'quiet' }))),
    undo: options.undo ?? (async () => null),
  })
  const fileAfter = (task: NewTask, runAfter: readonly RunAfter[]): Promise<boolean> => {
    const also = conductedWith(task, runAfter)
    return filer.file({ task, principal, requestId: null, ...(also === undefined ? {} : { also }) })
  }
  return {
    db,
    worker,
    conductor,
    /** Resolves with the next news of a channel, which the worker has by then. Ask before you cause it. */
    news: (channel: string): Promise<void> =>
      new Promise((resolve) => {
        const end = listener.on(channel, () => {
          end()
          resolve()
        })
      }),
    file: (task: NewTask) => fileAfter(task, []),
    /** Files a task that waits for others. */
    fileAfter,
    stop: async () => {
      await conductor.stop()
      await worker.stop()
      gate.stop()
      await listener.close()
      await db.close()
    },
  }
}
