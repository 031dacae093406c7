import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Client } from '../support/client.ts'
import type { Plan } from '#contracts/task.ts'
import { createClient, signIn } from '../support/client.ts'
import type { RunningProcess } from '../support/installation.ts'
import { initialPassword, startProcess, temporaryDirectory } from '../support/installation.ts'
import { waitFor } from '../support/wait-for.ts'

// One process, embedded PostgreSQL, a fresh data directory: what a first user has. The stories build on each other.
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let server: RunningProcess
let admin: Client
const settings = () => ({
  ORCHESTRATOR_DATA_DIR: directory.path,
  ORCHESTRATOR_SANDBOX_SPEED: '60',
  ORCHESTRATOR_SANDBOX_SIZE: '500',
})

before(async () => {
  directory = await temporaryDirectory()
  server = await startProcess(settings())
  admin = await signIn(server.url, 'admin@localhost', await initialPassword(directory.path))
})
after(async () => {
  await server.stop()
  await directory.remove()
})

const password = 'correct horse battery staple 7'
const addUser = async (email: string, roles: string[]): Promise<Client> => {
  await admin.ok('POST', '/users', { email, password, roles })
  return signIn(server.url, email, password)
}
const free = 'type:ec2.instance state:running -tag.aws:autoscaling:groupName:* -tag.orchestrator:protected:*'
const oneInstance = async (query: string) => {
  const { items } = await admin.resources(`${free} ${query}`, 500)
  // The sandbox also has instances that can't be stopped; the plan says which.
  const plan = await admin.plan({ operation: 'ec2.stop', targets: { ids: items.slice(0, 50).map((item) => item.id) } })
  const [target] = plan.targets
  assert.ok(target, `an instance that can be stopped, of ${items.length} by "${query}"`)
  return target
}

test('the first user finds an instance, stops it, watches it live and takes it back', async () => {
  const target = await oneInstance('tag.env:dev')
  const before = await admin.resource(target.id)
  assert.equal(before.state, 'running')

  const plan = await admin.plan({ operation: 'ec2.stop', targets: { ids: [target.id] } })
  assert.equal(plan.risk, 'R2')
  assert.equal(plan.targets[0]?.before['state'], 'running')
  assert.equal(plan.targets[0]?.after['state'], 'stopped')

  const live = await admin.live(['tasks'])
  const filed = await admin.file({ planHash: plan.planHash, reason: 'not needed at night' })
  assert.equal(filed.planHash, plan.planHash)
  const task = await admin.ended(filed.id)
  assert.equal(task.status, 'succeeded')
  assert.equal(task.progress.succeeded, 1)
  const { items } = await admin.items(filed.id)
  assert.ok(items[0]?.steps.every((step) => step.status === 'succeeded' && step.finishedAt !== null))
  const seen = await waitFor('the end on the live feed', () => {
    const mine = live.events.filter((event) => (event.data as { id?: string } | null)?.id === filed.id)
    return mine.some((event) => (event.data as { status?: string }).status === 'succeeded') && mine
  })
  assert.equal(seen[0]?.type, 'task.created')
  assert.equal(new Set(live.events.map((event) => event.cursor)).size, live.events.length, 'nothing twice')
  live.close()
  await waitFor('the inventory to know', async () => (await admin.resource(target.id)).state === 'stopped')

  const undo = await admin.ok<{ id: string }>('POST', `/tasks/${filed.id}/undo`, {})
  const undone = await admin.ended(undo.id)
  assert.deepEqual([undone.status, undone.operation, undone.undoOf], ['succeeded', 'ec2.start', filed.id])
  await waitFor('the instance to run again', async () => (await admin.resource(target.id)).state === 'running')
  assert.equal((await admin.call('POST', `/tasks/${filed.id}/undo`, {})).status, 409, 'an undo is not done twice')
})

test('a change to production waits for a second person, who approves exactly that plan', async () => {
  const operator = await addUser('operator@example.com', ['operator'])
  const approver = await addUser('approver@example.com', ['approver'])
  const target = await oneInstance('tag.env:prod')
  const filed = await operator.file({ operation: 'ec2.stop', targets: { ids: [target.id] }, reason: 'patch' })
  assert.equal(filed.status, 'awaiting_approval')

  const own = await operator.call('POST', `/tasks/${filed.id}/approve`, { planHash: filed.planHash })
  assert.equal(own.status, 403)
  const otherPlan = await approver.call('POST', `/tasks/${filed.id}/approve`, { planHash: '0'.repeat(64) })
  assert.deepEqual([otherPlan.status, otherPlan.body.code], [409, 'approval_void'])
  assert.equal((await operator.task(filed.id)).status, 'awaiting_approval')

  await approver.ok('POST', `/tasks/${filed.id}/approve`, { planHash: filed.planHash, reason: 'in the window' })
  const task = await operator.ended(filed.id)
  assert.equal(task.status, 'succeeded')
  assert.equal(task.approvals[0]?.by.email, 'approver@example.com')
  assert.equal(task.approvals[0]?.selfApproved, false)

  const undo = await operator.ok<{ id: string; status: string }>('POST', `/tasks/${filed.id}/undo`, {})
  assert.equal(undo.status, 'queued', 'the undo is approved with its origin')
  assert.equal((await operator.ended(undo.id)).status, 'succeeded')
})

test('a first user alone approves on the sandbox by typing what is about to happen', async () => {
  const target = await oneInstance('tag.env:prod')
  const plan = await admin.plan({ operation: 'ec2.reboot', targets: { ids: [target.id] } })
  assert.equal(plan.approvals.confirmation, 'ec2.reboot 1')
  const filed = await admin.file({ planHash: plan.planHash })
  assert.equal(filed.status, 'awaiting_approval')
  const blind = await admin.call('POST', `/tasks/${filed.id}/approve`, { planHash: plan.planHash })
  assert.deepEqual([blind.status, blind.body.code], [400, 'confirmation_needed'])
  await admin.ok('POST', `/tasks/${filed.id}/approve`, { planHash: plan.planHash, confirmation: 'ec2.reboot 1' })
  const task = await admin.ended(filed.id)
  assert.equal(task.status, 'succeeded')
  assert.equal(task.approvals[0]?.selfApproved, true)
  const { items } = await admin.ok('GET', `/audit?subject=${filed.id}&limit=50`)
  assert.ok(
    items.some(
      (entry: { action: string; details: { selfApproved?: boolean } }) =>
        entry.action === 'task.approve' && entry.details.selfApproved === true,
    ),
  )
})

test('a target that drifted after the approval is not touched', async () => {
  const target = await oneInstance('tag.env:prod')
  const filed = await admin.file({
    operation: 'ec2.tag',
    targets: { ids: [target.id] },
    params: { tags: { checked: 'yes' } },
    scheduledFor: new Date(Date.now() + 12_000).toISOString(),
  })
  assert.equal(filed.status, 'scheduled')
  await admin.ok('POST', `/tasks/${filed.id}/pause`) // its time may come before the other one has ended
  // Somebody else sets the same tag before the time comes.
  const other = await admin.file({
    operation: 'ec2.tag',
    targets: { ids: [target.id] },
    params: { tags: { checked: 'no' } },
  })
  assert.equal((await admin.ended(other.id)).status, 'succeeded')
  await admin.ok('POST', `/tasks/${filed.id}/resume`)
  const task = await admin.ended(filed.id)
  assert.equal(task.progress.drifted, 1)
  assert.equal(task.status, 'failed')
  const { tags } = await admin.resource(target.id)
  assert.equal(tags['checked'], 'no')

  // What drifted is offered as a new plan, of how it is now.
  assert.equal(task.links['replan'], `/api/v1/tasks/${filed.id}/replan`)
  const plan = await admin.ok<Plan>('POST', `/tasks/${filed.id}/replan`)
  assert.deepEqual(
    plan.targets.map(({ id, before }) => [id, (before['tags'] as Record<string, unknown>)['checked']]),
    [[target.id, 'no']],
  )
  const again = await admin.ended((await admin.file({ planHash: plan.planHash })).id)
  assert.deepEqual([again.status, again.links['replan']], ['succeeded', undefined])
  const nothing = await admin.call('POST', `/tasks/${again.id}/replan`)
  assert.deepEqual([nothing.status, nothing.body.code], [409, 'replan_impossible'])
})

test('the same Idempotency-Key files one task, whatever comes between', async () => {
  const target = await oneInstance('tag.env:dev')
  const request = { operation: 'ec2.tag', targets: { ids: [target.id] }, params: { tags: { round: '1' } } }
  const key = randomUUID()
  const answers = await Promise.all(Array.from({ length: 8 }, () => admin.file(request, key)))
  assert.equal(new Set(answers.map((answer) => answer.id)).size, 1)
  const other = await admin.call(
    'POST',
    '/tasks',
    { ...request, params: { tags: { round: '2' } } },
    { 'idempotency-key': key },
  )
  assert.deepEqual([other.status, other.body.code], [409, 'idempotency_conflict'])
  await admin.ended(answers[0]?.id ?? '')
})

test('tags are set and taken back exactly, also where there was none', async () => {
  const target = await oneInstance('tag.env:dev')
  const before = await waitFor('the inventory to be up to date', async () => {
    const { tags } = await admin.resource(target.id)
    return tags['round'] === '1' && tags
  })
  const filed = await admin.file({
    operation: 'ec2.tag',
    targets: { ids: [target.id] },
    params: { tags: { owner: 'somebody.else', brandNew: 'x' } },
  })
  assert.equal((await admin.ended(filed.id)).status, 'succeeded')
  await waitFor(
    'the inventory to have the tags',
    async () => (await admin.resource(target.id)).tags['brandNew'] === 'x',
  )
  const undo = await admin.ok<{ id: string }>('POST', `/tasks/${filed.id}/undo`, {})
  assert.equal((await admin.ended(undo.id)).status, 'succeeded')
  await waitFor('the tags to be as before', async () => {
    const { tags } = await admin.resource(target.id)
    return JSON.stringify(Object.entries(tags).sort()) === JSON.stringify(Object.entries(before).sort())
  })
})

test('a machine is copied, given another type and taken back, and in the end terminated with an image of it kept', async () => {
  const { items: candidates } = await admin.resources(`${free} tag.env:test`, 50)
  const { targets } = await admin.plan({
    operation: 'ec2.terminate',
    targets: { ids: candidates.map(({ id }) => id) },
    params: { delayHours: 0 },
  })
  // Of those that nothing speaks against.
  const [target] = targets
  assert.ok(target)
  const typeOf = async () => (await admin.resource(target.id)).summary['instanceType']
  const type = await typeOf()
  const architecture = (await admin.resource(target.id)).config['Architecture']
  const wanted = architecture === 'arm64' ? 'm7g.2xlarge' : 'm5.2xlarge'

  const copied = await admin.file({ operation: 'ec2.snapshot', targets: { ids: [target.id] }, params: {} })
  assert.equal((await admin.ended(copied.id)).status, 'succeeded')
  const [item] = (await admin.items(copied.id)).items
  for (const id of Object.values(item?.after?.['snapshots'] ?? {})) assert.match(String(id), /^snap-[0-9a-f]{17}$/)
  const uncopied = await admin.ok<{ id: string }>('POST', `/tasks/${copied.id}/undo`, {})
  assert.equal((await admin.ended(uncopied.id)).status, 'succeeded')

  const resize = { operation: 'ec2.resize', targets: { ids: [target.id] }, params: { type: wanted, soakMinutes: 1 } }
  const resized = await admin.file(resize)
  assert.equal((await admin.ended(resized.id)).status, 'succeeded')
  await waitFor('the inventory to know', async () => (await typeOf()) === wanted)
  const undo = await admin.ok<{ id: string }>('POST', `/tasks/${resized.id}/undo`, {})
  assert.equal((await admin.ended(undo.id)).status, 'succeeded')
  await waitFor('the inventory to know', async () => (await typeOf()) === type)

  const filed = await admin.file({
    operation: 'ec2.terminate',
    targets: { ids: [target.id] },
    params: { delayHours: 0 },
  })
  assert.equal(filed.status, 'awaiting_approval')
  await admin.ok('POST', `/tasks/${filed.id}/approve`, { planHash: filed.planHash, confirmation: 'ec2.terminate 1' })
  const task = await admin.ended(filed.id)
  assert.deepEqual([task.status, task.plan.risk], ['succeeded', 'R4'])
  const [terminated] = (await admin.items(filed.id)).items
  assert.match(String(terminated?.after?.['finalImage']), /^ami-[0-9a-f]{17}$/)
  assert.deepEqual([task.undo.label, task.undo.possible], ['restore-as-new', false])
  await waitFor('the inventory to know', async () => (await admin.resource(target.id)).state === 'terminated')
})

test('what a viewer may not do is refused and on record', async () => {
  const viewer = await addUser('viewer@example.com', ['viewer'])
  const target = await oneInstance('tag.env:dev')
  const refused = await viewer.call('POST', '/tasks', { operation: 'ec2.stop', targets: { ids: [target.id] } })
  assert.deepEqual(
    [refused.status, refused.headers.get('content-type')],
    [403, 'application/problem+json; charset=utf-8'],
  )
  assert.equal((await viewer.call('GET', '/audit')).status, 403)
  assert.equal((await viewer.call('GET', '/users')).status, 403)
  const { items } = await admin.ok('GET', '/audit?outcome=denied&limit=50')
  assert.ok(items.some((entry: { actor: { email?: string } }) => entry.actor.email === 'viewer@example.com'))
  assert.equal((await createClient(server.url).call('GET', '/tasks')).status, 401)
})

test('tasks survive a restart, and the audit chain holds', async () => {
  const { items: before } = await admin.ok('GET', '/tasks?limit=500')
  assert.equal(await server.stop(), 0)
  server = await startProcess(settings())
  // A session outlives the restart: tokens are signed by a key that is kept.
  admin = await signIn(server.url, 'operator@example.com', password)
  const { items: after } = await admin.ok('GET', '/tasks?limit=500')
  assert.deepEqual(
    after.map((task: { id: string }) => task.id),
    before.map((task: { id: string }) => task.id),
  )
  await assert.rejects(initialPassword(directory.path), /ENOENT/, 'the first password is gone after its first use')
})

test('a second start on the same data directory is refused and names the first', async () => {
  await assert.rejects(startProcess(settings()), new RegExp(`${server.pid}`))
})
