import assert from 'node:assert/strict'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import type { QueueState } from '#contracts/queue.ts'
import type { Task } from '#contracts/task.ts'
import { finalTaskStatuses } from '#contracts/task.ts'
import { openDatabase } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { startEmbeddedPostgres } from '#platform/postgres/embedded.ts'
import { instances } from '../support/bulk.ts'
import { signIn } from '../support/client.ts'
import type { Client } from '../support/client.ts'
import type { RunningProcess } from '../support/installation.ts'
import { initialPassword, startProcess, temporaryDirectory } from '../support/installation.ts'
import { endPostmaster } from '../support/postmaster.ts'
import { waitFor } from '../support/wait-for.ts'
import { cases } from './cases.ts'
import { applyOldMigrations, loadRecording } from './old-database.ts'

// Yesterday's data directory, as the released version left it when it was killed: `npm start` goes on from there.
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let server: RunningProcess
let admin: Client
/** Of the estate with seed 1 and 500 resources; the released version stopped it and set a tag. */
const instance = {
  account: '777788889999',
  region: 'us-east-1',
  id: 'i-0e76c5de465af473f',
  launchedMs: 1_783_553_623_728,
}

before(async () => {
  directory = await temporaryDirectory()
  await chmod(directory.path, 0o711) // as root the database runs as a user of its own, who has to get there
  const log = createLog({ level: 'fatal' })
  const postgres = await startEmbeddedPostgres({ dataDir: directory.path, log })
  const db = openDatabase({ connectionString: postgres.connectionString, log, maxConnections: 2 })
  await applyOldMigrations(db)
  await loadRecording(db)
  await db.close()
  await postgres.stop()
  await writeOldSandbox()
  server = await startProcess({
    ORCHESTRATOR_DATA_DIR: directory.path,
    ORCHESTRATOR_SANDBOX_SIZE: '500',
    ORCHESTRATOR_SANDBOX_SPEED: '1000',
  })
  admin = await signIn(server.url, 'admin@localhost', await initialPassword(directory.path))
})
after(async () => {
  await server.stop()
  await endPostmaster(directory.path)
  await directory.remove()
})

/** The sandbox's file with the tables and a row of that release. */
const writeOldSandbox = async (): Promise<void> => {
  await mkdir(join(directory.path, 'sandbox'), { mode: 0o700 })
  const db = new DatabaseSync(join(directory.path, 'sandbox', 'estate-1-500.sqlite'))
  db.exec(`create table changes (resource text primary key, change text not null) without rowid;
    create table effects (
      resource text not null, action text not null, accepted int not null, changed int not null, primary key (resource, action)
    ) without rowid`)
  const { id, launchedMs } = instance
  const at = Date.UTC(2026, 10, 20)
  const history = [
    [launchedMs, 'running'],
    [at, 'stopped'],
  ]
  const power = {
    target: 'stopped',
    askedMs: at,
    settledMs: at + 30_000,
    checkedMs: launchedMs,
    launchedMs,
    starts: 0,
    history,
  }
  db.prepare('insert into changes values (?, ?)').run(id, JSON.stringify({ power, tags: { team: 'old' } }))
  db.prepare('insert into effects values (?, ?, 1, 1)').run(id, 'StopInstances')
  db.close()
}

test('it starts, shows every task of before, and ends those that nobody has to decide about', async () => {
  const { items: tasks } = await admin.ok<{ items: Task[] }>('GET', '/tasks?limit=500')
  assert.equal(tasks.length, cases.length)
  const expected = new Set(['awaiting_approval', 'paused'])
  await waitFor('the rest to end', async () => {
    const queue = await admin.ok<QueueState>('GET', '/queue')
    return Object.keys(queue.tasks).every((status) => expected.has(status))
  })
  for (const { name, recorded } of cases) {
    const row = tasks.find(({ reason }) => reason === name)
    assert.ok(row, name)
    // In full, with what this version shows of a task that the released one has filed.
    const task = await admin.task(row.id)
    const { items } = await admin.items(row.id)
    assert.equal(items.length, task.progress.total, name)
    // A pause begins nothing more; what waits for AWS already is asked about to its end.
    if (expected.has(recorded) && name !== 'paused-waiting') assert.equal(task.status, recorded, name)
    // The recorded instances are not in this estate: what had not begun finds that out and leaves it.
    else assert.ok((finalTaskStatuses as readonly string[]).includes(task.status), `${name} is ${task.status}`)
    const events = await admin.ok<{ items: unknown[] }>('GET', `/tasks/${row.id}/events`)
    assert.ok(events.items.length > 0, `${name} has its events`)
  }
})

test('what waits for a decision can still be decided', async () => {
  const { items: tasks } = await admin.ok<{ items: Task[] }>('GET', '/tasks?limit=500')
  const of = (name: string): string => tasks.find(({ reason }) => reason === name)?.id ?? ''
  await admin.ok('POST', `/tasks/${of('paused')}/resume`)
  await admin.ok('POST', `/tasks/${of('awaiting-one')}/approve`, { planHash: 'b'.repeat(64) })
  await admin.ok('POST', `/tasks/${of('awaiting-second')}/reject`)
  for (const name of ['paused', 'awaiting-one', 'awaiting-second']) await admin.ended(of(name))
  assert.equal((await admin.task(of('awaiting-second'))).status, 'rejected')
})

test('the sandbox is as it was left', async () => {
  const { account, region, id } = instance
  const arn = `arn:aws:ec2:${region}:${account}:instance/${id}`
  await instances(admin, 1) // once the inventory is there
  const start = await admin.plan({ operation: 'ec2.start', targets: { ids: [arn] } })
  assert.equal(start.targets[0]?.before['state'], 'stopped')
  const tag = await admin.plan({ operation: 'ec2.tag', targets: { ids: [arn] }, params: { tags: { team: 'new' } } })
  assert.deepEqual(tag.targets[0]?.before['tags'], { team: 'old' })
  const { items } = await admin.ok<{ items: object[] }>('GET', `/sandbox/effects?resource=${id}`)
  assert.deepEqual(items, [{ resource: id, action: 'StopInstances', accepted: 1, changed: 1 }])
})
