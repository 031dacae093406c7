import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import type { QueueState } from '#contracts/queue.ts'
import { addFault, assertTagged, fileTagTasks, instances, liveTasks } from '../support/bulk.ts'
import type { Client } from '../support/client.ts'
import type { RunningProcess } from '../support/installation.ts'
import type { Split } from '../support/split.ts'
import { createSplit } from '../support/split.ts'
import { waitFor } from '../support/wait-for.ts'

// Workers die; the sandbox, in a process of its own, lives on and counts what was done to each instance. Tasks
// are filed while no worker runs, so that each test decides when the work begins, and on instances of its own.
let split: Split
let admin: Client
let free: string[]
const workers: RunningProcess[] = []

before(async () => {
  split = await createSplit({ env: { ORCHESTRATOR_SANDBOX_SIZE: '2500' }, leaseSeconds: 6 })
  await split.start('sandbox')
  const front = await split.start('gateway,tasks,resources,monitoring')
  admin = await split.admin(front)
  free = await instances(admin, 700)
})
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()))
  await admin.ok('DELETE', '/sandbox/faults')
})
after(() => split.remove())

const startWorker = async (): Promise<RunningProcess> => {
  const worker = await split.start('worker')
  workers.push(worker)
  return worker
}

const heldBy = async (worker: RunningProcess): Promise<number> => {
  const queue = await admin.ok<QueueState>('GET', '/queue')
  return queue.workers.filter(({ pid }) => pid === worker.pid).reduce((sum, { items }) => sum + items, 0)
}

/** From now on no call is over before its worker is dead. */
const slowDown = async (latency: { remove: () => Promise<void> }): Promise<void> => {
  await addFault(admin, { kind: 'latency', action: 'CreateTags', milliseconds: 4000 })
  await latency.remove()
}

test('a worker is killed half-way through 500 tasks: the other one ends them all, each effect is there once', async () => {
  const filed = await fileTagTasks(admin, free.splice(0, 500))
  const latency = await addFault(admin, { kind: 'latency', action: 'CreateTags', milliseconds: 300 })
  const [victim] = await Promise.all([startWorker(), startWorker()])
  await waitFor('half of the tasks to be over', async () => (await liveTasks(admin)) <= 250)
  await slowDown(latency)
  await waitFor('it to have work in its hands', async () => (await heldBy(victim)) > 0)
  await victim.stop('SIGKILL')
  await assertTagged(admin, filed)
})

test('all workers are killed: one that starts later ends everything', async () => {
  const filed = await fileTagTasks(admin, free.splice(0, 200))
  const latency = await addFault(admin, { kind: 'latency', action: 'CreateTags', milliseconds: 300 })
  const first = await Promise.all([startWorker(), startWorker()])
  await waitFor('half of the tasks to be over', async () => (await liveTasks(admin)) <= 100)
  await slowDown(latency)
  await Promise.all(first.map((worker) => worker.stop('SIGKILL')))
  assert.ok((await liveTasks(admin)) > 0, 'there is work left')
  await startWorker()
  await assertTagged(admin, filed)
})
