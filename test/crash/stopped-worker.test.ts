import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { QueueState } from '#contracts/queue.ts'
import { addFault, assertTagged, fileTagTasks, instances, liveTasks } from '../support/bulk.ts'
import type { Client } from '../support/client.ts'
import type { Split } from '../support/split.ts'
import { createSplit } from '../support/split.ts'
import { waitFor } from '../support/wait-for.ts'

let split: Split
let admin: Client

before(async () => {
  split = await createSplit({ env: { ORCHESTRATOR_SANDBOX_SIZE: '1000' }, leaseSeconds: 6 })
  await split.start('sandbox')
  admin = await split.admin(await split.start('gateway,tasks,resources,monitoring'))
})
after(() => split.remove())

const workers = async (): Promise<QueueState['workers']> => (await admin.ok<QueueState>('GET', '/queue')).workers

test('a worker that was stopped for longer than its lease does nothing twice when it goes on', async () => {
  const free = await instances(admin, 221)
  const filed = await fileTagTasks(admin, free.slice(0, 220))
  const latency = await addFault(admin, { kind: 'latency', action: 'CreateTags', milliseconds: 4000 })
  const stopped = await split.start('worker')
  // All its slots wait for an answer, and behind them it has more in hand that it has not begun.
  const identity = await waitFor('its calls to be under way', async () => {
    const found = (await workers()).find(({ pid }) => pid === stopped.pid)
    return (await latency.hits()) >= 50 && found !== undefined && found.items > 50 && found
  })
  stopped.signal('SIGSTOP')
  await latency.remove()

  const other = await split.start('worker')
  await waitFor('the other one to have done it all', async () => (await liveTasks(admin)) === 0)
  assert.ok(!(await workers()).some(({ id }) => id === identity.id), 'its lease has run out')
  const recorded = (): Promise<unknown> => Promise.all(filed.slice(0, 60).map((task) => admin.items(task.id)))
  const before = await recorded()

  stopped.signal('SIGCONT')
  await waitFor('it to be back under a new identity', async () =>
    (await workers()).some(({ id, pid }) => pid === stopped.pid && id !== identity.id),
  )
  // It is of use again: with the other one gone it does the next task. What it had in hand is dealt with by then.
  await other.stop()
  const [more] = await fileTagTasks(admin, free.slice(220))
  assert.ok(more)
  await assertTagged(admin, [...filed, more])
  assert.deepEqual(await recorded(), before, 'what it wrote late did not count')
})
