import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { Principal } from '#contracts/principal.ts'
import type { ItemStatus, Task, TaskStatus } from '#contracts/task.ts'
import { finalItemStatuses, isFinal, itemTransitions, taskTransitions } from '#contracts/task.ts'
import { AppError } from '#platform/app-error.ts'
import type { Database } from '#platform/db/database.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal, startEngine, testOperation } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import type { Operation, Outcome, Scope, Step, StepTarget } from '../operation.ts'
import type { Planner, PlanRequest, StoredPlan } from '../plan.ts'
import { firstActsOf } from '../freezes/hold.ts'
import { createReader } from '../read/reader.ts'
import type { TaskEvent } from '../http/task-service.ts'
import { approve, reject } from './approve.ts'
import { cancel, expireApprovals } from './cancel.ts'
import { pause, resume } from './pause.ts'
import { undo } from './undo.ts'

// Everything that people decide, in random order and at the same time, while two workers run the tasks and lose their leases:
// whatever happens, what the rows say fits together, and a decision is on record exactly once.

/** What the steps of an item come to, one after the other; a step of an item whose list is used up is done. */
const scripts = new Map<string, Outcome[]>()
const next = async (_scope: Scope, targets: readonly StepTarget[]): Promise<Outcome[]> =>
  targets.map(({ itemId }) => scripts.get(itemId)?.shift() ?? { kind: 'done' })
/** Only waits may say that they are not over, and only checks that somebody else changed the target. */
const fitting =
  (...kinds: Outcome['kind'][]) =>
  async (scope: Scope, targets: readonly StepTarget[]): Promise<Outcome[]> =>
    (await next(scope, targets)).map((outcome) => (kinds.includes(outcome.kind) ? outcome : { kind: 'done' }))

const steps: Step[] = [
  { name: 'check', description: '', kind: 'check', run: fitting('done', 'drifted', 'failed') },
  {
    name: 'act',
    description: '',
    kind: 'act',
    effect: 'readable',
    run: fitting('done', 'failed'),
    compensate: fitting('done', 'failed'),
  },
  { name: 'wait', description: '', kind: 'wait', timeoutSeconds: 600, run: fitting('done', 'pending', 'failed') },
]
const operation: Operation = testOperation({
  name: 'test.decided',
  batchSize: 3,
  steps,
  undo: { label: 'exact', inverse: () => ({ operation: 'test.decided', params: {} }) },
})

let database: Awaited<ReturnType<typeof freshDatabase>>
let engines: Awaited<ReturnType<typeof startEngine>>[]
before(async () => {
  database = await freshDatabase()
  // A second of AWS's time is a hundredth of ours: retries and waits are short.
  const options = { url: database.url, operations: [operation], leaseSeconds: 3, concurrency: 4, speed: 100 }
  engines = [await startEngine(options), await startEngine(options)]
  for (const { worker } of engines) await worker.start()
})
after(async () => {
  for (const engine of engines) await engine.stop()
  await database.drop()
})

const people: Principal[] = [1, 2, 3].map((n) => ({
  ...principal,
  userId: `0198c0de-0000-7000-8000-00000000000${n}`,
  email: `person${n}@example.com`,
}))

const known = (name: string): Operation | null => (name === operation.name ? operation : null)
const readerOf = (db: Database) => createReader({ db, operation: known })
/** A task with its items as of one moment. */
const read = (id: string) =>
  database.db.transaction(async (tx) => {
    await tx.query({ text: 'set transaction isolation level repeatable read' })
    const reader = readerOf({ ...database.db, query: tx.query })
    const task = await reader.get(id)
    assert.ok(task, `task ${id} is there`)
    return { task, items: (await reader.items(id, { limit: 50 })).items }
  })

const firstActs = firstActsOf([operation])
const decider = () => ({ db: database.db, notifier: createNotifier(database.db), now: () => new Date(), firstActs })
/** A plan of exactly the targets that are asked for. */
const prepare = async ({ targets }: PlanRequest): Promise<StoredPlan> => {
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

type Decision = 'approve' | 'reject' | 'cancel' | 'pause' | 'resume' | 'undo' | 'expire'
type Model = { tasks: { id: string; decided: Map<string, number> }[] }
type Real = Record<string, never>

const planHash = 'a'.repeat(64)
const decide = async (model: Model, id: string, decision: Decision, by: number): Promise<void> => {
  const who = people[by % people.length]
  assert.ok(who)
  const acting = { principal: who, taskId: id, requestId: null }
  switch (decision) {
    case 'approve':
      return approve({ ...decider(), selfApproval: 'never' }, { ...acting, planHash })
    case 'reject':
      return reject(decider(), acting)
    case 'cancel':
      return cancel({ ...decider(), operation: known }, acting)
    case 'pause':
      return pause(decider(), acting)
    case 'resume':
      return resume(decider(), acting)
    case 'expire':
      return expireApprovals(decider())
    case 'undo': {
      const [engine] = engines
      assert.ok(engine)
      const filer = { file: ({ task }: { task: Parameters<typeof engine.file>[0] }) => engine.file(task) }
      const planner = { prepare } as Planner // an undo asks for nothing else
      const filed = await undo(
        {
          db: database.db,
          planner,
          filer: { ...filer, idle: async () => {} },
          operation: known,
          now: () => new Date(),
        },
        { ...acting, requestId: 'test' },
      )
      model.tasks.push({ id: filed.id, decided: new Map() })
    }
  }
}

const refusals = ['task_state', 'already_decided', 'undo_impossible', 'approval_not_allowed', 'approval_expired']
/** Decides; a refusal must be one of those that tell a person that it is not possible now. */
const attempt = async (model: Model, index: number, decision: Decision, by: number): Promise<void> => {
  const one = model.tasks[index % model.tasks.length]
  if (one === undefined) return
  try {
    await decide(model, one.id, decision, by)
    if (decision === 'expire' || decision === 'undo') return
    const action = `task.${decision}`
    one.decided.set(action, (one.decided.get(action) ?? 0) + 1)
  } catch (error) {
    assert.ok(error instanceof AppError && refusals.includes(error.code), `${decision}: ${String(error)}`)
  }
}

const fileCommand = (given: { items: number; needed: number; isOverdue: boolean; outcomes: Outcome[][] }) => ({
  check: () => true,
  run: async (model: Model): Promise<void> => {
    const task = newTestTask(operation, { targets: given.items })
    task.plan = {
      ...task.plan,
      planHash,
      expiresAt: new Date(Date.now() + (given.isOverdue ? -1 : 86_400_000)).toISOString(),
      approvals: { needed: given.needed, reason: 'test', confirmation: null },
    }
    if (given.needed > 0) task.status = 'awaiting_approval'
    task.items.forEach((item, n) => scripts.set(item.id, [...(given.outcomes[n] ?? [])]))
    const engine = engines[given.items % engines.length]
    assert.ok(engine)
    await engine.file(task)
    model.tasks.push({ id: task.id, decided: new Map() })
  },
  toString: () => `file(${given.items} items, ${given.needed} approvals${given.isOverdue ? ', overdue' : ''})`,
})

/** One decision, or several at the same moment. */
const decideCommand = (together: { task: number; decision: Decision; by: number }[]) => ({
  check: ({ tasks }: Model) => tasks.length > 0,
  run: async (model: Model): Promise<void> => {
    await Promise.all(together.map(({ task, decision, by }) => attempt(model, task, decision, by)))
    for (const { id } of model.tasks) assertFits(await read(id))
  },
  toString: () => together.map(({ task, decision, by }) => `${decision} ${task} by ${by}`).join(' and '),
})

/** All workers lose their lease although they live: what they hold is taken over, what they write late is fenced. */
const loseLeases = {
  check: () => true,
  run: async (): Promise<void> => {
    await database.db.query({ text: `update workers set lease_until = '-infinity'` })
  },
  toString: () => 'lose leases',
}
const passTime = (ms: number) => ({
  check: () => true,
  run: () => new Promise<void>((resolve) => setTimeout(resolve, ms)), // the workers' turn: there is nothing to wait for
  toString: () => `pass ${ms} ms`,
})

/** What is true at every moment. */
const assertFits = ({ task, items }: { task: Task; items: { status: ItemStatus }[] }): void => {
  const count = (status: ItemStatus): number => items.filter((item) => item.status === status).length
  const { total, pending, running, ...counted } = task.progress
  assert.equal(total, items.length)
  for (const [status, number] of Object.entries(counted))
    assert.equal(number, count(status as ItemStatus), `${status} of ${task.id}, which is ${task.status}`)
  assert.equal(pending + running, count('pending') + count('running'))
  const isOver = items.every(({ status }) => (finalItemStatuses as readonly string[]).includes(status))
  assert.equal(isFinal(task.status), isOver, `${task.status} with ${items.map(({ status }) => status)}`)
  assert.equal(task.finishedAt !== null, isOver)
  if (task.status === 'succeeded') assert.equal(counted.succeeded + counted.skipped, total)
}

/** What is true once a task is over: its events go by the table to that end, and every decision is on record once. */
const assertRecorded = async ({ id, decided }: Model['tasks'][number]): Promise<void> => {
  const { task } = await read(id)
  const told = await waitFor(`the events of ${id}`, async () => {
    const { items } = await readerOf(database.db).events(id, { limit: 500 })
    return items.some((event) => isFinal(statusIn(event) ?? 'queued')) && items
  })
  const path = told.flatMap((event) => statusIn(event) ?? [])
  path.slice(1).forEach((status, n) => {
    const from = path[n]
    assert.ok(from === status || (from && taskTransitions[from].includes(status)), `${id}: ${path.join(' -> ')}`)
  })
  assert.equal(path.at(-1), task.status, `${id}: ${path.join(' -> ')}`)

  const rows = await database.db.query<{ action: string; from: TaskStatus | null; to: TaskStatus | null }>({
    text: `select action, details->>'from' as from, details->>'to' as to from audit where subject_id = $1 and outcome = 'succeeded'`,
    values: [id],
  })
  const times = (action: string): number => rows.filter((row) => row.action === action).length
  assert.equal(times('task.create'), 1)
  for (const action of ['task.approve', 'task.reject', 'task.cancel', 'task.pause', 'task.resume'])
    assert.equal(times(action), decided.get(action) ?? 0, `${action} of ${id}`)
  assert.equal(times('task.expire'), task.status === 'expired' ? 1 : 0)
  for (const { action, from, to } of rows)
    if (from !== null && to !== null && from !== to)
      assert.ok(taskTransitions[from].includes(to), `${action}: ${from} -> ${to}`)
}
const statusIn = ({ data }: TaskEvent): TaskStatus | undefined => (data as { status?: TaskStatus }).status

/** Lets go of what only waits for people, until everything is over. */
const settle = async (model: Model): Promise<void> => {
  for (const one of model.tasks) {
    await waitFor(`task ${one.id} to end`, async () => {
      const { task } = await read(one.id)
      if (task.status === 'paused') await attempt({ tasks: [one] }, 0, 'resume', 0)
      if (task.status === 'awaiting_approval') await attempt({ tasks: [one] }, 0, 'reject', 0)
      return isFinal(task.status)
    })
    assertFits(await read(one.id))
    await assertRecorded(one)
  }
}

const failure = fc
  .constantFrom('never', 'transient', 'unknown', 'throttled')
  .map((retry): Outcome => ({ kind: 'failed', code: 'Boom', message: 'It broke.', retry: retry as 'never' }))
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Outcome>({ kind: 'done' }) },
  { weight: 2, arbitrary: fc.constant<Outcome>({ kind: 'pending', why: 'not yet', againInSeconds: 1 }) },
  { weight: 1, arbitrary: fc.constant<Outcome>({ kind: 'drifted', why: 'changed' }) },
  { weight: 1, arbitrary: failure },
)
const decision = fc.record({
  task: fc.nat(5),
  decision: fc.constantFrom<Decision>('approve', 'approve', 'reject', 'cancel', 'pause', 'resume', 'undo', 'expire'),
  by: fc.nat(2),
})
const commands = fc.commands(
  [
    fc
      .record({
        items: fc.integer({ min: 1, max: 4 }),
        needed: fc.constantFrom(0, 0, 1, 2),
        isOverdue: fc.constantFrom(false, false, false, true),
        outcomes: fc.array(fc.array(outcome, { maxLength: 6 }), { minLength: 4, maxLength: 4 }),
      })
      .map(fileCommand),
    fc.array(decision, { minLength: 1, maxLength: 3 }).map(decideCommand),
    fc.array(decision, { minLength: 1, maxLength: 3 }).map(decideCommand),
    fc.integer({ min: 1, max: 40 }).map(passTime),
    fc.constant(loseLeases),
  ],
  { maxCommands: 24, size: 'max' },
)

test('whatever people decide, in whatever order, what is on record fits together and everything ends', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (list) => {
      const model: Model = { tasks: [] }
      await fc.asyncModelRun<Model, Real, true, Model>(() => ({ model, real: {} }), list)
      await settle(model)
    }),
    { numRuns: 25, endOnFailure: true },
  )
})

test('the tables of transitions end where they say, and everything can end', () => {
  const canEnd = <Status extends string>(table: Record<Status, readonly Status[]>, from: Status): boolean => {
    const seen = new Set<Status>([from])
    for (const status of seen) for (const to of table[status]) seen.add(to)
    return [...seen].some((status) => table[status].length === 0)
  }
  for (const status of Object.keys(taskTransitions) as TaskStatus[]) assert.ok(canEnd(taskTransitions, status), status)
  for (const status of Object.keys(itemTransitions) as ItemStatus[]) assert.ok(canEnd(itemTransitions, status), status)
})
