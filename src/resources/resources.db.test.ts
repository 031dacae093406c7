import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../test/support/database.ts'
import { serveAs } from '../../test/support/serve.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { resourceListSchema } from '#contracts/resource.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/service.ts'
import {
  accessDenied,
  accountA,
  accountB,
  createFakeAws,
  fakeAccount,
  fakeInstance,
  fakeVolume,
} from './testing/fake-aws.ts'
import type { FakeAws } from './testing/fake-aws.ts'
import { createRig, operator } from './testing/rig.ts'
import { readingsOf } from './types/registry.ts'

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
  await db.query({ text: 'truncate resources, resource_looks, sync_partitions, sync_types, events' })
  await db.query({
    text: `insert into sync_partitions (account, region, service) values ($1, 'eu-west-1', 'ec2'), ($2, 'eu-west-1', 'ec2')`,
    values: [accountA, accountB],
  })
  fake = createFakeAws([fakeAccount(accountA, 'alpha'), fakeAccount(accountB, 'beta')])
  rig = createRig(db, fake)
  http = await serveAs(operator, rig.resources.http)
})
afterEach(async () => {
  await http.close()
  await rig.resources.stop()
})

const get = async (url: string) => {
  const response = await http.inject({ url })
  return { status: response.statusCode, cache: response.headers['x-cache'], body: response.json() }
}
const arn = (id: string, account = accountA): string => fakeInstance(id, { account }).arn
const one = (id: string, account?: string) => get(`/resources/${encodeURIComponent(arn(id, account))}`)
const names = (body: { items: { id: string }[] }): string[] => body.items.map(({ id }) => id.replace(/.*\//, ''))
const grow = async (seconds: number) => {
  await db.query({
    text: `update sync_types set swept_at = swept_at - make_interval(secs => $1), fresh_until = fresh_until - make_interval(secs => $1)`,
    values: [seconds],
  })
  rig.reconnect()
}

test('a list over what was never synced waits for it; the next one is a hit', async () => {
  fake.instances = [fakeInstance('i-1'), fakeInstance('i-2', { account: accountB })]
  const first = await get('/resources')
  assert.equal(first.status, 200)
  assert.equal(first.cache, 'MISS')
  assert.deepEqual(first.body.freshness.partial, [])
  assert.deepEqual(names(first.body), ['i-1', 'i-2'])
  assert.deepEqual(first.body.total, { value: 2, relation: 'eq' })
  // All of what the contract says, and nothing beside it.
  assert.deepEqual(resourceListSchema.parse(first.body), first.body)
  const calls = fake.calls.length
  const second = await get('/resources')
  assert.equal(second.cache, 'HIT')
  assert.equal(second.body.freshness.source, 'cache')
  assert.ok(second.body.freshness.ageSeconds < 60)
  assert.equal(fake.calls.length, calls)
})

test('old copies are labelled stale, with their age', async () => {
  fake.instances = [fakeInstance('i-1')]
  await get('/resources')
  await grow(600)
  const list = await get('/resources')
  assert.equal(list.cache, 'STALE')
  assert.ok(list.body.freshness.ageSeconds >= 600 && list.body.freshness.ageSeconds < 660)
})

test('a broken account blanks nothing: the rest is there, and the answer says what is missing', async () => {
  fake.instances = [fakeInstance('i-1'), fakeInstance('i-2', { account: accountB })]
  fake.before.set(accountB, () => Promise.reject(accessDenied))
  const { body } = await get('/resources')
  assert.deepEqual(names(body), ['i-1'])
  assert.deepEqual(body.freshness.partial, [
    {
      account: accountB,
      region: 'eu-west-1',
      service: 'ec2',
      why: 'UnauthorizedOperation: You are not authorized to perform this operation.',
    },
  ])
  // It isn't waited for again while it backs off, and a read about another account isn't blemished.
  const calls = fake.calls.length
  assert.equal((await get('/resources')).cache, 'STALE')
  assert.equal(fake.calls.length, calls)
  const other = await get(`/resources?account=${accountA}`)
  assert.equal(other.cache, 'HIT')
  assert.deepEqual((await get('/resources?q=account:alpha')).body.freshness.partial, [])
})

test('one broken type blemishes only what is about it', async () => {
  fake.instances = [fakeInstance('i-1')]
  fake.volumes = [fakeVolume('vol-1')]
  fake.before.set(`listVolumes ${accountA}`, () => Promise.reject(accessDenied))
  const why = 'UnauthorizedOperation: You are not authorized to perform this operation.'
  const place = { account: accountA, region: 'eu-west-1', service: 'ec2' }
  const all = await get('/resources')
  assert.deepEqual(names(all.body), ['i-1'])
  assert.deepEqual(all.body.freshness.partial, [{ ...place, why: `ec2.volume: ${why}` }])
  const instances = await get('/resources?type=ec2.instance')
  assert.deepEqual([instances.cache, instances.body.freshness.partial], ['HIT', []])
  assert.equal((await get('/resources?q=type:ec2.inst*')).cache, 'HIT')
  const volumes = await get(`/resources?type=ec2.volume&account=${accountA}`)
  assert.deepEqual([volumes.cache, volumes.body.freshness.partial], ['STALE', [{ ...place, why }]])
  assert.equal((await one('i-1')).cache, 'HIT')
  const { body } = await get(`/accounts/${accountA}`)
  const [sync] = body.sync
  assert.equal(sync.status, 'failing')
  assert.deepEqual(
    sync.types.map(({ type, status, error }: any) => [type, status, error?.message]),
    readingsOf('ec2').map(({ name }) => [name, ...(name === 'ec2.volume' ? ['failing', why] : ['fresh', undefined])]),
  )
})

test('pages follow one another in natural order, in both directions, without gaps or repeats', async () => {
  const wanted = ['web-1', 'web-2', 'web-9', 'web-10', 'web-11', 'web-100']
  fake.instances = wanted.map((name, index) =>
    fakeInstance(`i-${index}`, { tags: { Name: name }, account: index % 2 ? accountA : accountB }),
  )
  const walk = async (sort: string): Promise<string[]> => {
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body, status }: { body: any; status: number } = await get(
        `/resources?limit=2&sort=${sort}${cursor && `&cursor=${cursor}`}`,
      )
      assert.equal(status, 200)
      seen.push(...body.items.map(({ name }: { name: string }) => name))
      cursor = body.nextCursor
    }
    return seen
  }
  assert.deepEqual(await walk('name'), wanted)
  assert.deepEqual(await walk('-name'), wanted.toReversed())
  for (const sort of ['id', 'type', 'state', 'account', 'region', 'cost', 'firstSeenAt', '-cost', '-firstSeenAt']) {
    assert.deepEqual((await walk(sort)).sort(), [...wanted].sort(), sort)
  }
})

test('a cursor of another list, or of nobody, is refused', async () => {
  fake.instances = ['i-1', 'i-2', 'i-3'].map((id) => fakeInstance(id))
  const { body } = await get('/resources?limit=1')
  assert.equal((await get(`/resources?limit=1&q=web&cursor=${body.nextCursor}`)).body.code, 'invalid_cursor')
  for (const cursor of ['x', 'e30', Buffer.from('{"of":"a","value":"\\u0000"}').toString('base64url')]) {
    assert.equal((await get(`/resources?cursor=${cursor}`)).body.code, 'invalid_cursor')
  }
})

test('filters and the query narrow together; a mistake in the query names its column', async () => {
  fake.instances = [
    fakeInstance('i-1', { tags: { Name: 'shop', env: 'prod' } }),
    fakeInstance('i-2', { state: 'stopped', tags: { env: 'prod' } }),
    fakeInstance('i-3', { account: accountB }),
  ]
  fake.volumes = [fakeVolume('vol-1')]
  assert.deepEqual(names((await get('/resources?type=ec2.volume')).body), ['vol-1'])
  assert.deepEqual(names((await get('/resources?q=tag.env:prod%20state:stopped')).body), ['i-2'])
  assert.deepEqual(names((await get('/resources?q=SHOP')).body), ['i-1'])
  assert.deepEqual(names((await get(`/resources?account=${accountB}&region=eu-west-1&type=ec2.instance`)).body), [
    'i-3',
  ])
  const wrong = await get('/resources?q=shop%20colour:red')
  assert.equal(wrong.status, 400)
  assert.equal(wrong.body.code, 'invalid_query')
  assert.match(wrong.body.detail, /Column 6 of the query: There is no field "colour"/)
  assert.deepEqual(wrong.body.errors[0].value, { column: 6, length: 6 })
})

test('rows leave their configuration out; a single resource has it', async () => {
  fake.instances = [fakeInstance('i-1', { raw: { Hypervisor: 'xen' } })]
  const list = await get('/resources')
  assert.deepEqual(list.body.items[0].config, {})
  const { status, cache, body } = await one('i-1')
  assert.equal(status, 200)
  assert.equal(cache, 'HIT')
  assert.deepEqual(body.config, { Hypervisor: 'xen' })
  assert.equal(body.cost.monthlyUsd, 77.79)
  assert.match(body.cost.source, /^approximate list price/)
  assert.equal(body.freshness.status, 'hit')
})

test('a single miss is fetched from AWS and kept; an unknown id is not asked for again and again', async () => {
  fake.instances = [fakeInstance('i-1')]
  const first = await one('i-1')
  assert.equal(first.cache, 'MISS')
  assert.equal(first.body.freshness.source, 'aws')
  assert.equal((await one('i-1')).cache, 'HIT')
  assert.equal(fake.calls.length, 1)
  for (let times = 0; times < 3; times++) assert.equal((await one('i-404')).body.code, 'resource_not_found')
  assert.equal(fake.calls.length, 2)
})

test('many at once share one call', async () => {
  fake.instances = [fakeInstance('i-1')]
  // AWS takes its time, so that all of them have found nothing in the inventory before it answers.
  fake.before.set(accountA, () => new Promise((resolve) => setTimeout(resolve, 3_000)))
  const answers = await Promise.all(Array.from({ length: 20 }, () => one('i-1')))
  assert.ok(answers.every(({ status }) => status === 200))
  assert.equal(fake.calls.filter((call) => call.startsWith('describeInstances')).length, 1)
})

test('a stale copy is answered at once and renewed behind it; when AWS is away it stays, with its age', async () => {
  fake.instances = [fakeInstance('i-1')]
  await get('/resources')
  const ageAll = async () => {
    await db.query({ text: `update resources set last_seen_at = last_seen_at - interval '600 s'` })
    await grow(600)
  }
  await ageAll()
  fake.instances[0] = fakeInstance('i-1', { state: 'stopped' })
  const stale = await one('i-1')
  assert.equal(stale.cache, 'STALE')
  assert.equal(stale.body.state, 'running')
  await waitFor('the renewal', async () => (await one('i-1')).body.state === 'stopped')
  assert.equal((await one('i-1')).cache, 'HIT')
  await ageAll()
  fake.before.set(accountA, () => Promise.reject(accessDenied))
  const { cache, body } = await one('i-1')
  assert.equal(cache, 'STALE')
  assert.ok(body.freshness.ageSeconds >= 600)
})

test('a miss while AWS is away says so, and can be tried again', async () => {
  fake.before.set(accountA, () => Promise.reject(accessDenied))
  const { status, body } = await one('i-1')
  assert.equal(status, 503)
  assert.match(body.detail, /could not be asked: UnauthorizedOperation/)
})

test('what may not be read does not exist', async () => {
  fake.instances = [fakeInstance('i-1'), fakeInstance('i-2', { account: accountB })]
  await get('/resources')
  rig.access.denied.add(accountB)
  assert.deepEqual(names((await get('/resources')).body), ['i-1'])
  assert.equal((await one('i-2', accountB)).status, 404)
  assert.equal((await get('/resources/summary')).body.count, 1)
  assert.equal((await get(`/resources?q=account:${accountB}`)).body.total.value, 0)
  const calls = fake.calls.length
  assert.equal((await one('i-9', accountB)).status, 404)
  assert.equal(fake.calls.length, calls)
})

test('long and odd ids in the path are answered, not crashed upon', async () => {
  for (const id of ['x', 'a'.repeat(2048), `${arn('i-1')}' or 1=1`, '../../etc/passwd', '%']) {
    assert.equal((await get(`/resources/${encodeURIComponent(id)}`)).body.code, 'resource_not_found', id.slice(0, 60))
  }
})

test('the summary counts by type, account, Region and state, and adds up the cost', async () => {
  fake.instances = [
    fakeInstance('i-1'),
    fakeInstance('i-2', { state: 'stopped' }),
    fakeInstance('i-3', { account: accountB, instanceType: 'zz9.huge' }),
  ]
  fake.volumes = [fakeVolume('vol-1')]
  const { body } = await get('/resources/summary')
  // m5.large at 0.096 an hour for 730 hours and 100 GiB of gp3 at 0.08, both times 1.11 for Ireland; stopped costs nothing,
  // the unknown type isn't guessed.
  assert.equal(body.monthlyUsd, 86.67)
  assert.equal(body.count, 4)
  assert.equal(body.withoutCost, 1)
  assert.deepEqual(body.byType, [
    { value: 'ec2.instance', count: 3, monthlyUsd: 77.79 },
    { value: 'ec2.volume', count: 1, monthlyUsd: 8.88 },
  ])
  assert.deepEqual(body.byState.map(({ type, value, count }: any) => `${type} ${value} ${count}`).sort(), [
    'ec2.instance running 2',
    'ec2.instance stopped 1',
    'ec2.volume in-use 1',
  ])
  assert.equal((await get('/resources/summary?type=ec2.volume')).body.count, 1)
})

test('a refresh reads again whatever the age: by ids, by query, by account', async () => {
  fake.instances = [fakeInstance('i-1'), fakeInstance('i-2')]
  await get('/resources')
  fake.instances = [fakeInstance('i-1', { state: 'stopped' })]
  const refresh = async (payload: object) =>
    (await http.inject({ method: 'POST', url: '/resources/refresh', payload })).json()
  const byIds = await refresh({ ids: ['i-1', arn('i-2'), 'nonsense'] })
  assert.deepEqual(
    byIds.items.map(({ state }: any) => state),
    ['stopped'],
  )
  assert.deepEqual(byIds.gone.sort(), ['i-2', 'nonsense'])
  assert.deepEqual(names((await get('/resources')).body), ['i-1'])
  fake.instances = [fakeInstance('i-1', { state: 'running' }), fakeInstance('i-3')]
  assert.equal((await refresh({ query: 'state:stopped' })).items[0].state, 'running')
  assert.equal((await refresh({ account: accountA })).freshness.status, 'miss')
  assert.deepEqual(names((await get('/resources')).body), ['i-1', 'i-3'])
  fake.instances.push(fakeInstance('i-4', { account: accountB }))
  assert.equal((await refresh({})).freshness.partial.length, 0)
  assert.deepEqual(names((await get('/resources')).body), ['i-1', 'i-3', 'i-4'])
  for (const wrong of [
    { ids: [] },
    { ids: ['i-1'], query: 'web' },
    { query: 'web', account: accountA },
    { all: true },
  ]) {
    assert.equal((await refresh(wrong)).code, 'invalid_request')
  }
  fake.before.set(accountA, () => Promise.reject(accessDenied))
  const broken = await refresh({ ids: ['i-1'] })
  assert.equal(broken.freshness.partial[0].account, accountA)
})

test('neighbours: the volumes of an instance and the instance of a volume', async () => {
  fake.instances = [fakeInstance('i-1', { volumeIds: ['vol-1', 'vol-gone'] })]
  fake.volumes = [fakeVolume('vol-1', { attachedTo: ['i-1'] }), fakeVolume('vol-2')]
  await get('/resources')
  const relations = async (id: string) =>
    (await get(`/resources/${encodeURIComponent(id)}/relations`)).body.items.map(
      ({ kind, resource }: any) => `${kind} ${resource.id}`,
    )
  assert.deepEqual(await relations(arn('i-1')), [`volume ${fakeVolume('vol-1').arn}`])
  assert.deepEqual(await relations(fakeVolume('vol-1').arn), [`attached-to ${arn('i-1')}`])
})

test('metrics come from CloudWatch, then for a moment from here', async () => {
  fake.instances = [fakeInstance('i-1', { instanceType: 't3.large' })]
  const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000
  const ago = (hours: number) => new Date(hour - hours * 3_600_000).toISOString()
  const path = `/resources/${encodeURIComponent(arn('i-1'))}/metrics`
  const url = `${path}?from=${ago(30)}&to=${ago(24)}`
  const first = await get(`${url}&name=CPUUtilization,NetworkIn`)
  assert.equal(first.cache, 'MISS')
  assert.deepEqual(
    first.body.series.map(({ name, unit, points }: any) => [name, unit, points.length]),
    [
      ['CPUUtilization', 'Percent', 180],
      ['NetworkIn', 'Bytes', 180],
    ],
  )
  assert.equal(first.body.periodSeconds, 120)
  assert.ok(first.body.metrics.some(({ name }: any) => name === 'CPUCreditBalance'))
  assert.equal((await get(`${url}&name=CPUUtilization,NetworkIn`)).cache, 'HIT')
  const [minutes] = (await get(`${url}&name=CPUUtilization&period=60&points=50`)).body.series
  assert.deepEqual([minutes.isDownsampled, minutes.points.length <= 50], [true, true])
  const all = (await get(`${url}&name=*`)).body
  assert.deepEqual(
    all.series.map(({ name }: any) => name),
    all.metrics.map(({ name }: any) => name),
  )
  const unknown = await get(`${url}&name=Temperature`)
  assert.deepEqual([unknown.status, unknown.body.code], [400, 'no_metrics'])
  assert.match(unknown.body.detail, /CPUUtilization, NetworkIn/)
  const refused = [
    `${url}&name=CPUUtilization&period=61`,
    `${url}&points=1`,
    `${path}?from=${ago(24)}&to=${ago(24)}`,
    `${path}?from=${ago(24 * 20)}&period=60`, // minutes are kept for 15 days
    `${path}?from=${ago(24 * 60)}&to=${ago(-24 * 300)}&period=300`, // more than 21,600 points
    `${path}?name=${Array.from({ length: 21 }, (_, index) => `m${index}`).join()}`,
  ]
  for (const each of refused) assert.equal((await get(each)).status, 400, each)
})
