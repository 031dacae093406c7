import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import type { AccountForecast } from '#contracts/account-forecast.ts'
import type { Bands, WatchedResource } from '#contracts/anomaly.ts'
import type { QueueState } from '#contracts/queue.ts'
import { allEnded, assertOnce, fileTagTasks, instances, statusesOf } from '../support/bulk.ts'
import type { Client } from '../support/client.ts'
import { createClient, signIn } from '../support/client.ts'
import { published } from '../support/follow.ts'
import type { RunningProcess } from '../support/installation.ts'
import type { Split } from '../support/split.ts'
import { createSplit } from '../support/split.ts'
import { waitFor } from '../support/wait-for.ts'

// Every box in a process of its own, as a larger installation has it. People and programs see the gateway only, and the
// same things happen there as with one process.
let split: Split
let gateway: RunningProcess
let tasks: RunningProcess
let admin: Client

before(async () => {
  split = await createSplit({
    env: { ORCHESTRATOR_SANDBOX_SIZE: '500', ORCHESTRATOR_ANOMALY_ALERTS: 'on' },
    hasAi: true,
  })
  await split.start('sandbox')
  ;[gateway, tasks] = await Promise.all([
    split.start('gateway'),
    split.start('tasks'),
    split.start('resources,monitoring'),
    split.start('worker'),
    split.start('worker'),
  ])
  admin = await split.admin(gateway)
})
after(() => split.remove())

const password = 'correct horse battery staple 7'
const addUser = async (email: string, roles: string[]): Promise<Client> => {
  await admin.ok('POST', '/users', { email, password, roles })
  return signIn(gateway.url, email, password)
}
const ofEnvironment = (env: string): string =>
  `type:ec2.instance state:running tag.env:${env} -tag.aws:autoscaling:groupName:*`

test('an instance is found, stopped, watched live and started again, through the gateway', async () => {
  await instances(admin, 100)
  const all = await admin.plan({ operation: 'ec2.stop', targets: { query: ofEnvironment('dev') } })
  const [target] = all.targets
  assert.ok(target, 'an instance that can be stopped')
  const plan = await admin.plan({ operation: 'ec2.stop', targets: { ids: [target.id] } })

  const live = await admin.live(['tasks'])
  const filed = await admin.file({ planHash: plan.planHash, reason: 'not needed at night' })
  const task = await admin.ended(filed.id)
  assert.deepEqual([task.status, task.progress.succeeded], ['succeeded', 1])
  const mine = await waitFor('the end on the live feed', () => {
    const events = published(live.events).filter((event) => (event.data as { id?: string }).id === filed.id)
    return events.some((event) => (event.data as { status?: string }).status === 'succeeded') && events
  })
  assert.equal(mine[0]?.type, 'task.created')
  live.close()
  // The worker is no neighbour of the inventory: it learns of the effect all the same.
  await waitFor('the inventory to know', async () => (await admin.resource(target.id)).state === 'stopped')

  const undo = await admin.ok<{ id: string }>('POST', `/tasks/${filed.id}/undo`, {})
  const undone = await admin.ended(undo.id)
  assert.deepEqual([undone.status, undone.operation, undone.undoOf], ['succeeded', 'ec2.start', filed.id])
  await assertOnce(admin, 'StopInstances', [target.id])
  await assertOnce(admin, 'StartInstances', [target.id])
})

test('both workers share what there is to do, and nothing is done by both', async () => {
  const targets = await instances(admin, 120)
  await waitFor('two workers', async () => (await admin.ok<QueueState>('GET', '/queue')).workers.length === 2)
  const filed = await fileTagTasks(admin, targets)
  const ended = await allEnded(
    admin,
    filed.map((task) => task.id),
  )
  assert.deepEqual(statusesOf(ended), { succeeded: targets.length })
  await assertOnce(admin, 'CreateTags', targets)
})

test('a change to production waits for a second person', async () => {
  const operator = await addUser('operator@example.com', ['operator'])
  const approver = await addUser('approver@example.com', ['approver'])
  const plan = await operator.plan({ operation: 'ec2.stop', targets: { query: ofEnvironment('prod') } })
  const [target] = plan.targets
  assert.ok(target)
  const filed = await operator.file({ operation: 'ec2.stop', targets: { ids: [target.id] }, reason: 'patch' })
  assert.equal(filed.status, 'awaiting_approval')
  assert.equal((await operator.call('POST', `/tasks/${filed.id}/approve`, { planHash: filed.planHash })).status, 403)
  await approver.ok('POST', `/tasks/${filed.id}/approve`, { planHash: filed.planHash })
  const task = await operator.ended(filed.id)
  assert.deepEqual([task.status, task.approvals[0]?.by.email], ['succeeded', 'approver@example.com'])

  // A denial in the process of a service is on record like one in the gateway's own.
  const denied = await approver.call('POST', '/tasks', { operation: 'ec2.stop', targets: { ids: [target.id] } })
  assert.equal(denied.status, 403)
  const { items } = await admin.ok('GET', '/audit?outcome=denied&limit=50')
  assert.ok(items.some((entry: { actor: { email: string } }) => entry.actor.email === 'approver@example.com'))
})

test('the gateway describes the whole API, and the audit log of all processes is one chain', async () => {
  const described = (await (await fetch(`${gateway.url}/api/v1/openapi.json`)).json()) as { paths: object }
  // The document of one process that has everything; its own test holds it against what is served there.
  const kept = JSON.parse(await readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) as {
    paths: object
  }
  const operationsOf = (document: { paths: object }): string[] =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method} ${path}`),
    )
  assert.deepEqual(operationsOf(described).sort(), operationsOf(kept).sort())

  await waitFor('what was done to be sealed', async () => {
    const verification = await admin.ok('GET', '/audit/verify')
    assert.equal(verification.ok, true, JSON.stringify(verification.firstBroken))
    return verification.checked > 100
  })
})

test('a service takes the tokens of gateways only', async () => {
  const { accessToken } = await createClient(gateway.url).ok<{ accessToken: string }>('POST', '/auth/login', {
    email: 'operator@example.com',
    password,
  })
  assert.equal((await createClient(gateway.url, accessToken).call('GET', '/tasks')).status, 200)
  for (const [url, path] of [
    [split.urls.tasks, '/tasks'],
    [split.urls.resources, '/resources'],
    [split.urls.monitoring, '/alerts'],
  ] as const) {
    for (const client of [createClient(url), createClient(url, accessToken)]) {
      const refused = await client.call('GET', path)
      assert.deepEqual([refused.status, refused.body.code], [401, 'unauthenticated'], `${url}${path}`)
    }
  }
  const calls = await fetch(`${split.urls.sandbox}/internal/sandbox/calls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ service: 'ec2', action: 'StopInstances', account: '1', region: 'eu-west-1', input: {} }),
  })
  assert.equal(calls.status, 401)
})

test('a process that is only the AI service watches metrics and costs, and answers through the gateway', async () => {
  const down = await admin.call('GET', '/ai/watched')
  assert.deepEqual([down.status, down.body.code], [503, 'service_unavailable'], 'nobody else answers for it')
  const ai = await split.start('ai')
  // It knows what is there by the database, and reads it by the sandbox's process.
  const learnt = await waitFor('a metric to be learnt', async () => {
    const { items } = await admin.ok<{ items: WatchedResource[] }>('GET', '/ai/watched?limit=500')
    return items.find(
      ({ region, metrics }) => region !== 'global' && metrics.some(({ judgedUntil }) => judgedUntil !== null),
    )
  })
  assert.ok(learnt.reasons.length > 0)
  const bands = `/ai/bands?resource=${encodeURIComponent(learnt.resource.id)}&name=${learnt.metrics[0]?.name}`
  assert.equal((await admin.ok<Bands>('GET', bands)).isWatched, true)
  const cost = await waitFor('the bill to be read', async () => {
    const forecast = await admin.ok<AccountForecast>('GET', `/ai/forecasts/accounts/${learnt.account}?kind=cost`)
    return forecast.lines.length > 0 && forecast
  })
  assert.ok((cost.lines[0]?.points.length ?? 0) > 0 && cost.months[0]?.expectedUsd !== null)
  // Who asks is asked for by the gateway, and what they may do is decided there and here.
  const viewer = await addUser('viewer@example.com', ['viewer'])
  const pin = (client: Client) => client.call('PUT', `/ai/watched/${encodeURIComponent(learnt.resource.id)}`)
  assert.deepEqual([(await pin(viewer)).status, (await pin(admin)).status], [403, 204])
  assert.equal((await viewer.call('GET', '/ai/recommendations')).status, 200)
  const refused = await createClient(split.urls.ai).call('GET', '/ai/watched')
  assert.deepEqual([refused.status, refused.body.code], [401, 'unauthenticated'])
  await ai.stop()
})

test('a service that is down costs its own answers only, and they are back when it is', async () => {
  await tasks.stop('SIGKILL')
  const down = await admin.call('GET', '/tasks')
  assert.deepEqual([down.status, down.body.code], [503, 'service_unavailable'])
  assert.equal(down.headers.get('content-type'), 'application/problem+json; charset=utf-8')
  assert.ok(Number(down.headers.get('retry-after')) > 0)
  assert.equal((await admin.call('GET', '/resources?limit=1')).status, 200)
  assert.equal((await admin.call('GET', '/auth/me')).status, 200)
  assert.equal((await fetch(`${gateway.url}/readyz`)).status, 200, 'the gateway itself can serve')

  tasks = await split.start('tasks')
  assert.equal((await admin.call('GET', '/tasks')).status, 200)
  const [target] = await instances(admin, 1)
  assert.ok(target)
  const filed = await admin.file({
    operation: 'ec2.tag',
    targets: { ids: [target] },
    params: { tags: { back: 'again' } },
  })
  assert.equal((await admin.ended(filed.id)).status, 'succeeded')
})
