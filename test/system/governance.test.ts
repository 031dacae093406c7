import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Alert } from '#contracts/alert.ts'
import type { Freeze } from '#contracts/freeze.ts'
import type { List } from '#contracts/list.ts'
import { instances } from '../support/bulk.ts'
import { waitFor } from '../support/wait-for.ts'
import { signIn } from '../support/client.ts'
import type { Client } from '../support/client.ts'
import { adminPassword, startServer } from '../support/server.ts'

// The default delay of R4, 15 minutes of cloud time, is a second and a half of these tests' time.
const speed = 600
const delayMs = (15 * 60 * 1000) / speed

let server: Awaited<ReturnType<typeof startServer>>
let admin: Client
let operator: Client
let approvers: [Client, Client]
const password = 'correct horse battery staple 7'
before(async () => {
  server = await startServer({ ORCHESTRATOR_SANDBOX_SIZE: '1500', ORCHESTRATOR_SANDBOX_SPEED: String(speed) })
  const client = (email: string, secret = password) => signIn(server.url, email, secret)
  admin = await client('admin@localhost', adminPassword)
  for (const [email, role] of [
    ['operator@example.com', 'operator'],
    ['first@example.com', 'approver'],
    ['second@example.com', 'approver'],
  ]) {
    await admin.ok('POST', '/users', { email, password, roles: [role] })
  }
  operator = await client('operator@example.com')
  approvers = [await client('first@example.com'), await client('second@example.com')]
})
after(() => server.remove())

/** Instances that nothing owns, so that they can be rebooted. */
const free =
  'type:ec2.instance tag.env:dev state:running -tag.aws:autoscaling:groupName:* -tag.aws:cloudformation:stack-name:*'

/** One of them that a plan takes: some are guarded, and which ones the inventory shows depends on what it has read by now. */
const rebootable = async (): Promise<string> => {
  const plan = await waitFor('an instance that can be rebooted', async () => {
    const found = await admin.plan({ operation: 'ec2.reboot', targets: { query: free } })
    return found.targets.length > 0 && found
  })
  return plan.targets[0]!.id // there is one
}

test('what is irreversible takes two people who type it, and a while in which it can be cancelled', async () => {
  const ids = await instances(admin, 101)
  // A mark of production that is taken from instances is R3; from more than 100 of them R4.
  const prod = await instances(admin, 1, 'type:ec2.instance tag.env:prod')
  const request = {
    operation: 'ec2.untag',
    targets: { query: 'type:ec2.instance tag.env:*' },
    params: { keys: ['env'] },
  }
  assert.ok(ids.length > 100 && prod.length > 0)
  const plan = await operator.plan(request)
  assert.deepEqual([plan.risk, plan.approvals.needed, plan.delaySeconds], ['R4', 2, delayMs / 1000])
  const confirmation = `ec2.untag ${plan.targets.length}`
  assert.equal(plan.approvals.confirmation, confirmation)

  const filed = await operator.file({ planHash: plan.planHash, reason: 'clean up' })
  const approve = (who: Client) =>
    who.call('POST', `/tasks/${filed.id}/approve`, { planHash: plan.planHash, confirmation })
  const untyped = await approvers[0].call('POST', `/tasks/${filed.id}/approve`, { planHash: plan.planHash })
  assert.deepEqual([untyped.status, untyped.body.code], [400, 'confirmation_needed'])
  assert.equal((await approve(approvers[0])).body.status, 'awaiting_approval')
  assert.equal((await approve(approvers[0])).body.code, 'already_decided')
  const second = await approve(approvers[1])
  assert.deepEqual([second.status, second.body.status], [200, 'scheduled'])

  const held = await operator.task(filed.id)
  const untilMs = Date.parse(held.notBefore ?? '')
  assert.ok(untilMs - Date.parse(held.approvals[1]?.at ?? '') >= delayMs - 200, `held until ${held.notBefore}`)
  assert.match(held.notBeforeReason ?? '', /can still be cancelled/)
  const task = await operator.ended(filed.id)
  assert.equal(task.status, 'succeeded')
  assert.ok(Date.parse(task.startedAt ?? '') >= untilMs, `started ${task.startedAt}, held until ${held.notBefore}`)

  const again = await operator.ok<{ id: string; status: string }>('POST', `/tasks/${filed.id}/undo`, {})
  assert.equal((await operator.ended(again.id)).status, 'succeeded', 'its undo was approved with it')
})

test('a freeze is in the plan, refuses what it names, and yields to a broken glass, of which everybody is told', async () => {
  const id = await rebootable()
  const [from, to] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)].map((at) => at.toISOString())
  const body = { name: 'sale', reason: 'black friday', from, to, scope: { operations: ['ec2.*'] } }
  assert.equal((await operator.call('POST', '/freezes', body)).status, 403)
  const freeze = await admin.ok<Freeze>('POST', '/freezes', body)
  assert.deepEqual([freeze.status, freeze.scope.minimumRisk], ['active', 'R2'])

  const reboot = { operation: 'ec2.reboot', targets: { ids: [id] } }
  const plan = await operator.plan(reboot)
  assert.deepEqual([plan.freeze?.name, plan.freeze?.until, plan.freeze?.targets], ['sale', to, 1])
  const refused = await operator.call('POST', '/tasks', reboot)
  assert.deepEqual([refused.status, refused.body.code], [409, 'frozen'])
  assert.match(refused.body.detail, /"sale" \(black friday\)/)
  assert.equal((await operator.call('POST', '/tasks', { ...reboot, scheduledFor: from })).status, 409)
  const later = await operator.file({ ...reboot, scheduledFor: to })
  assert.equal(later.status, 'scheduled')
  await operator.ok('POST', `/tasks/${later.id}/cancel`)
  const tag = await operator.file({ operation: 'ec2.tag', targets: { ids: [id] }, params: { tags: { a: 'b' } } })
  assert.equal((await operator.ended(tag.id)).status, 'succeeded', 'R1 goes on in a freeze')

  const breakGlass = { reason: 'checkout is down', minutes: 5 }
  assert.equal((await operator.call('POST', '/tasks', { ...reboot, breakGlass })).status, 403)
  const broken = await admin.file({ planHash: plan.planHash, breakGlass })
  assert.equal(broken.status, 'queued')
  const task = await admin.ended(broken.id)
  assert.deepEqual(
    [task.status, task.breakGlass?.by.email, task.breakGlass?.reason],
    ['succeeded', 'admin@localhost', 'checkout is down'],
  )
  const { items: alerts } = await operator.ok<List<Alert>>('GET', '/alerts?severity=critical&status=open')
  assert.ok(alerts.some(({ subject, detail }) => subject?.id === broken.id && detail.includes('checkout is down')))
  const { items: audit } = await admin.ok('GET', `/audit?action=task.breakGlass&limit=50`)
  assert.ok(audit.some((entry: { subject: { id: string } }) => entry.subject.id === broken.id))

  await admin.ok('DELETE', `/freezes/${freeze.id}`)
  assert.equal((await operator.plan(reboot)).freeze, undefined)
})

test('a task that waits for its time waits for the end of a freeze that was made later, too', async () => {
  const id = await rebootable()
  const soon = new Date(Date.now() + 15_000)
  const filed = await admin.file({
    operation: 'ec2.reboot',
    targets: { ids: [id] },
    scheduledFor: soon.toISOString(),
  })
  const to = new Date(soon.getTime() + 2000).toISOString()
  const body = { name: 'short', reason: 'test', from: new Date(Date.now() - 1000).toISOString(), to }
  const freeze = await admin.ok<Freeze>('POST', '/freezes', body)
  const held = await admin.task(filed.id)
  assert.deepEqual([held.status, held.notBefore], ['scheduled', to])
  assert.match(held.notBeforeReason ?? '', /"short"/)
  const task = await admin.ended(filed.id)
  assert.ok(Date.parse(task.startedAt ?? '') >= Date.parse(to), `started ${task.startedAt}, frozen until ${to}`)
  await admin.ok('DELETE', `/freezes/${freeze.id}`)
})
