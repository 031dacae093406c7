import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Plan, Task } from '#contracts/task.ts'
import { addFault, instances } from '../support/bulk.ts'
import type { Client } from '../support/client.ts'
import { signIn } from '../support/client.ts'
import { adminPassword, startServer } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'

// One server with everything, and tasks of hundreds of targets.
let server: Awaited<ReturnType<typeof startServer>>
let admin: Client
let ids: string[]

before(async () => {
  server = await startServer({ ORCHESTRATOR_SANDBOX_SIZE: '1500' })
  admin = await signIn(server.url, 'admin@localhost', adminPassword)
  ids = await instances(admin, 320)
})
after(() => server.remove())

const tagging = (count: number, value: string, more: Record<string, unknown> = {}) => ({
  operation: 'ec2.tag',
  targets: { ids: ids.slice(0, count) },
  params: { tags: { round: value } },
  ...more,
})

/** Files a plan as it was shown and approves it, where it needs that. */
const fileApproved = async (plan: Plan, more: Record<string, unknown> = {}): Promise<string> => {
  const filed = await admin.file({ planHash: plan.planHash, ...more })
  if (plan.approvals.needed > 0) {
    await admin.ok('POST', `/tasks/${filed.id}/approve`, {
      planHash: plan.planHash,
      confirmation: plan.approvals.confirmation,
    })
  }
  return filed.id
}
const tagged = async (value: string): Promise<number> => (await admin.resources(`tag.round:${value}`, 1)).total.value

/** For each wave when its first target began and its last one ended, by the records of their steps. */
const spans = async (task: Task): Promise<{ from: string; to: string }[]> => {
  const { items } = await admin.items(task.id)
  let end = 0
  return (task.waves ?? []).map(({ size }) => {
    const steps = items.slice(end, (end += size)).flatMap((item) => item.steps)
    return {
      from: steps.map((step) => step.startedAt ?? '').toSorted()[0] ?? '',
      to:
        steps
          .map((step) => step.finishedAt ?? '')
          .toSorted()
          .at(-1) ?? '',
    }
  })
}

test('300 targets go in the waves that the plan shows, one after the other', async () => {
  const plan = await admin.plan(tagging(300, 'one'))
  assert.deepEqual(
    plan.waves?.map(({ size }) => size),
    [1, 15, 75, 209],
  )
  assert.deepEqual([plan.errorBudget, plan.onBudget], [0.05, 'stop'])
  const task = await admin.ended(await fileApproved(plan))
  assert.equal(task.status, 'succeeded')
  assert.deepEqual(
    task.waves?.map(({ size, status }) => [size, status]),
    [
      [1, 'over'],
      [15, 'over'],
      [75, 'over'],
      [209, 'over'],
    ],
  )
  const waves = await spans(task)
  for (const [index, wave] of waves.entries()) {
    const before = waves[index - 1]
    assert.ok(before === undefined || before.to <= wave.from, `wave ${index} began ${wave.from}, before ${before?.to}`)
  }
  await waitFor('the inventory to know', async () => (await tagged('one')) === 300)
})

test('when the first target fails the rest is not begun; a retry does it all once the fault is gone', async () => {
  const fault = await addFault(admin, { kind: 'access-denied', action: 'CreateTags' })
  const plan = await admin.plan(tagging(300, 'two'))
  const id = await fileApproved(plan)
  const task = await admin.ended(id)
  assert.equal(task.status, 'cancelled')
  assert.equal(task.error?.code, 'error_budget_exceeded')
  assert.deepEqual([task.progress.failed, task.progress.cancelled], [1, 299])
  assert.equal(await fault.hits(), 1)
  await fault.remove()

  const dependent = await admin.call('POST', '/tasks', tagging(1, 'never', { runAfter: id }))
  assert.deepEqual([dependent.status, dependent.body.code], [409, 'run_after_impossible'])

  const retry = await admin.ok<{ id: string; status: string }>('POST', `/tasks/${id}/retry`, {
    statuses: ['failed', 'cancelled'],
  })
  // It was approved with its origin: every target is as it was.
  assert.notEqual(retry.status, 'awaiting_approval')
  const done = await admin.ended(retry.id)
  assert.deepEqual([done.status, done.progress.succeeded, done.retryOf], ['succeeded', 300, id])
  assert.deepEqual((await admin.task(id)).retries, [{ task: retry.id, status: 'succeeded' }])
  const again = await admin.call('POST', `/tasks/${id}/retry`, { statuses: ['failed', 'cancelled'] })
  assert.deepEqual([again.status, again.body.code], [409, 'retry_impossible'])
})

test('a task that uses up its budget takes back what it did, where its plan says so; what waits for it is cancelled', async () => {
  const plan = await admin.plan(tagging(40, 'three', { waves: [5, 10], errorBudget: 0, onBudget: 'undo' }))
  const bad = plan.targets[7]?.id.split('/').at(-1)
  const fault = await addFault(admin, { kind: 'access-denied', action: 'CreateTags', resource: bad })
  // Filed before its predecessor may run: that one still waits for its approval.
  const first = await admin.file({ planHash: plan.planHash })
  const next = await admin.file(tagging(1, 'four', { runAfter: { task: first.id, on: 'succeeded' } }))
  assert.equal(next.status, 'scheduled')
  const confirmation = plan.approvals.confirmation
  if (plan.approvals.needed > 0)
    await admin.ok('POST', `/tasks/${first.id}/approve`, { planHash: plan.planHash, confirmation })
  const stopped = await admin.ended(first.id)
  assert.equal(stopped.error?.code, 'error_budget_exceeded')
  assert.ok(stopped.progress.succeeded >= 5, `${stopped.progress.succeeded} succeeded`)
  await fault.remove()
  const undo = await waitFor('the undo to be filed', async () => (await admin.task(first.id)).undo.task)
  const undone = await admin.ended(undo)
  assert.deepEqual([undone.status, undone.progress.succeeded], ['succeeded', stopped.progress.succeeded])
  assert.equal(undone.requestedBy.email, 'admin@localhost')
  assert.equal((await admin.task(first.id)).budget?.undoProblem, null)

  const after = await admin.ended(next.id)
  assert.deepEqual([after.status, after.error?.code], ['cancelled', 'predecessor_not_succeeded'])
  await waitFor('the inventory to know', async () => (await tagged('three')) === 0)
})
