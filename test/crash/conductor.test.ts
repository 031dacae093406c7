import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addFault, assertOnce, instances } from '../support/bulk.ts'
import type { Client } from '../support/client.ts'
import type { Split } from '../support/split.ts'
import { createSplit } from '../support/split.ts'
import { waitFor } from '../support/wait-for.ts'

// The process that releases waves dies; gateway, worker and sandbox are processes of their own and live on.
let split: Split
let admin: Client
let ids: string[]

before(async () => {
  split = await createSplit({ env: { ORCHESTRATOR_SANDBOX_SIZE: '500' }, leaseSeconds: 6 })
  await split.start('sandbox')
  const front = await split.start('gateway,resources,monitoring')
  await split.start('worker')
  admin = await split.admin(front)
  ids = await instances(admin, 60)
})
after(() => split.remove())

test('the conductor is killed between waves, twice: the next one goes on, and each effect is there once', async () => {
  let conductor = await split.start('tasks')
  await addFault(admin, { kind: 'latency', action: 'CreateTags', milliseconds: 300 })
  const plan = await admin.plan({
    operation: 'ec2.tag',
    targets: { ids },
    params: { tags: { round: 'x' } },
    waves: [1, 4, 10, 15],
    errorBudget: 0,
  })
  const filed = await admin.file({ planHash: plan.planHash })
  if (plan.approvals.needed > 0) {
    await admin.ok('POST', `/tasks/${filed.id}/approve`, {
      planHash: plan.planHash,
      confirmation: plan.approvals.confirmation,
    })
  }
  for (const wave of [1, 2]) {
    await waitFor(`wave ${wave} to be under way`, async () => {
      const { waves } = await admin.task(filed.id)
      return waves?.[wave]?.status === 'running'
    })
    await conductor.stop('SIGKILL')
    conductor = await split.start('tasks')
  }
  const task = await admin.ended(filed.id)
  assert.equal(task.status, 'succeeded')
  assert.deepEqual(
    task.waves?.map(({ size, status }) => [size, status]),
    [
      [1, 'over'],
      [4, 'over'],
      [10, 'over'],
      [15, 'over'],
      [30, 'over'],
    ],
  )
  await assertOnce(admin, 'CreateTags', ids)
})
