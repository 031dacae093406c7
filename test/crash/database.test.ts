import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { isFinal } from '#contracts/task.ts'
import type { Task } from '#contracts/task.ts'
import { addFault, assertTagged, inParallel, instances } from '../support/bulk.ts'
import type { Client } from '../support/client.ts'
import { signIn } from '../support/client.ts'
import { follow, published } from '../support/follow.ts'
import type { RunningProcess } from '../support/installation.ts'
import { initialPassword, startProcess, temporaryDirectory } from '../support/installation.ts'
import { endPostmaster, isAlive, postmasterPid } from '../support/postmaster.ts'
import { waitFor } from '../support/wait-for.ts'

// One process with its embedded, durable PostgreSQL, which is killed twice while tasks are filed, run and watched.
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let server: RunningProcess
let admin: Client

before(async () => {
  directory = await temporaryDirectory()
  server = await startProcess({
    ORCHESTRATOR_DATA_DIR: directory.path,
    ORCHESTRATOR_SANDBOX_SPEED: '1000',
    ORCHESTRATOR_SANDBOX_SIZE: '1200',
  })
  admin = await signIn(server.url, 'admin@localhost', await initialPassword(directory.path))
})
after(async () => {
  assert.ok(server.isAlive(), `The server died with its database:\n${server.output()}`)
  await server.stop()
  await endPostmaster(directory.path)
  await directory.remove()
})

/** `meanwhile` begins when it is dead. */
const killDatabase = async (meanwhile = (): void => {}): Promise<void> => {
  const pid = await postmasterPid(directory.path)
  assert.ok(pid !== undefined && isAlive(pid))
  process.kill(pid, 'SIGKILL')
  meanwhile()
  await waitFor('another PostgreSQL in its place', async () => {
    const now = await postmasterPid(directory.path)
    return now !== undefined && now !== pid && isAlive(now)
  })
}

/** What the API answered besides success while the database was away. */
const refusals = new Set<string>()

/** Files until it is accepted, as a careful program does: the same key, so that it is one task however often it asks. */
const fileStubbornly = async (instance: string, index: number) => {
  const value = `value-${index}`
  const body = { operation: 'ec2.tag', targets: { ids: [instance] }, params: { tags: { round: value } } }
  const key = randomUUID()
  const id = await waitFor('the task to be accepted', async () => {
    const answer = await admin.call('POST', '/tasks', body, { 'idempotency-key': key })
    if (answer.status === 202) return answer.body.id as string
    refusals.add(`${answer.status} ${answer.body.code}`)
    return false
  })
  return { id, instance, value }
}

test('PostgreSQL is killed while 300 tasks are filed and run: none is lost, nothing is done twice, nothing missed', async () => {
  const targets = await instances(admin, 300)
  const feed = await follow(admin, ['tasks'])
  await addFault(admin, { kind: 'latency', action: 'CreateTags', milliseconds: 400 })

  const filing = [inParallel(targets.slice(0, 200), fileStubbornly)]
  const ended = (): number => new Set(endsOf(feed.events).map(({ id }) => id)).size
  await waitFor('tasks to run', () => ended() >= 60)
  await killDatabase(() => void filing.push(inParallel(targets.slice(200), fileStubbornly)))
  await waitFor('more of them to be over', () => ended() >= 150)
  await killDatabase()
  const filed = (await Promise.all(filing)).flat()
  await waitFor('the API to answer again', async () => (await admin.call('GET', '/queue')).status === 200)
  await assertTagged(admin, filed)

  // A program is told to try again, and never that it is its own fault or a fault of ours that nobody understands.
  for (const what of refusals) assert.match(what, /^503 (database_unreachable|unavailable)$/)

  await waitFor('the feed to have all ends', () => ended() === filed.length)
  const events = published(feed.events)
  assert.equal(new Set(events.map((event) => event.cursor)).size, events.length, 'nothing twice')
  for (const { id } of filed) {
    assert.equal(events.filter((event) => event.type === 'task.created' && idOf(event.data) === id).length, 1)
    assert.equal(endsOf(events).filter((end) => end.id === id).length, 1)
  }

  // Who comes with an old cursor gets exactly what followed it.
  const middle = events[Math.floor(events.length / 3)]
  assert.ok(middle)
  const late = await admin.live(['tasks'], middle.cursor)
  const expected = events.slice(events.indexOf(middle) + 1).map((event) => event.cursor)
  await waitFor('the missed events', () => published(late.events).length >= expected.length)
  assert.deepEqual(
    published(late.events).map((event) => event.cursor),
    expected,
  )
  late.close()
  await feed.stop()

  await waitFor('the audit log to be sealed', async () => {
    const verification = await admin.ok('GET', '/audit/verify')
    assert.equal(verification.ok, true, JSON.stringify(verification.firstBroken))
    return verification.unsealed.count === 0
  })
})

const idOf = (data: unknown): string | undefined => (data as { id?: string } | null)?.id

/** Of the task events those that tell of an end. */
const endsOf = (events: readonly { topic: string; data: unknown }[]): Pick<Task, 'id' | 'status'>[] =>
  published(events as Parameters<typeof published>[0])
    .map((event) => event.data as Pick<Task, 'id' | 'status'>)
    .filter((data) => data?.status !== undefined && isFinal(data.status))
