import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../test/support/database.ts'
import { realAccess } from '../../test/support/real-access.ts'
import { serveAs } from '../../test/support/serve.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/service.ts'
import { createReceiver, isGenuine } from './testing/receiver.ts'
import { admin, createRig } from './testing/rig.ts'

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
  await db.query({ text: 'truncate alerts, notification_channels, notification_deliveries, events' })
  rig = createRig(db, { isPrivateAllowed: true })
  http = await serveAs(admin, rig.monitoring.http)
  receiver = await createReceiver()
})
afterEach(async () => {
  await rig.monitoring.stop()
  await http.close()
  await receiver.close()
})

const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
  const response = await http.inject({ method, url, ...(payload === undefined ? {} : { payload }) })
  return { status: response.statusCode, body: response.body === '' ? null : response.json() }
}
const trouble = {
  key: 'resources/sync/111111111111',
  severity: 'warning',
  title: 'Account alpha cannot be read',
  detail: 'UnauthorizedOperation',
  source: 'resources',
  subject: { type: 'Account', id: '111111111111' },
} as const
const events = async () =>
  (await db.query<{ data: { status: string } }>({ text: 'select data from events order by id' })).map(
    ({ data }) => data.status,
  )
const deliveries = () =>
  db.query<{ status: string; attempts: number; last_error: string | null; inSeconds: number }>({
    text: `select status, attempts, last_error, extract(epoch from next_at - now())::int as "inSeconds" from notification_deliveries order by id`,
  })
const channel = async (given: object = {}) => {
  const { status, body } = await call('POST', '/notification-channels', {
    name: 'ops',
    kind: 'webhook',
    url: receiver.url,
    ...given,
  })
  assert.equal(status, 201)
  return body
}
/** Makes what is waiting due now. */
const hurry = async () => {
  await db.query({ text: 'update notification_deliveries set next_at = now()' })
  rig.wake()
}
const until = (isSo: () => Promise<boolean>) => waitFor('the outbox', isSo)
const isSettled = (status: string) => async () => (await deliveries()).every((one) => one.status === status)

test('an alert is opened once a key, counted up, and opened anew after it was resolved', async () => {
  const { id } = await rig.monitoring.raiseAlert(trouble)
  await Promise.all(Array.from({ length: 5 }, () => rig.monitoring.raiseAlert(trouble)))
  const { body } = await call('GET', '/alerts')
  assert.deepEqual(
    body.items.map((alert: any) => [alert.id, alert.occurrences, alert.status]),
    [[id, 6, 'open']],
  )
  assert.deepEqual(await events(), ['open'])
  assert.equal((await call('POST', `/alerts/${id}/resolve`)).body.status, 'resolved')
  assert.notEqual((await rig.monitoring.raiseAlert(trouble)).id, id)
  assert.equal((await call('GET', '/alerts?status=unresolved')).body.total.value, 1)
  assert.equal((await call('GET', '/alerts')).body.total.value, 2)
})

test('what becomes worse is told again; what does not is only counted', async () => {
  await rig.monitoring.raiseAlert(trouble)
  await rig.monitoring.raiseAlert({ ...trouble, severity: 'critical' })
  const again = await rig.monitoring.raiseAlert({ ...trouble, severity: 'info' })
  assert.equal(again.severity, 'critical')
  assert.equal((await events()).length, 2)
})

test('an alert raised in a transaction is there exactly when that commits', async () => {
  await assert.rejects(
    db.transaction(async (tx) => {
      await rig.monitoring.raiseAlert(trouble, tx)
      throw new Error('changed my mind')
    }),
  )
  assert.deepEqual(await events(), [])
  assert.equal(rig.nudges.length, 0)
  await db.transaction((tx) => rig.monitoring.raiseAlert(trouble, tx))
  assert.deepEqual(await events(), ['open'])
  assert.ok(rig.nudges.includes('events'))
})

test('who acknowledged and who resolved is kept and audited; a resolved alert cannot be acknowledged', async () => {
  const { id } = await rig.monitoring.raiseAlert(trouble)
  const acknowledged = await call('POST', `/alerts/${id}/acknowledge`)
  assert.deepEqual(acknowledged.body.acknowledgedBy, { id: admin.userId, email: 'admin@localhost' })
  assert.equal((await call('POST', `/alerts/${id}/acknowledge`)).status, 200)
  assert.equal((await call('POST', `/alerts/${id}/resolve`)).body.status, 'resolved')
  assert.equal((await call('POST', `/alerts/${id}/resolve`)).status, 200)
  const late = await call('POST', `/alerts/${id}/acknowledge`)
  assert.deepEqual([late.status, late.body.code], [409, 'alert_resolved'])
  const audited = await db.query<{ action: string }>({
    text: 'select action from audit where subject_id = $1 order by id',
    values: [id],
  })
  assert.deepEqual(
    audited.map(({ action }) => action),
    ['alert.acknowledge', 'alert.resolve'],
  )
  assert.deepEqual(await events(), ['open', 'acknowledged', 'resolved'])
})

test('a source resolves its own alert when the trouble is gone', async () => {
  await rig.monitoring.raiseAlert(trouble)
  await rig.monitoring.resolveAlert(trouble.key)
  await rig.monitoring.resolveAlert(trouble.key)
  assert.equal((await call('GET', '/alerts?status=resolved')).body.items[0].resolvedBy, null)
  assert.deepEqual(await events(), ['open', 'resolved'])
})

test('alerts of an account that may not be read do not exist', async () => {
  const { id } = await rig.monitoring.raiseAlert({ ...trouble, account: '222222222222' })
  await rig.monitoring.raiseAlert({ ...trouble, key: 'forgotten', account: '999999999999' })
  assert.equal((await call('GET', '/alerts')).body.total.value, 2)
  rig.denied.add('222222222222')
  assert.deepEqual(
    (await call('GET', '/alerts')).body.items.map(({ account }: any) => account),
    ['999999999999'],
  )
  assert.equal((await call('POST', `/alerts/${id}/resolve`)).status, 404)
})

test('pages of alerts follow one another; nonsense is refused', async () => {
  for (const key of ['a', 'b', 'c']) await rig.monitoring.raiseAlert({ ...trouble, key, title: `${key}\0\ud800` })
  const first = (await call('GET', '/alerts?limit=2')).body
  const second = (await call('GET', `/alerts?limit=2&cursor=${first.nextCursor}`)).body
  assert.deepEqual(
    [...first.items, ...second.items].map(({ title }: any) => title[0]),
    ['c', 'b', 'a'],
  )
  assert.equal(second.nextCursor, null)
  assert.equal((await call('GET', '/alerts?cursor=x')).body.code, 'invalid_cursor')
  assert.equal((await call('GET', '/alerts?status=loud')).status, 400)
  for (const id of ['x', '00000000-0000-0000-0000-000000000000', "'%27"])
    assert.equal((await call('POST', `/alerts/${id}/resolve`)).status, 404)
})

test('a webhook gets what happens, signed so that its receiver can tell who sent it', async () => {
  const { secret } = await channel()
  rig.monitoring.start()
  const { id } = await rig.monitoring.raiseAlert(trouble)
  await receiver.until(1)
  await call('POST', `/alerts/${id}/resolve`)
  await receiver.until(2)
  const bodies = receiver.received.map(({ body }) => JSON.parse(body))
  assert.deepEqual(
    bodies.map(({ type, data }) => [type, data.id, data.title]),
    [
      ['alert.raised', id, trouble.title],
      ['alert.resolved', id, trouble.title],
    ],
  )
  for (const request of receiver.received) {
    assert.ok(isGenuine(secret, request, new Date()))
    assert.ok(!isGenuine(secret, { ...request, body: request.body + ' ' }, new Date()))
    assert.equal(request.headers['content-type'], 'application/json')
  }
  await until(isSettled('delivered'))
})

test('the secret is told once and kept sealed', async () => {
  const { secret, id } = await channel()
  assert.match(secret, /^whsec_/)
  const list = await call('GET', '/notification-channels')
  assert.equal(list.body.items[0].id, id)
  assert.ok(!JSON.stringify(list.body).includes(secret))
  const [row] = await db.query<{ sealed_secret: string }>({ text: 'select sealed_secret from notification_channels' })
  assert.ok(row !== undefined && !row.sealed_secret.includes(secret.slice(6)))
  const audited = await db.query<{ details: unknown }>({
    text: `select details from audit where subject_id = $1`,
    values: [id],
  })
  assert.ok(!JSON.stringify(audited).includes('/hook'))
})

test('a receiver that is down gets it later, under the same id', async () => {
  await channel()
  receiver.answer = () => ({ status: 503 })
  rig.monitoring.start()
  await rig.monitoring.raiseAlert(trouble)
  await until(async () => (await deliveries())[0]?.last_error === 'The receiver answered 503.')
  const [waiting] = await deliveries()
  assert.equal(waiting?.status, 'pending')
  assert.ok(waiting !== undefined && waiting.inSeconds <= 5)
  receiver.answer = () => ({ status: 200 })
  await hurry()
  await receiver.until(2)
  await until(isSettled('delivered'))
  const [first, second] = receiver.received
  assert.equal(first?.headers['webhook-id'], second?.headers['webhook-id'])
})

test('what is in the outbox outlives the process that put it there', async () => {
  await channel()
  await rig.monitoring.raiseAlert(trouble)
  // Another process had taken it and died: its lease is over.
  await db.query({ text: `update notification_deliveries set attempts = 1, lease_until = now() - interval '1 s'` })
  const other = createRig(db, { isPrivateAllowed: true })
  other.monitoring.start()
  await receiver.until(1)
  await until(isSettled('delivered'))
  await other.monitoring.stop()
})

test('it gives up after the last attempt, and at once when the receiver is gone for good', async () => {
  const { id } = await channel()
  receiver.answer = () => ({ status: 500 })
  await rig.monitoring.raiseAlert(trouble)
  await db.query({ text: 'update notification_deliveries set attempts = 9' })
  rig.monitoring.start()
  await until(isSettled('failed'))
  assert.equal((await deliveries())[0]?.attempts, 10)
  receiver.answer = () => ({ status: 410 })
  await rig.monitoring.raiseAlert({ ...trouble, key: 'another' })
  await until(async () => (await call('GET', '/notification-channels')).body.items[0].isEnabled === false)
  const [gone] = (await call('GET', '/notification-channels')).body.items
  assert.match(gone.disabledReason, /410/)
  assert.equal((await call('PATCH', `/notification-channels/${id}`, { isEnabled: true })).body.disabledReason, null)
})

test('redirects are not followed', async () => {
  const { id } = await channel()
  receiver.answer = ({ path }) =>
    path === '/hook' ? { status: 307, headers: { location: '/elsewhere' } } : { status: 200 }
  const result = (await call('POST', `/notification-channels/${id}/test`)).body
  assert.deepEqual([result.delivered, result.status], [false, 307])
  assert.deepEqual(
    receiver.received.map(({ path }) => path),
    ['/hook'],
  )
})

test('an endless answer is cut off', async () => {
  const { id } = await channel()
  receiver.answer = () => ({ status: 200, body: Buffer.alloc(5_000_000, 'x') })
  assert.equal((await call('POST', `/notification-channels/${id}/test`)).body.delivered, true)
})

test('a test message tells what the receiver said, once', async () => {
  const { id, secret } = await channel()
  const ok = (await call('POST', `/notification-channels/${id}/test`)).body
  assert.deepEqual([ok.delivered, ok.status, ok.error], [true, 204, null])
  const [request] = receiver.received
  assert.ok(request !== undefined && isGenuine(secret, request, new Date()))
  assert.equal(JSON.parse(request.body).type, 'channel.test')
  receiver.answer = () => ({ status: 500 })
  const failed = (await call('POST', `/notification-channels/${id}/test`)).body
  assert.deepEqual([failed.delivered, failed.status], [false, 500])
  assert.deepEqual(
    (await deliveries()).map(({ status }) => status),
    ['delivered', 'failed'],
  )
})

test('channels hear only of what is bad enough, and nothing while they are switched off', async () => {
  const { id } = await channel({ minimumSeverity: 'critical' })
  await rig.monitoring.raiseAlert(trouble)
  assert.deepEqual(await deliveries(), [])
  await rig.monitoring.raiseAlert({ ...trouble, severity: 'critical' })
  assert.equal((await deliveries()).length, 1)
  await call('PATCH', `/notification-channels/${id}`, { isEnabled: false })
  await rig.monitoring.raiseAlert({ ...trouble, key: 'other', severity: 'critical' })
  assert.equal((await deliveries()).length, 1)
  assert.equal((await call('DELETE', `/notification-channels/${id}`)).status, 204)
  assert.deepEqual(await deliveries(), [])
  assert.equal((await call('DELETE', `/notification-channels/${id}`)).status, 404)
})

test('private addresses are refused by default: when the channel is made, and when its name leads there', async () => {
  const strict = createRig(db, { isPrivateAllowed: false })
  const server = await serveAs(admin, strict.monitoring.http)
  const create = (url: string) =>
    server.inject({ method: 'POST', url: '/notification-channels', payload: { name: 'x', kind: 'webhook', url } })
  for (const url of [
    receiver.url,
    'https://127.0.0.1/',
    'https://169.254.169.254/',
    'https://[::1]/',
    'http://example.com/',
  ]) {
    const response = await create(url)
    assert.equal(response.json().code, 'channel_url_refused', url)
  }
  const { id } = (await create('https://localhost:9/')).json()
  const result = (await server.inject({ method: 'POST', url: `/notification-channels/${id}/test` })).json()
  assert.equal(result.delivered, false)
  assert.match(result.error, /is a private address/)
  await server.close()
})

test('malformed channels are refused', async () => {
  for (const payload of [
    {},
    { name: 'x', kind: 'webhook', url: 'ftp://x' },
    { name: '', kind: 'webhook', url: receiver.url },
    { name: 'x', kind: 'smoke', url: receiver.url },
  ]) {
    assert.equal((await call('POST', '/notification-channels', payload)).status, 400)
  }
})

test('by the real policies a viewer sees alerts and changes none, and somebody without a role sees none', async () => {
  const access = await realAccess(db)
  const real = createRig(db, { isPrivateAllowed: false, access })
  const { id } = await real.monitoring.raiseAlert({ ...trouble, account: '111111111111' })
  const resolve = { method: 'POST', url: `/alerts/${id}/resolve` } as const
  const asViewer = await serveAs({ ...admin, roles: ['viewer'] }, real.monitoring.http)
  assert.equal((await asViewer.inject({ url: '/alerts' })).json().total.value, 1)
  assert.equal((await asViewer.inject(resolve)).statusCode, 403)
  await asViewer.close()
  const asNobody = await serveAs({ ...admin, roles: [] }, real.monitoring.http)
  assert.equal((await asNobody.inject({ url: '/alerts' })).json().total.value, 0)
  assert.equal((await asNobody.inject(resolve)).statusCode, 404)
  await asNobody.close()
  const asAdmin = await serveAs(admin, real.monitoring.http)
  assert.equal((await asAdmin.inject(resolve)).statusCode, 200)
  await asAdmin.close()
})
