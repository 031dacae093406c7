import { after, before, beforeEach, test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { freshDatabase } from '../../test/support/database.ts'
import { arnOf, createFakeAws, createFakeEc2, instance } from '../../test/support/fake-ec2.ts'
import type { FakeEc2 } from '../../test/support/fake-ec2.ts'
import { operationSchema } from '#contracts/operation.ts'
import type { Principal } from '#contracts/principal.ts'
import { planSchema } from '#contracts/task.ts'
import type { Plan, Task } from '#contracts/task.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { createHttpServer } from '#platform/http/server.ts'
import type { RouteEntry } from '#platform/http/access-hooks.ts'
import type { Http } from '#platform/http/service.ts'
import { createCatalogue } from './catalogue.ts'
import { errors } from './errors.ts'
import { tasksHttp } from './http.ts'
import type { TaskService } from './http/task-service.ts'
import { createPlanner } from './plan.ts'

const ann: Principal = {
  userId: 'ann',
  email: 'ann@example.com',
  roles: ['operator'],
  via: 'session',
  credentialId: null,
  scopes: null,
}
const taskId = '01939e2a-0000-7000-8000-000000000001'

let http: Http
let routes: RouteEntry[]
let ec2: FakeEc2
let drop: () => Promise<void>
let db: Database
/** What the task service was asked to do, in order. */
let asked: { what: string; input: unknown }[]
let filed: Map<string, { bodyHash: string; planHash: string }>
let refusedActions: Set<string>
/** What happens elsewhere while the next plan is made. */
let whilePlanning: (() => Promise<void>) | undefined

const taskOf = (plan: Plan): Task => ({
  id: taskId,
  operation: plan.operation,
  status: 'queued',
  targets: { ids: ['i-1'] },
  params: {},
  plan,
  progress: {
    total: 1,
    pending: 1,
    running: 0,
    waiting: 0,
    succeeded: 0,
    failed: 0,
    skipped: 0,
    drifted: 0,
    compensated: 0,
    cancelled: 0,
  },
  steps: plan.steps,
  approvals: [],
  undo: { label: 'best-effort', possible: false, why: null, task: null },
  requestedBy: { id: 'ann', email: ann.email },
  reason: null,
  priority: 0,
  createdAt: '2026-03-01T12:00:00.000Z',
  startedAt: null,
  finishedAt: null,
  notBefore: null,
  notBeforeReason: null,
  remainingSeconds: null,
  expectedEndAt: null,
  itemsPerSecond: null,
  links: {},
})

before(async () => {
  const database = await freshDatabase()
  drop = database.drop
  db = database.db
  ec2 = createFakeEc2([])
  const catalogue = createCatalogue()
  const planner = createPlanner({
    db: database.db,
    clock: systemClock,
    aws: createFakeAws(ec2),
    access: { decide: async () => ({ allowed: true, reasons: [] }) },
    catalogue,
    selfApproval: 'sandbox',
    resolveTargets: async (_principal, targets) => {
      const elsewhere = whilePlanning
      whilePlanning = undefined
      await elsewhere?.()
      const wanted = 'ids' in targets ? targets.ids : [...ec2.instances.keys()]
      const resource = (id: string) => ({
        id: arnOf(id),
        type: 'ec2.instance',
        account: '111122223333',
        region: 'eu-central-1',
        name: null,
        state: null,
        tags: {},
        cost: null,
        summary: {},
        config: {},
        firstSeenAt: '2026-01-01T00:00:00.000Z',
        lastSeenAt: '2026-01-01T00:00:00.000Z',
      })
      return {
        resources: wanted.filter((id) => ec2.instances.has(id)).map(resource),
        unknown: wanted.filter((id) => !ec2.instances.has(id)),
      }
    },
  })
  let lastPlan: Plan | undefined
  const record =
    (what: string) =>
    async (input: unknown): Promise<void> =>
      void asked.push({ what, input })
  const tasks: TaskService = {
    file: async (input) => {
      asked.push({ what: 'file', input })
      lastPlan = input.stored.plan
      if (input.idempotency)
        filed.set(input.idempotency.key, { bodyHash: input.idempotency.bodyHash, planHash: input.stored.plan.planHash })
      return { id: taskId, status: 'queued', planHash: input.stored.plan.planHash, isNew: true }
    },
    replay: async ({ idempotency }) => {
      const earlier = filed.get(idempotency.key)
      if (earlier === undefined) return null
      if (earlier.bodyHash !== idempotency.bodyHash) throw errors.idempotency_conflict('another body')
      return { id: taskId, status: 'queued', planHash: earlier.planHash }
    },
    approve: record('approve'),
    reject: record('reject'),
    cancel: record('cancel'),
    pause: record('pause'),
    resume: record('resume'),
    undo: async (input) => {
      asked.push({ what: 'undo', input })
      return { id: taskId, status: 'queued', planHash: 'h' }
    },
    replan: async (input) => {
      asked.push({ what: 'replan', input })
      return lastPlan!
    },
    retry: async (input) => {
      asked.push({ what: 'retry', input })
      return { id: taskId, status: 'queued', planHash: 'h' }
    },
    get: async (id) => (id === taskId && lastPlan ? taskOf(lastPlan) : null),
    list: async (filter, page) => {
      asked.push({ what: 'list', input: { filter, page } })
      return { items: [], nextCursor: null, total: { value: 0, relation: 'eq' } }
    },
    items: async (id, page) => {
      asked.push({ what: 'items', input: { id, page } })
      return { items: [], nextCursor: null, total: { value: 0, relation: 'eq' } }
    },
    events: async () => ({
      items: [{ type: 'task.changed', at: '2026-03-01T12:00:00.000Z', data: {} }],
      nextCursor: null,
      total: { value: 1, relation: 'eq' },
    }),
    queue: async () => ({
      tasks: { queued: 1 },
      items: { pending: 2 },
      oldestDueSeconds: 0,
      stuck: [],
      workers: [],
      quotas: [],
      breakers: [],
    }),
  }
  const server = createHttpServer({
    log: createLog({ level: 'silent' }),
    authenticate: async () => ann,
    authorize: async () => {},
  })
  http = server.http
  routes = server.routes
  await tasksHttp({
    catalogue,
    planner,
    tasks,
    access: {
      require: async (_principal, action, resource) => {
        if (refusedActions.has(action)) throw errors.targets_denied(`not ${action} on ${resource?.id}`)
      },
    },
  })(http)
})
after(async () => {
  await http.close()
  await drop()
})
beforeEach(() => {
  asked = []
  filed = new Map()
  refusedActions = new Set()
  ec2.instances.clear()
  for (const id of ['i-1', 'i-2']) ec2.instances.set(id, instance(id))
})

const call = async (method: 'GET' | 'POST', url: string, body?: unknown, headers: Record<string, string> = {}) => {
  const answer = await http.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body as object }) })
  // Every answer of this service is JSON.
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() as any }
}
const stopBody = { operation: 'ec2.stop', targets: { ids: ['i-1', 'i-2'] } }

test('every route declares the right that it takes', async () => {
  await http.ready()
  const table = routes
    .map(({ method, url, access }) => `${method} ${url} ${typeof access === 'object' ? access.action : access}`)
    .filter((row) => !row.startsWith('HEAD'))
  assert.deepEqual(table.sort(), [
    'GET /operations operation.read',
    'GET /operations/:name operation.read',
    'GET /plans/:hash task.read',
    'GET /queue queue.read',
    'GET /tasks task.read',
    'GET /tasks/:id task.read',
    'GET /tasks/:id/events task.read',
    'GET /tasks/:id/items task.read',
    'POST /plans task.create',
    'POST /tasks task.create',
    'POST /tasks/:id/approve task.approve',
    'POST /tasks/:id/cancel task.cancel',
    'POST /tasks/:id/pause task.cancel',
    'POST /tasks/:id/reject task.approve',
    'POST /tasks/:id/replan task.create',
    'POST /tasks/:id/resume task.cancel',
    'POST /tasks/:id/retry task.create',
    'POST /tasks/:id/undo task.create',
  ])
})

test('GET /operations lists the catalogue and GET /operations/:name describes one', async () => {
  const list = await call('GET', '/operations')
  assert.deepEqual(
    list.body.items.map((one: { name: string }) => one.name),
    [
      'cloudwatch.alarm.put',
      'ec2.reboot',
      'ec2.resize',
      'ec2.snapshot',
      'ec2.snapshot.delete',
      'ec2.start',
      'ec2.stop',
      'ec2.tag',
      'ec2.terminate',
      'ec2.untag',
      'logs.retention',
    ],
  )
  const { status, body } = await call('GET', '/operations/ec2.stop')
  assert.equal(status, 200)
  operationSchema.parse(body)
  assert.equal(body.params.type, 'object')
  assert.equal(body.params.additionalProperties, false)
  assert.equal(body.params.properties.force.default, false)
  assert.equal(body.params.required, undefined, 'parameters with a default need not be given')
  assert.deepEqual(body.iamActions.includes('ec2:StopInstances'), true)
  assert.equal((await call('GET', '/operations/ec2.explode')).status, 404)
})

test('POST /plans answers 201 with the plan and where it is kept', async () => {
  const { status, headers, body } = await call('POST', '/plans', stopBody)
  assert.equal(status, 201)
  planSchema.parse(body)
  assert.equal(headers['location'], `/api/v1/plans/${body.planHash}`)
  assert.deepEqual((await call('GET', `/plans/${body.planHash}`)).body, body)
})

test('an unknown plan is 404, whatever its hash looks like', async () => {
  for (const hash of ['x', '0'.repeat(64), '%27%3B--']) {
    const { status, body } = await call('GET', `/plans/${hash}`)
    assert.deepEqual([status, body.code], [404, 'plan_not_found'])
  }
})

test('POST /tasks by the hash of a plan files exactly that plan', async () => {
  const plan = (await call('POST', '/plans', stopBody)).body
  ec2.instances.delete('i-2')
  const { status, headers, body } = await call('POST', '/tasks', {
    planHash: plan.planHash,
    reason: 'night',
    priority: 5,
  })
  assert.equal(status, 202)
  assert.deepEqual(body, { id: taskId, status: 'queued', planHash: plan.planHash })
  assert.equal(headers['location'], `/api/v1/tasks/${taskId}`)
  const input = asked[0]?.input as { stored: { plan: Plan }; reason: string; priority: number }
  assert.deepEqual(input.stored.plan, plan)
  assert.deepEqual([input.reason, input.priority], ['night', 5])
})

test('a plan that another version of the operation made is not filed, and its hash is not computed anew', async () => {
  const plan = (await call('POST', '/plans', stopBody)).body
  const setVersion = (by: number) =>
    db.query({
      text: 'update plans set operation_version = operation_version + $2 where hash = $1',
      values: [plan.planHash, by],
    })
  for (const by of [1, -2]) {
    await setVersion(by)
    const { status, body } = await call('POST', '/tasks', { planHash: plan.planHash })
    assert.deepEqual([status, body.code], [409, 'plan_outdated'])
  }
  assert.deepEqual(asked, [])
  await setVersion(1)
  assert.equal((await call('POST', '/tasks', { planHash: plan.planHash })).body.planHash, plan.planHash)
})

test('POST /tasks plans on the spot; a planHash that comes along must match', async () => {
  const plan = (await call('POST', '/plans', stopBody)).body
  assert.equal((await call('POST', '/tasks', { ...stopBody, planHash: plan.planHash })).status, 202)
  ec2.instances.set('i-2', instance('i-2', { state: 'stopped' }))
  const changed = await call('POST', '/tasks', { ...stopBody, planHash: plan.planHash })
  assert.deepEqual([changed.status, changed.body.code], [409, 'plan_changed'])
  assert.equal(asked.length, 1)
})

test('waves, soak, budget and what then are planned, shown and part of the hash', async () => {
  const plain = (await call('POST', '/plans', stopBody)).body
  assert.deepEqual([plain.waves, plain.errorBudget], [undefined, undefined])
  const asked = { waves: [1], soakSeconds: 60, errorBudget: 0, onBudget: 'undo' }
  const { status, body: plan } = await call('POST', '/plans', { ...stopBody, ...asked })
  assert.equal(status, 201)
  assert.deepEqual(
    plan.waves.map((wave: { size: number }) => wave.size),
    [1, 1],
  )
  assert.deepEqual([plan.soakSeconds, plan.errorBudget, plan.onBudget], [60, 0, 'undo'])
  // Two calls within the burst and twice the typical wait, with a minute between them.
  assert.equal(plan.expectedSeconds.total, 2 * plain.expectedSeconds.waits + 60)
  assert.notEqual(plan.planHash, plain.planHash)
  const changed = await call('POST', '/tasks', { ...stopBody, planHash: plan.planHash })
  assert.deepEqual([changed.status, changed.body.code], [409, 'plan_changed'])
  assert.equal((await call('POST', '/tasks', { ...stopBody, ...asked, planHash: plan.planHash })).status, 202)
})

test('runAfter names tasks that exist', async () => {
  const missing = '0198c0de-0000-7000-8000-00000000dead'
  for (const runAfter of [missing, 'x', [{ task: missing, on: 'finished' }]]) {
    const { status, body } = await call('POST', '/tasks', { ...stopBody, runAfter })
    assert.deepEqual([status, body.code], [404, 'task_not_found'], JSON.stringify(runAfter))
  }
  assert.equal((await call('POST', '/tasks', stopBody)).status, 202)
  assert.equal((await call('POST', '/tasks', { ...stopBody, runAfter: { task: taskId } })).status, 202)
  const input = asked.at(-1)?.input as { runAfter: unknown }
  assert.deepEqual(input.runAfter, [{ task: taskId, on: 'succeeded' }])
})

test('dryRun answers the plan and files nothing', async () => {
  const { status, body } = await call('POST', '/tasks', { ...stopBody, dryRun: true }, { 'idempotency-key': 'k' })
  assert.equal(status, 200)
  assert.equal(body.targets.length, 2)
  assert.deepEqual(asked, [])
})

test('the same Idempotency-Key and body get the same answer although nothing would be left to do', async () => {
  const first = await call('POST', '/tasks', stopBody, { 'idempotency-key': 'k1' })
  for (const id of ['i-1', 'i-2']) ec2.instances.set(id, instance(id, { state: 'stopped' }))
  const again = await call(
    'POST',
    '/tasks',
    { targets: stopBody.targets, operation: stopBody.operation },
    { 'idempotency-key': 'k1' },
  )
  assert.deepEqual([again.status, again.body], [202, first.body])
  assert.equal(asked.length, 1)
  const other = await call('POST', '/tasks', { ...stopBody, reason: 'other' }, { 'idempotency-key': 'k1' })
  assert.deepEqual([other.status, other.body.code], [409, 'idempotency_conflict'])
})

test('a request whose double was filed while it was planned gets the answer of its double', async () => {
  whilePlanning = async () => {
    await call('POST', '/tasks', stopBody, { 'idempotency-key': 'k2' })
    for (const id of ['i-1', 'i-2']) ec2.instances.set(id, instance(id, { state: 'stopping' }))
  }
  const { status, body } = await call('POST', '/tasks', stopBody, { 'idempotency-key': 'k2' })
  assert.deepEqual([status, body.id], [202, taskId])
  assert.equal(asked.length, 1)
})

test('an Idempotency-Key has 1 to 255 characters', async () => {
  assert.equal((await call('POST', '/tasks', stopBody, { 'idempotency-key': 'k'.repeat(255) })).status, 202)
  const { status, body } = await call('POST', '/tasks', stopBody, { 'idempotency-key': 'k'.repeat(256) })
  assert.deepEqual([status, body.code], [400, 'invalid_request'])
})

test('nothing to do is 409 and says why, target by target', async () => {
  ec2.instances.set('i-1', instance('i-1', { state: 'stopped' }))
  const { status, body } = await call('POST', '/tasks', { operation: 'ec2.stop', targets: { ids: ['i-1', 'i-404'] } })
  assert.deepEqual([status, body.code], [409, 'nothing_to_do'])
  assert.deepEqual(body.errors.map((one: { value: string }) => one.value).sort(), [arnOf('i-1'), 'i-404'].sort())
  ec2.instances.clear()
  const query = await call('POST', '/tasks', { operation: 'ec2.stop', targets: { query: 'state:running' } })
  assert.match(query.body.detail, /query "state:running" matches nothing/)
})

test('breaking the glass asks for its own right, before anything is planned, and is handed on as it was asked', async () => {
  const breakGlass = { reason: 'the site is down' }
  refusedActions.add('task.breakGlass')
  assert.equal((await call('POST', '/tasks', { ...stopBody, breakGlass })).status, 403)
  assert.equal(asked.length, 0)
  refusedActions.clear()
  assert.equal((await call('POST', '/tasks', { ...stopBody, breakGlass })).status, 202)
  const filing = asked.find(({ what }) => what === 'file')?.input as { breakGlass: unknown } // what it was handed
  assert.deepEqual(filing.breakGlass, { ...breakGlass, minutes: 60 })
})

test('malformed bodies are 400 with the field named', async () => {
  const bad: [unknown, string][] = [
    [{}, 'planHash'],
    [{ operation: 'ec2.stop' }, 'targets'],
    [{ planHash: 'x', targets: { ids: ['i-1'] } }, 'targets'],
    [{ ...stopBody, priority: 1.5 }, 'priority'],
    [{ ...stopBody, breakGlass: {} }, 'breakGlass.reason'],
    [{ ...stopBody, breakGlass: { reason: '  ' } }, 'breakGlass.reason'],
    [{ ...stopBody, breakGlass: { reason: 'fire', minutes: 241 } }, 'breakGlass.minutes'],
    [{ ...stopBody, scheduledFor: 'tomorrow' }, 'scheduledFor'],
    [{ ...stopBody, params: { force: 'yes' } }, 'params.force'],
    [{ ...stopBody, targets: { ids: [] } }, 'targets'],
    [{ ...stopBody, waves: 'all' }, 'waves'],
    [{ ...stopBody, waves: [] }, 'waves'],
    [{ ...stopBody, waves: [0] }, 'waves'],
    [{ ...stopBody, waves: [1.5] }, 'waves'],
    [{ ...stopBody, waves: [-0.1] }, 'waves'],
    [{ ...stopBody, soakSeconds: 90_000 }, 'soakSeconds'],
    [{ ...stopBody, errorBudget: -1 }, 'errorBudget'],
    [{ ...stopBody, errorBudget: 2.5 }, 'errorBudget'],
    [{ ...stopBody, onBudget: 'cry' }, 'onBudget'],
    [{ ...stopBody, runAfter: [] }, 'runAfter'],
    [{ ...stopBody, runAfter: { task: 'x', on: 'failed' } }, 'runAfter'],
    [{ planHash: 'x', waves: 'default' }, 'waves'],
  ]
  for (const [body, path] of bad) {
    const answer = await call('POST', '/tasks', body)
    assert.equal(answer.status, 400, JSON.stringify(body))
    assert.ok(
      answer.body.errors.some((one: { path: string }) => one.path.startsWith(path)),
      `${path}: ${JSON.stringify(answer.body.errors)}`,
    )
  }
  assert.deepEqual(asked, [])
})

test('the filter of the list takes statuses repeated or with commas, and refuses unknown ones', async () => {
  const filterOf = async (query: string) => {
    const { status } = await call('GET', `/tasks?${query}`)
    return [status, (asked.pop()?.input as { filter: { status?: string[] } } | undefined)?.filter.status]
  }
  assert.deepEqual(await filterOf('status=queued,running'), [200, ['queued', 'running']])
  assert.deepEqual(await filterOf('status=queued&status=running'), [200, ['queued', 'running']])
  assert.deepEqual(await filterOf(''), [200, undefined])
  assert.deepEqual(await filterOf('status=asleep'), [400, undefined])
  assert.deepEqual((await call('GET', '/tasks?limit=501')).status, 400)
})

test('a task that does not exist is 404 for every verb, also where the id is none of ours', async () => {
  for (const id of ['01939e2a-0000-7000-8000-00000000ffff', 'x', 'i-1']) {
    for (const path of ['', '/items', '/events']) assert.equal((await call('GET', `/tasks/${id}${path}`)).status, 404)
    for (const verb of ['reject', 'cancel', 'pause', 'resume', 'undo']) {
      assert.deepEqual((await call('POST', `/tasks/${id}/${verb}`)).body.code, 'task_not_found', verb)
    }
  }
})

test('decisions reach the service with who, why and which request; their bodies may be left out', async () => {
  const { planHash } = (await call('POST', '/tasks', stopBody)).body
  asked = []
  const approved = await call('POST', `/tasks/${taskId}/approve`, {
    planHash,
    confirmation: 'ec2.stop 2',
    reason: 'ok',
  })
  assert.deepEqual([approved.status, approved.body.id, approved.body.planHash], [200, taskId, planHash])
  for (const verb of ['reject', 'cancel', 'pause', 'resume'])
    assert.equal((await call('POST', `/tasks/${taskId}/${verb}`)).status, 200, verb)
  assert.equal((await call('POST', `/tasks/${taskId}/undo`, { items: ['a'] })).status, 202)
  assert.deepEqual(
    asked.map(({ what }) => what),
    ['approve', 'reject', 'cancel', 'pause', 'resume', 'undo'],
  )
  const { requestId, ...approval } = asked[0]?.input as Record<string, unknown>
  assert.equal(typeof requestId, 'string')
  assert.deepEqual(approval, { principal: ann, taskId, planHash, confirmation: 'ec2.stop 2', reason: 'ok' })
  assert.equal((await call('POST', `/tasks/${taskId}/approve`, {})).status, 400)
})

test('rights on the very task are asked before anything is done to it', async () => {
  await call('POST', '/tasks', stopBody)
  asked = []
  refusedActions = new Set(['task.cancel', 'task.approve', 'task.read'])
  for (const verb of ['reject', 'cancel', 'pause', 'resume', 'undo'])
    assert.equal((await call('POST', `/tasks/${taskId}/${verb}`)).status, 403, verb)
  assert.equal((await call('POST', `/tasks/${taskId}/approve`, { planHash: 'x' })).status, 403)
  assert.equal((await call('GET', `/tasks/${taskId}/items`)).status, 403)
  assert.deepEqual(asked, [])
})

test('whatever is sent, the answer is a refusal and never a failure of the server', async () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('ec2.stop', 'ec2.tag', '__proto__', '\ud800', '\0', 'i-1'))
  const value = fc.oneof(text, fc.integer(), fc.constant(null), fc.dictionary(text, text), fc.array(text))
  const body = fc.record(
    {
      operation: text,
      targets: fc.oneof(value, fc.record({ ids: fc.array(text) }), fc.record({ query: text })),
      params: value,
      planHash: value,
      priority: value,
      reason: value,
      scheduledFor: value,
    },
    { requiredKeys: [] },
  )
  const urls = ['/tasks', '/plans', `/tasks/${taskId}/approve`, `/tasks/${taskId}/undo`]
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...urls), body, async (url, payload) => {
      const headers = { 'content-type': 'application/json' }
      const answer = await http.inject({ method: 'POST', url, headers, payload: JSON.stringify(payload) })
      assert.ok(answer.statusCode < 500, `${answer.statusCode} ${answer.body}`)
    }),
    { numRuns: 150 },
  )
})

test('a plan may describe thousands of things, up to 8 MiB', async () => {
  const body = (bytes: number) => ({
    operation: 'cloudwatch.alarm.put',
    targets: { ids: ['i-1'] },
    params: { alarms: 'x'.repeat(bytes) },
  })
  for (const url of ['/plans', '/tasks']) {
    const large = await call('POST', url, body(7_000_000))
    assert.deepEqual([large.status, large.body.code], [400, 'invalid_params'])
    assert.equal((await call('POST', url, body(9_000_000))).status, 413)
  }
})

test('targets by account and Region alone are for operations that make something', async () => {
  const place = { account: '111122223333', region: 'eu-central-1' }
  const stop = await call('POST', '/plans', { operation: 'ec2.stop', targets: place })
  assert.deepEqual([stop.status, stop.body.code, stop.body.errors[0].path], [400, 'invalid_targets', 'targets'])
  const { body } = await call('GET', '/operations')
  const how = new Map(body.items.map((one: { name: string; targetsBy: string }) => [one.name, one.targetsBy]))
  assert.deepEqual([how.get('ec2.stop'), how.get('cloudwatch.alarm.put')], ['resources', 'place'])
})
