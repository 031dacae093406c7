import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import type { Item, Task } from '#contracts/task.ts'
import { addFault, effectsOn, instances } from '../support/bulk.ts'
import type { Client } from '../support/client.ts'
import type { RunningProcess } from '../support/installation.ts'
import type { Split } from '../support/split.ts'
import { createSplit } from '../support/split.ts'
import { waitFor } from '../support/wait-for.ts'

// A reboot can neither be read back nor be made idempotent: whatever happens to the worker, it is asked for once at most,
// and who can't know says so.
let split: Split
let admin: Client
let targets: string[]
const workers: RunningProcess[] = []

before(async () => {
  split = await createSplit({ env: { ORCHESTRATOR_SANDBOX_SIZE: '500' }, leaseSeconds: 5 })
  await split.start('sandbox')
  admin = await split.admin(await split.start('gateway,tasks,resources,monitoring'))
  // A plan by query is refused while a part of the inventory is being read for the first time.
  await instances(admin, 1)
  const plan = await admin.plan({
    operation: 'ec2.reboot',
    targets: { query: 'type:ec2.instance state:running tag.env:dev -tag.aws:autoscaling:groupName:*' },
  })
  targets = plan.targets.map((target) => target.id)
})
afterEach(async () => {
  await admin.ok('DELETE', '/sandbox/faults')
  await Promise.all(workers.splice(0).map((worker) => worker.stop('SIGKILL')))
})
after(() => split.remove())

const startWorker = async (): Promise<RunningProcess> => {
  const worker = await split.start('worker')
  workers.push(worker)
  return worker
}

/** A reboot of one instance that no other test has touched, filed while no worker runs. */
const fileReboot = async (): Promise<{ id: string; target: string }> => {
  const target = targets.shift()
  assert.ok(target, 'an instance that can be rebooted')
  const { id, status } = await admin.file({ operation: 'ec2.reboot', targets: { ids: [target] } })
  assert.equal(status, 'queued')
  return { id, target }
}

const onlyItem = async (task: Task): Promise<Item> => {
  const { items } = await admin.items(task.id)
  const [item] = items
  assert.ok(item !== undefined && items.length === 1)
  return item
}

const assertUnknown = async (task: Task): Promise<Item> => {
  const item = await onlyItem(task)
  assert.deepEqual([task.status, item.status], ['failed', 'failed'])
  const reboot = item.steps.find((step) => step.name === 'reboot')
  assert.deepEqual([reboot?.status, reboot?.error?.code], ['failed', 'outcome_unknown'])
  return item
}

const reboots = async (target: string): Promise<number> =>
  (await effectsOn(admin, 'RebootInstances', [target])).get(target)?.accepted ?? 0

test('a worker is killed while the reboot is under way: nobody asks for it again', async () => {
  const { id, target } = await fileReboot()
  const latency = await addFault(admin, { kind: 'latency', action: 'RebootInstances', milliseconds: 8000 })
  const victim = await startWorker()
  await waitFor('the call to be under way', async () => (await latency.hits()) === 1)
  await victim.stop('SIGKILL')
  await startWorker()
  await assertUnknown(await admin.ended(id))
  // AWS had the call already: the answer, not the effect, was lost.
  await waitFor('the reboot', async () => (await reboots(target)) > 0)
  assert.equal(await reboots(target), 1)
})

test('a worker is killed before it asks for the reboot: the next one does, once', async () => {
  const { id, target } = await fileReboot()
  const instance = target.split('/').at(-1)
  const latency = await addFault(admin, {
    kind: 'latency',
    action: 'DescribeInstances',
    resource: instance,
    milliseconds: 60_000, // longer than any attempt takes: it gets no further
  })
  const victim = await startWorker()
  await waitFor('the check to be under way', async () => (await latency.hits()) >= 1)
  await victim.stop('SIGKILL')
  await latency.remove()
  await startWorker()
  const task = await admin.ended(id)
  assert.equal(task.status, 'succeeded')
  assert.equal(await reboots(target), 1)
})

test('a worker is stopped while the reboot is under way, and goes on after it was given up', async () => {
  const { id, target } = await fileReboot()
  const latency = await addFault(admin, { kind: 'latency', action: 'RebootInstances', milliseconds: 8000 })
  const stopped = await startWorker()
  await waitFor('the call to be under way', async () => (await latency.hits()) === 1)
  stopped.signal('SIGSTOP')
  const other = await startWorker()
  const item = await assertUnknown(await admin.ended(id))

  stopped.signal('SIGCONT')
  await other.stop()
  // It works again, and has dealt with what it had in hand, once it does the next task.
  await latency.remove()
  const next = await fileReboot()
  assert.equal((await admin.ended(next.id)).status, 'succeeded')
  assert.deepEqual(await onlyItem(await admin.task(id)), item, 'the late answer changes nothing')
  await waitFor('the late effect', async () => (await reboots(target)) > 0)
  assert.deepEqual([await reboots(target), await reboots(next.target)], [1, 1])
})
