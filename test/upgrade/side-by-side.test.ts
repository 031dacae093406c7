import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Item, Task } from '#contracts/task.ts'
import { isFinal, taskTransitions } from '#contracts/task.ts'
import type { TaskStatus } from '#contracts/task.ts'
import { migrate } from '#platform/db/migrate.ts'
import { uuidv7 } from '#platform/ids.ts'
import { createReader } from '../../src/tasks/read/reader.ts'
import { newTestTask, principal, startEngine, testOperation } from '../support/engine.ts'
import { waitFor } from '../support/wait-for.ts'
import { oldDatabase, readStatements } from './old-database.ts'

// Workers of the released version go on for a while beside those of this one: what they say to the database, word for word,
// over the schema of this version. A statement may be refused whole because the schema has gone on (then that process does
// nothing any more, and what it held is taken over), but none may do half of its work.
let old: Awaited<ReturnType<typeof oldDatabase>>
let engine: Awaited<ReturnType<typeof startEngine>>
let statements: { [name: string]: string }
const acted = new Map<string, number>()
const operation = testOperation({
  name: 'test.side-by-side',
  steps: ['first', 'second', 'third'].map((name) => ({
    name,
    description: name,
    kind: 'act' as const,
    effect: 'readable' as const,
    run: async (_scope, targets) =>
      targets.map(({ itemId }) => {
        acted.set(`${itemId} ${name}`, (acted.get(`${itemId} ${name}`) ?? 0) + 1)
        return { kind: 'done' as const }
      }),
  })),
})

before(async () => {
  old = await oldDatabase()
  // Only what is filed here is looked at.
  await old.db.query({
    text: `update items set ready_at = null, status = 'pending' where status in ('pending', 'waiting', 'running')`,
  })
  statements = await readStatements()
  await migrate(old.db)
  engine = await startEngine({ url: old.url, operations: [operation], leaseSeconds: 4 })
})
after(async () => {
  await engine.stop()
  await old.drop()
})

/** What a process of that release gets for a statement; null where the schema has gone on and it is refused whole. */
const say = async <Row>(name: string, values: unknown[]): Promise<Row[] | null> => {
  try {
    return await old.db.query<Row>({ text: statements[name] ?? assert.fail(`no statement ${name}`), values })
  } catch (error) {
    // Syntax error or access rule violation: a column, a table or a function is no longer what it was.
    if (String((error as { code?: unknown }).code).startsWith('42')) return null
    throw error
  }
}
type Claimed = { id: string; account: string; taskId: string; ordinal: number; attempt: number; step: number }

const lookAt = async (id: string): Promise<{ task: Task; items: Item[] }> => {
  const reader = createReader({ db: old.db, operation: () => operation })
  const task = await reader.get(id)
  assert.ok(task)
  return { task, items: (await reader.items(id, { limit: 100 })).items }
}
/** The row of an item as the released worker writes it. */
const advance = (worker: string, item: Claimed, change: object): object => ({
  account: item.account,
  id: item.id,
  task_id: item.taskId,
  ordinal: item.ordinal,
  worker,
  attempt: item.attempt,
  status: 'running',
  ready_at: null,
  step: item.step,
  step_attempt: 0,
  step_started_at: new Date(),
  is_armed: false,
  is_doubtful: false,
  is_compensating: false,
  in_wait: false,
  steps: [],
  actual: null,
  error: null,
  ...change,
})
const records = ['first', 'second', 'third'].map((name) => ({
  name,
  status: 'succeeded',
  attempt: 1,
  startedAt: new Date().toISOString(),
  finishedAt: new Date().toISOString(),
}))

const endsWell = async (id: string): Promise<Item[]> => {
  const { items } = await waitFor(`task ${id} to end`, async () => {
    const now = await lookAt(id)
    return isFinal(now.task.status) && now
  })
  const { task } = await lookAt(id)
  assert.equal(task.status, 'succeeded', JSON.stringify(items))
  assert.deepEqual([task.progress.succeeded, task.progress.total], [items.length, items.length])
  const events = await waitFor('its events', async () => {
    const told = await createReader({ db: old.db, operation: () => operation }).events(id, { limit: 100 })
    const path = told.items.flatMap(({ data }) => (data as { status?: TaskStatus }).status ?? [])
    return path.some(isFinal) && path
  })
  events.slice(1).forEach((status, index) => {
    const from = events[index]
    assert.ok(from === status || (from && taskTransitions[from].includes(status)), events.join(' -> '))
  })
  return items
}

test('a worker of the released version claims, goes on, ends, hands back and is taken over', async () => {
  const task = newTestTask(operation, { targets: 5 })
  await engine.file(task)
  const worker = uuidv7()
  // A lease that runs out in the middle of the test.
  const isRegistered = (await say('workers.insert', [worker, 'elsewhere', 1, 3])) !== null
  const claimed = isRegistered ? await say<Claimed>('items.claim', [worker, 4]) : null
  let ended: Claimed | undefined
  if (claimed !== null) {
    assert.equal(claimed.length, 4)
    assert.equal((await lookAt(task.id)).items.filter(({ status }) => status === 'running').length, 4)
    const [first, second, third] = claimed
    assert.ok(first && second && third)
    const stepped = await say('items.advance-steps', [
      JSON.stringify([advance(worker, first, { step: 1, steps: records.slice(0, 1) })]),
    ])
    if (stepped !== null) assert.equal(stepped.length, 1)
    const end = advance(worker, second, { status: 'succeeded', step: 2, steps: records, actual: { state: 'b' } })
    const told = await say('items.advance', [JSON.stringify([end]), [task.id], '[]'])
    const { task: now, items } = await lookAt(task.id)
    const isEnded = items.some(({ id, status }) => id === second.id && status === 'succeeded')
    // Whole or not at all: the item, the counter and the task's own status move together.
    assert.deepEqual(
      [isEnded, now.progress.succeeded, now.status],
      told === null ? [false, 0, 'queued'] : [true, 1, 'running'],
    )
    if (told !== null) ended = second
    await say('items.release', [[third.account], [task.id], [third.attempt], worker, false, 0, [third.ordinal]])
  }
  await engine.worker.start()
  const items = await endsWell(task.id)
  for (const { id, steps } of items) {
    assert.deepEqual(
      steps.map(({ name, status }) => [name, status]),
      ['first', 'second', 'third'].map((name) => [name, 'succeeded']),
    )
    // What the other one has done is not done again.
    if (id === ended?.id) assert.equal(acted.get(`${id} third`), undefined)
  }
  // It comes back and writes under its old claim: nothing of that counts.
  for (const item of claimed ?? []) {
    const late = advance(worker, item, { status: 'failed', error: { code: 'late', message: 'late' } })
    const written = await say<{ id: string }>('items.advance', [JSON.stringify([late]), [], '[]'])
    assert.deepEqual(written ?? [], [])
  }
  assert.equal((await lookAt(task.id)).task.status, 'succeeded')
})

test('what the released version files this one runs', async () => {
  const task = newTestTask(operation, { targets: 2 })
  const row = {
    id: task.id,
    operation: task.operation,
    operation_version: task.operationVersion,
    status: 'queued',
    params: {},
    targets: task.targets,
    plan: task.plan,
    accounts: task.accounts,
    regions: task.regions,
    requested_by: task.requestedBy,
    reason: null,
    priority: 0,
    scheduled_for: null,
    undo_of: null,
    items: task.items.map((item, ordinal) => ({
      account: item.account,
      id: item.id,
      ordinal,
      region: item.region,
      target_id: item.targetId,
      target_name: null,
      before: item.before,
      after: item.after,
    })),
    audit: {
      actor: { id: principal.userId, email: principal.email, via: 'session', credentialId: null },
      action: 'task.create',
      subject: { type: 'Task', id: task.id },
      outcome: 'succeeded',
      requestId: null,
      details: {},
    },
    event: {
      topics: ['tasks', `tasks/${task.id}`],
      type: 'task.created',
      accounts: task.accounts,
      data: { id: task.id, status: 'queued' },
    },
    user_id: null,
    key: null,
    body_hash: null,
  }
  const filed = await say<{ id: string }>('tasks.file', [JSON.stringify([row])])
  if (filed === null) {
    // Refused whole: whoever filed it was told so.
    assert.equal(await createReader({ db: old.db, operation: () => operation }).get(task.id), null)
    return
  }
  assert.deepEqual(filed, [{ id: task.id }])
  await endsWell(task.id)
})
