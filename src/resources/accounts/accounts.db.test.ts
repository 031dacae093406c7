import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/service.ts'
import { accessDenied, accountA, accountB, createFakeAws, fakeAccount, fakeInstance } from '../testing/fake-aws.ts'
import type { FakeAws } from '../testing/fake-aws.ts'
import { createRig, operator } from '../testing/rig.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
let fake: FakeAws
let rig: ReturnType<typeof createRig>
let http: Http

before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(() => database.drop())
beforeEach(async () => {
  await db.query({ text: 'truncate resources, sync_partitions, sync_types, events' })
  fake = createFakeAws([fakeAccount(accountA, 'alpha')])
  rig = createRig(db, fake)
  http = await serveAs(operator, rig.resources.http)
})
afterEach(async () => {
  await http.close()
  await rig.resources.stop()
})

const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
  const response = await http.inject({ method, url, ...(payload === undefined ? {} : { payload }) })
  return { status: response.statusCode, body: response.body === '' ? null : response.json() }
}
const role = {
  id: accountB,
  name: 'beta',
  cloud: 'aws',
  regions: ['eu-west-1'],
  credentials: { kind: 'role', roleArn: `arn:aws:iam::${accountB}:role/orchestrator`, externalId: 'very-secret-42' },
}

const regional = [
  'autoscaling',
  'cloudwatch',
  'ec2',
  'elb',
  'lambda',
  'lambda-details',
  'logs',
  's3',
  's3-details',
  'tagging',
]
const global = ['cloudwatch-dashboards', 'iam']

test('an account is added, read at once, changed and removed again', async () => {
  fake.instances = [fakeInstance('i-1', { account: accountB })]
  const created = await call('POST', '/accounts', role)
  assert.equal(created.status, 201)
  assert.deepEqual(
    created.body.sync.map(({ region, service, status }: any) => [region, service, status]),
    [
      ...regional.map((service) => ['eu-west-1', service, 'never']),
      ...global.map((service) => ['global', service, 'never']),
    ],
  )
  assert.equal((await call('GET', `/resources?account=${accountB}`)).body.items.length, 1)
  const { body } = await call('GET', `/accounts/${accountB}`)
  assert.deepEqual(
    body.sync.map(({ service, status, resources }: any) => [service, status, resources]),
    [...regional, ...global].map((service) => [service, 'fresh', service === 'ec2' ? 1 : 0]),
  )
  const changed = await call('PATCH', `/accounts/${accountB}`, { name: 'gamma', regions: ['eu-west-1', 'us-east-1'] })
  assert.deepEqual([changed.body.name, changed.body.sync.length], ['gamma', 2 * regional.length + global.length])
  assert.equal((await call('DELETE', `/accounts/${accountB}`)).status, 204)
  assert.equal((await call('GET', `/accounts/${accountB}`)).status, 404)
  assert.equal((await call('GET', '/resources')).body.items.length, 0)
  const audited = await db.query<{ action: string }>({
    text: `select action from audit where subject_id = $1 order by id`,
    values: [accountB],
  })
  assert.deepEqual(
    audited.map(({ action }) => action),
    ['account.create', 'account.update', 'account.remove'],
  )
})

test('the external id is neither shown nor audited', async () => {
  const { body } = await call('POST', '/accounts', role)
  assert.deepEqual(body.credentials, { kind: 'role', roleArn: role.credentials.roleArn, hasExternalId: true })
  const audited = await db.query({ text: 'select * from audit' })
  assert.ok(!JSON.stringify([body, (await call('GET', '/accounts')).body, audited]).includes('very-secret-42'))
})

test('what is wrong with an account is refused', async () => {
  for (const wrong of [
    { ...role, id: '12' },
    { ...role, regions: [] },
    { ...role, regions: ['the moon'] },
    { ...role, credentials: { kind: 'sandbox' } },
    { ...role, cloud: 'sandbox' },
    { ...role, credentials: { kind: 'role', roleArn: 'nonsense' } },
    { ...role, surprise: true },
  ]) {
    assert.equal((await call('POST', '/accounts', wrong)).status, 400, JSON.stringify(wrong))
  }
  assert.equal((await call('PATCH', `/accounts/${accountA}`, { cloud: 'aws' })).status, 400)
  assert.equal((await call('PATCH', '/accounts/999999999999', { name: 'x' })).status, 404)
})

test('an account that may not be read does not exist', async () => {
  rig.access.denied.add(accountA)
  assert.deepEqual((await call('GET', '/accounts')).body.items, [])
  for (const [method, url] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/test'],
  ] as const) {
    assert.equal((await call(method, `/accounts/${accountA}${url}`)).status, 404)
  }
})

test('pages of accounts go by name', async () => {
  fake.accounts.push(fakeAccount('333333333333', 'beta'), fakeAccount('222222222222', 'beta'))
  const first = (await call('GET', '/accounts?limit=2')).body
  const second = (await call('GET', `/accounts?limit=2&cursor=${first.nextCursor}`)).body
  assert.deepEqual(
    [...first.items, ...second.items].map(({ id }: any) => id),
    [accountA, '222222222222', '333333333333'],
  )
  assert.equal(second.nextCursor, null)
  assert.deepEqual(first.total, { value: 3, relation: 'eq' })
})

test('a failing sync is shown with its reason, and a test says whose the credentials are', async () => {
  const ok = await call('POST', `/accounts/${accountA}/test`)
  assert.deepEqual([ok.body.ok, ok.body.identity.account], [true, accountA])
  fake.before.set(accountA, () => Promise.reject(accessDenied))
  const failed = await call('POST', `/accounts/${accountA}/test`)
  assert.deepEqual([failed.status, failed.body.ok], [200, false])
  assert.match(failed.body.problem, /UnauthorizedOperation/)
  await call('PATCH', `/accounts/${accountA}`, { name: 'alpha' })
  await call('GET', '/resources')
  const { sync } = (await call('GET', `/accounts/${accountA}`)).body
  const ec2 = sync.find(({ service }: any) => service === 'ec2')
  assert.equal(ec2.status, 'failing')
  assert.match(ec2.error.message, /UnauthorizedOperation/)
})
