import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Risk } from '#contracts/task.ts'
import type { Database, Sql } from '#platform/db/database.ts'
import { appendEvents } from '#platform/events/append.ts'
import type { Http } from '#platform/http/service.ts'
import { uuidv7 } from '#platform/ids.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { createReceiver, isGenuine } from '../testing/receiver.ts'
import { admin, createRig } from '../testing/rig.ts'

const readable = '111111111111'
let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
let rig: ReturnType<typeof createRig>
let http: Http
let receiver: Awaited<ReturnType<typeof createReceiver>>
before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(() => database.drop())
beforeEach(async () => {
  await db.query({
    text: 'truncate alerts, notification_channels, notification_deliveries, events, task_webhook_states',
  })
  await db.query({
    text: `update task_webhook_position set xid = pg_snapshot_xmin(pg_current_snapshot()), id = 0, lease_until = '-infinity'`,
  })
  rig = createRig(db, { isPrivateAllowed: true })
  http = await serveAs(admin, rig.monitoring.http)
  receiver = await createReceiver()
})
afterEach(async () => {
  await rig.monitoring.stop()
  await http.close()
  await receiver.close()
})

const call = async (method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) => {
  const response = await http.inject({ method, url, ...(payload === undefined ? {} : { payload }) })
  return { status: response.statusCode, body: response.body === '' ? null : response.json() }
}
const subscribe = async (more: object = {}) => {
  const { status, body } = await call('POST', '/notification-channels', {
    name: 'chatops',
    kind: 'webhook',
    url: receiver.url,
    alerts: false,
    taskEvents: ['task.created', 'task.started', 'task.finished', 'task.failed'],
    ...more,
  })
  assert.equal(status, 201, JSON.stringify(body))
  return body as { id: string; secret: string }
}

/** A task that exists as far as channels are concerned. */
const newTask = (more: { operation?: string; risk?: Risk; account?: string } = {}): string => {
  const id = uuidv7()
  rig.tasks.set(id, {
    operation: more.operation ?? 'ec2.stop',
    risk: more.risk ?? 'R2',
    accounts: [more.account ?? readable],
    requestedBy: { id: 'u', email: 'ann@example.com' },
    reason: 'tonight',
    planHash: 'a'.repeat(64),
    startedAt: null,
  })
  return id
}
const write = (sql: Sql, id: string, status: string, type = 'task.changed', progress: object = { total: 1 }) =>
  appendEvents(sql, [
    {
      topics: ['tasks', `tasks/${id}`],
      type,
      accounts: rig.tasks.get(id)?.accounts ?? [],
      data: { id, status, ...(type === 'task.created' ? {} : { progress }) },
    },
  ])
const created = (id: string, sql: Sql = db) => write(sql, id, 'queued', 'task.created')
const start = () => {
  rig.monitoring.start()
  rig.news()
}
const bodies = () => receiver.received.map(({ body }) => JSON.parse(body) as Record<string, any>) // our own payload
const heard = () => bodies().map(({ type, data }) => [data['id'], type.replace('task.', '')])
const until = (what: string, isSo: () => boolean | Promise<boolean>) =>
  waitFor(what, async () => {
    rig.news()
    rig.wake()
    return isSo()
  })

test('a channel hears of tasks, signed, each thing once, with what it needs to know', async () => {
  const { secret } = await subscribe()
  start()
  const id = newTask()
  await created(id)
  await write(db, id, 'running')
  await write(db, id, 'running', 'task.changed', { total: 1, waiting: 1 })
  await write(db, id, 'failed', 'task.changed', { total: 1, failed: 1 })
  await until('all of it', () => receiver.received.length >= 4)
  assert.deepEqual(heard(), [
    [id, 'created'],
    [id, 'started'],
    [id, 'finished'],
    [id, 'failed'],
  ])
  const last = bodies().at(-1)
  assert.deepEqual(
    [last?.['version'], last?.['data'].operation, last?.['data'].risk, last?.['data'].status, last?.['data'].progress],
    [1, 'ec2.stop', 'R2', 'failed', { total: 1, failed: 1 }],
  )
  assert.match(last?.['id'], /^\d+-\d+:task\.failed$/)
  assert.ok(receiver.received.every((request) => isGenuine(secret, request, new Date())))
})

test('what commits late is told in its place, and nothing is missed', async () => {
  await subscribe({ taskEvents: ['task.created'] })
  start()
  const [early, late, after] = [newTask(), newTask(), newTask()]
  let commit = (): void => {}
  const isOpen = Promise.withResolvers<void>()
  const slow = db.transaction(async (tx) => {
    await created(late, tx)
    isOpen.resolve()
    await new Promise<void>((resolve) => (commit = resolve))
  })
  await isOpen.promise
  // Committed, but there is an older transaction that is open: it must not be passed by.
  await created(early)
  rig.news()
  await new Promise((resolve) => setTimeout(resolve, 300))
  commit()
  await slow
  await created(after)
  await until('all three', () => receiver.received.length >= 3)
  assert.deepEqual(new Set(heard().map(([id]) => id)), new Set([early, late, after]))
  const order = await db.query<{ key: string }>({
    text: 'select order_key as key from notification_deliveries order by seq',
  })
  assert.deepEqual(
    order.map(({ key }) => key),
    [late, early, after],
  )
})

test('several processes tell it once, and when the one that tells is gone another goes on', async () => {
  await subscribe({ taskEvents: ['task.created'] })
  const other = createRig(db, { isPrivateAllowed: true })
  start()
  other.monitoring.start()
  const ids = Array.from({ length: 20 }, () => newTask())
  for (const [id, task] of rig.tasks) other.tasks.set(id, task)
  for (const id of ids) await created(id)
  await until('all of them', () => receiver.received.length >= 20)
  await rig.monitoring.stop()
  await other.monitoring.stop()
  // As if it had died a while ago.
  await db.query({ text: `update task_webhook_position set lease_until = now() - interval '1 s'` })
  const third = createRig(db, { isPrivateAllowed: true })
  const last = newTask()
  for (const [id, task] of rig.tasks) third.tasks.set(id, task)
  await created(last)
  third.monitoring.start()
  await waitFor('the last', async () => receiver.received.length >= 21)
  await third.monitoring.stop()
  assert.deepEqual(
    heard()
      .map(([id]) => id)
      .sort(),
    [...ids, last].sort(),
  )
})

test('of one task nothing overtakes; other tasks go on', async () => {
  const { id: channel } = await subscribe({ taskEvents: ['task.created', 'task.started'] })
  const [stuck, free] = [newTask(), newTask()]
  receiver.answer = ({ body }) => ({ status: body.includes(stuck) && body.includes('created') ? 503 : 204 })
  start()
  await created(stuck)
  await write(db, stuck, 'running')
  await created(free)
  await write(db, free, 'running')
  await until('the free one', () => heard().filter(([id]) => id === free).length === 2)
  await until('the failure', async () => {
    const { items } = (await call('GET', `/notification-channels/${channel}/deliveries?status=pending`)).body
    return items.length === 2 && items.some((one: any) => one.lastStatus === 503)
  })
  const typesOfStuck = () => heard().flatMap(([id, type]) => (id === stuck ? [type] : []))
  assert.deepEqual(new Set(typesOfStuck()), new Set(['created'])) // as often as it was tried
  const { items } = (await call('GET', `/notification-channels/${channel}/deliveries`)).body
  assert.deepEqual(
    items.filter((one: any) => one.task === stuck).map((one: any) => [one.event, one.nextAt === null]),
    [
      ['task.started', true],
      ['task.created', false],
    ],
  )

  receiver.answer = () => ({ status: 204 })
  await db.query({
    text: `update notification_deliveries set next_at = now() where status = 'pending' and next_at < 'infinity'`,
  })
  await until('the rest', () => typesOfStuck().includes('started'))
  assert.deepEqual(new Set(typesOfStuck().slice(0, -1)), new Set(['created']))
  assert.equal(typesOfStuck().at(-1), 'started')
})

test('what was not taken for a day is given up, and what waited for it goes out', async () => {
  await subscribe({ taskEvents: ['task.created', 'task.started'] })
  const id = newTask()
  receiver.answer = ({ body }) => ({ status: body.includes('created') ? 500 : 204 })
  start()
  await created(id)
  await write(db, id, 'running')
  await until('the first attempt', async () => {
    const rows = await db.query({ text: `select 1 from notification_deliveries where last_status = 500` })
    return rows.length === 1
  })
  // Eight pauses are a day: 5 s, 1, 5 and 30 min, 2, 5, 8 h and the rest.
  await db.query({
    text: `update notification_deliveries set attempts = 8, next_at = now() where event = 'task.created'`,
  })
  await until('the next', () => heard().some(([, type]) => type === 'started'))
  const rows = await db.query<{ status: string }>({ text: 'select status from notification_deliveries order by seq' })
  assert.equal(rows[0]?.status, 'failed')
})

test('filters keep out what is of no interest', async () => {
  await subscribe({
    taskEvents: ['task.created'],
    taskFilter: { accounts: [readable], operations: ['ec2.stop'], risks: ['R3', 'R4'] },
  })
  const wanted = newTask({ risk: 'R3' })
  const others = [
    newTask({ risk: 'R2' }),
    newTask({ risk: 'R3', operation: 'ec2.start' }),
    newTask({ risk: 'R4', account: '222222222222' }),
  ]
  start()
  for (const id of [...others, wanted]) await created(id)
  await until('the one', () => receiver.received.length > 0)
  assert.deepEqual(heard(), [[wanted, 'created']])
})

test('what its owner may not read is not sent', async () => {
  await subscribe({ taskEvents: ['task.created'] })
  rig.denied.add('222222222222')
  const [secret, open] = [newTask({ account: '222222222222' }), newTask()]
  start()
  await created(secret)
  await created(open)
  await until('the one', () => receiver.received.length > 0)
  assert.deepEqual(heard(), [[open, 'created']])
})

test('a channel whose owner is gone is switched off, with an alert', async () => {
  const { id } = await subscribe()
  rig.gone.add(admin.userId)
  start()
  await created(newTask())
  await until('the alert', async () => (await call('GET', '/alerts')).body.items.length === 1)
  const [channel] = (await call('GET', '/notification-channels')).body.items
  assert.deepEqual([channel.id, channel.isEnabled], [id, false])
  assert.match(channel.disabledReason, /disabled or gone/)
  assert.deepEqual(receiver.received, [])
})

test('a receiver that took nothing for three days is switched off, with an alert; switched on again it gets what waited', async () => {
  const { id } = await subscribe({ taskEvents: ['task.created'] })
  receiver.answer = () => ({ status: 500 })
  start()
  const task = newTask()
  await created(task)
  await until(
    'the failure',
    async () => (await call('GET', '/notification-channels')).body.items[0].failingSince !== null,
  )
  await db.query({ text: `update notification_channels set failing_since = now() - interval '73 hours'` })
  await db.query({ text: 'update notification_deliveries set next_at = now()' })
  await until('the switch', async () => !(await call('GET', '/notification-channels')).body.items[0].isEnabled)
  await until('the alert', async () => (await call('GET', '/alerts')).body.items.length === 1)
  receiver.answer = () => ({ status: 204 })
  const on = await call('PATCH', `/notification-channels/${id}`, { isEnabled: true })
  assert.deepEqual([on.body.failingSince, on.body.disabledReason], [null, null])
  await db.query({ text: 'update notification_deliveries set next_at = now()' })
  await until('the message', async () => {
    const [row] = await db.query<{ status: string }>({ text: 'select status from notification_deliveries' })
    return row?.status === 'delivered'
  })
})

test('what was sent can be sent again under the same id, once it is over', async () => {
  const { id } = await subscribe({ taskEvents: ['task.created'] })
  start()
  await created(newTask())
  await until('the message', async () => {
    const { items } = (await call('GET', `/notification-channels/${id}/deliveries`)).body
    return items[0]?.status === 'delivered'
  })
  const [delivery] = (await call('GET', `/notification-channels/${id}/deliveries`)).body.items
  const again = await call('POST', `/notification-channels/${id}/deliveries/${delivery.id}/redeliver`)
  assert.deepEqual([again.status, again.body.status], [200, 'pending'])
  await until('it again', () => receiver.received.length === 2)
  const [first, second] = receiver.received
  assert.equal(first?.headers['webhook-id'], second?.headers['webhook-id'])
  assert.equal(first?.body, second?.body)
  assert.equal(
    (await call('POST', `/notification-channels/${id}/deliveries/x/redeliver`)).body.code,
    'delivery_not_found',
  )
})

test('nothing from before the subscription is told, and a channel without one hears nothing', async () => {
  const before = newTask()
  await created(before)
  await call('POST', '/notification-channels', { name: 'alerts only', kind: 'webhook', url: receiver.url })
  const { id } = await subscribe({ taskEvents: ['task.created', 'task.finished'] })
  start()
  const later = newTask()
  await created(later)
  await write(db, before, 'succeeded')
  await until('both', () => receiver.received.length >= 2)
  // Of different tasks, so in any order.
  assert.deepEqual(
    new Map(heard() as [string, string][]),
    new Map([
      [later, 'created'],
      [before, 'finished'],
    ]),
  )
  assert.equal((await call('GET', `/notification-channels/${id}/deliveries`)).body.items.length, 2)
})
