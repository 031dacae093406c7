import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/service.ts'
import { accessDenied, accountA, accountB, createFakeAws, fakeAccount, fakeInstance } from '../testing/fake-aws.ts'
import type { FakeAws } from '../testing/fake-aws.ts'
import { createRig, operator } from '../testing/rig.ts'
import { removeOld } from './retention.ts'

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
  await db.query({
    text: `truncate resources, resource_versions, resource_touches, resource_trail, resource_trail_lookups, sync_partitions, sync_types, events`,
  })
  await db.query({
    text: `insert into sync_partitions (account, region, service) values ($1, 'eu-west-1', 'ec2'), ($2, 'eu-west-1', 'ec2')`,
    values: [accountA, accountB],
  })
  fake = createFakeAws([fakeAccount(accountA, 'alpha'), fakeAccount(accountB, 'beta')])
  rig = createRig(db, fake)
  http = await serveAs(operator, rig.resources.http)
  fake.instances = [fakeInstance('i-1'), fakeInstance('i-2', { account: accountB })]
  await get('/resources')
})
afterEach(async () => {
  await http.close()
  await rig.resources.stop()
})

const get = async (url: string) => {
  const response = await http.inject({ url })
  return { status: response.statusCode, body: response.json() }
}
const arn = (id: string, account = accountA): string => fakeInstance(id, { account }).arn
const path = (id: string, account = accountA): string => `/resources/${encodeURIComponent(arn(id, account))}`
const reread = (ids: string[], by: { id: string; taskId: string; forSeconds: number }[] = [], account = accountA) =>
  rig.resources.noteEffects([{ account, region: 'eu-west-1', type: 'ec2.instance', ids, by }])
const change = async (given: Parameters<typeof fakeInstance>[1], id = 'i-1') => {
  const account = id === 'i-2' ? accountB : accountA
  fake.instances = fake.instances.map((one) => (one.id === id ? fakeInstance(id, { ...given, account }) : one))
  await reread([id], [], account)
}
const task = '01990000-0000-7000-8000-000000000001'
const pause = () => new Promise((resolve) => setTimeout(resolve, 5))

test('a history tells what changed, page by page, and a resource of the past how it was', async () => {
  const empty = await get(`${path('i-1')}/history`)
  assert.equal(empty.status, 200)
  assert.deepEqual([empty.body.items, empty.body.total.value, empty.body.isGone], [[], 0, false])

  await pause()
  const before = new Date()
  await pause()
  await change({ state: 'stopped' })
  await pause()
  const between = new Date()
  await pause()
  await change({ state: 'stopped', tags: { Name: 'renamed', env: 'dev' } })
  const first = await get(`${path('i-1')}/history?limit=1`)
  assert.deepEqual(
    first.body.items[0].changes.map((one: { path: string }) => one.path),
    ['/name', '/tags/Name', '/tags/env'],
  )
  const second = await get(`${path('i-1')}/history?limit=1&cursor=${first.body.nextCursor}`)
  assert.deepEqual([second.body.items[0].version, second.body.nextCursor], [1, null])
  assert.deepEqual(second.body.items[0].changes[0], { path: '/state', before: 'running', after: 'stopped' })

  const was = await get(`${path('i-1')}?at=${before.toISOString()}`)
  assert.deepEqual(
    [was.body.state, was.body.name, was.body.asOf.version, was.body.cost],
    ['running', 'name-of-i-1', 0, null],
  )
  const then = await get(`${path('i-1')}?at=${between.toISOString()}`)
  assert.deepEqual([then.body.state, then.body.name, then.body.asOf.version], ['stopped', 'name-of-i-1', 1])
  assert.equal(then.body.asOf.validUntil, first.body.items[0].at)
  const now = await get(path('i-1'))
  assert.equal(now.body.asOf, undefined)
})

test('what is gone stays readable; where it was not there it says so', async () => {
  const long = new Date(Date.now() - 3_600_000)
  fake.instances = []
  await pause()
  const before = new Date()
  await pause()
  await reread(['i-1'])
  await pause()
  assert.equal((await get(path('i-1'))).status, 404)
  const history = await get(`${path('i-1')}/history`)
  assert.deepEqual([history.status, history.body.isGone, history.body.items[0].kind], [200, true, 'gone'])
  assert.equal((await get(`${path('i-1')}?at=${before.toISOString()}`)).body.state, 'running')
  for (const at of [new Date(), long, new Date(Date.now() - 400 * 86_400_000), new Date(Date.now() + 60_000)]) {
    const none = await get(`${path('i-1')}?at=${at.toISOString()}`)
    assert.deepEqual([none.status, none.body.code], [404, 'no_state_then'], at.toISOString())
  }
})

test('a change is our task where one was at work, and nobody is named where none was', async () => {
  await change({ state: 'stopping' })
  fake.instances[0] = fakeInstance('i-1', { state: 'stopped' })
  await reread(['i-1'], [{ id: arn('i-1'), taskId: task, forSeconds: 2 }])
  const { items } = (await get(`${path('i-1')}/history`)).body
  assert.deepEqual(items[0].by, [{ kind: 'task', task, operation: 'ec2.stop', requestedBy: 'operator@example.com' }])
  // Long before the task: not its doing.
  await db.query({ text: `update resource_versions set at = at - interval '1 hour' where version = 1` })
  const later = (await get(`${path('i-1')}/history`)).body
  assert.deepEqual(later.items[1].by, [])
})

test('CloudTrail is asked by the first reader, nobody waits for it, and what it said is kept', async () => {
  await change({ state: 'stopped' })
  let answer: () => void = () => {}
  fake.before.set(accountA, () => new Promise<void>((resolve) => (answer = resolve)))
  fake.trail = [{ id: 'e-1', at: new Date(), name: 'StopInstances', actor: 'arn:aws:iam::111111111111:user/eve' }]
  const first = await get(`${path('i-1')}/history`)
  assert.deepEqual([first.body.trail.status, first.body.items[0].by], ['looking', []])
  assert.equal((await get(`${path('i-1')}/history`)).body.trail.status, 'looking')
  answer()
  const known = await waitFor('the answer of CloudTrail', async () => {
    const { body } = await get(`${path('i-1')}/history`)
    return body.trail.status === 'known' && body
  })
  assert.deepEqual(
    known.items[0].by.map(({ event, actor }: { event: string; actor: string }) => [event, actor]),
    [['StopInstances', 'arn:aws:iam::111111111111:user/eve']],
  )
  fake.before.clear()
  await get(`${path('i-1')}/history`)
  assert.equal(fake.calls.filter((call) => call.startsWith('lookupEvents')).length, 1)
})

test('an account that may not ask CloudTrail says why, and is not asked again at once', async () => {
  await change({ state: 'stopped' })
  fake.before.set(accountA, () => {
    throw accessDenied
  })
  await get(`${path('i-1')}/history`)
  const told = await waitFor('the refusal', async () => {
    const { body } = await get(`${path('i-1')}/history`)
    return body.trail.status === 'unavailable' && body
  })
  assert.match(told.trail.why, /UnauthorizedOperation/)
  assert.equal(told.items.length, 1)
  assert.equal(fake.calls.filter((call) => call.startsWith('lookupEvents')).length, 1)
})

test('what changed in the whole estate: by time, type, kind and query, page by page', async () => {
  await change({ state: 'stopped' })
  await pause()
  await change({ state: 'stopped', tags: { env: 'prod' } }, 'i-2')
  await pause()
  await change({ state: 'running' })
  const versions = (body: { items: { resource: { id: string }; version: number }[] }) =>
    body.items.map(({ resource, version }) => `${resource.id.slice(-3)} ${version}`)
  const all = await get('/resources/changes')
  assert.deepEqual([versions(all.body), all.body.total], [['i-1 2', 'i-2 1', 'i-1 1'], { value: 3, relation: 'eq' }])
  const page = await get('/resources/changes?limit=2')
  const rest = await get(`/resources/changes?limit=2&cursor=${page.body.nextCursor}`)
  assert.deepEqual([...versions(page.body), ...versions(rest.body)], versions(all.body))
  assert.equal(rest.body.nextCursor, null)
  assert.deepEqual(versions((await get('/resources/changes?q=tag.env:prod')).body), ['i-2 1'])
  assert.deepEqual(versions((await get(`/resources/changes?account=${accountA}&kind=changed`)).body), [
    'i-1 2',
    'i-1 1',
  ])
  assert.deepEqual(versions((await get('/resources/changes?type=ec2.volume')).body), [])
  const [, middle] = all.body.items
  assert.deepEqual(versions((await get(`/resources/changes?from=${middle.at}`)).body), ['i-1 2', 'i-2 1'])
  assert.deepEqual(versions((await get(`/resources/changes?to=${middle.at}`)).body), ['i-1 1'])
  await rig.resources.noteEffects([
    {
      account: accountA,
      region: 'eu-west-1',
      type: 'ec2.instance',
      ids: ['i-1'],
      by: [{ id: arn('i-1'), taskId: task, forSeconds: 0 }],
    },
  ])
  await pause()
  await change({ state: 'stopping' })
  assert.deepEqual((await get('/resources/changes?limit=1')).body.items[0].tasks, [{ id: task, operation: 'ec2.stop' }])
})

test('who may not read an account sees nothing of its past', async () => {
  await change({ state: 'stopped' }, 'i-2')
  rig.access.denied.add(accountB)
  assert.equal((await get(`${path('i-2', accountB)}/history`)).status, 404)
  assert.equal((await get(`${path('i-2', accountB)}?at=${new Date().toISOString()}`)).status, 404)
  assert.deepEqual((await get('/resources/changes')).body.items, [])
})

test('bad requests are refused with their field, never with an error of ours', async () => {
  for (const url of [
    `${path('i-1')}/history?cursor=x`,
    `${path('i-1')}/history?limit=501`,
    `${path('i-1')}/history?from=yesterday`,
    `${path('i-1')}?at=2026-13-01T00:00:00Z`,
    '/resources/arn%3Aaws%3Aec2%3Aeu-west-1%3A111111111111%3Ainstance%2Fi-1%00/history',
    '/resources/changes?kind=all',
    '/resources/changes?q=(',
    `/resources/changes?cursor=${Buffer.from('["x","a","b","1"]').toString('base64url')}`,
    `/resources/changes?cursor=${Buffer.from('["2026-01-01T00:00:00Z","a","b","99999999999"]').toString('base64url')}`,
  ]) {
    const { status } = await get(url)
    assert.equal(status, 400, url)
  }
  assert.equal((await get(`${path('i-404')}/history`)).status, 404)
})

test('long values are cut in lists and whole in the state', async () => {
  const policy = 'x'.repeat(100_000)
  await change({ raw: { policy } })
  const { items } = (await get(`${path('i-1')}/history`)).body
  const [long] = items[0].changes.filter((one: { path: string }) => one.path === '/config/policy')
  assert.equal(long.isShortened, true)
  assert.ok(JSON.stringify(items).length < 5_000)
  const whole = await get(`${path('i-1')}?at=${items[0].at}`)
  assert.equal(whole.body.config.policy, policy)
})

test('retention removes what is too old, whole portions of it, and nothing else', async () => {
  await db.query({
    text: `insert into resource_versions (account, id, version, at, kind, type, region)
      select $1, 'arn:' || n, 1, now() - make_interval(hours => n), 'created', 'ec2.instance', 'eu-west-1' from generate_series(0, 2499) n`,
    values: [accountA],
  })
  assert.equal(await removeOld(db, new Date(Date.now() - 100.5 * 3_600_000)), 2399)
  const [row] = await db.query<{ count: string }>({ text: 'select count(*) from resource_versions' })
  assert.equal(row?.count, '101')
})
