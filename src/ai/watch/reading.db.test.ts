import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import type { Principal } from '#contracts/principal.ts'
import { systemClock } from '#platform/clock.ts'
import type { Http } from '#platform/http/service.ts'
import { uuidv7 } from '#platform/ids.ts'
import { anomaliesHttp } from '../http/anomalies.ts'
import type { Find } from '../find.ts'
import { recordSightings } from './record.ts'
import type { FindNear, News } from './record.ts'
import type { Sighting } from './anomaly-store.ts'
import { claimPlace, followSeries, readPins, reconcilePlaces, writeBands } from './store.ts'
import type { Place } from './store.ts'

const principal: Principal = {
  userId: '01920000-0000-7000-8000-000000000001',
  email: 'operator@example.com',
  roles: ['operator'],
  via: 'session',
  credentialId: null,
  scopes: null,
}
const account = '111111111111'
const region = 'eu-west-1'
const arn = (id: string): string => `arn:aws:ec2:${region}:${account}:instance/${id}`
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 27, 10, minute))

let database: Awaited<ReturnType<typeof freshDatabase>>
let http: Http
let place: Place
const series: Record<string, string> = {}
before(async () => {
  database = await freshDatabase()
  const { db } = database
  const accounts = [
    {
      id: account,
      name: 'a',
      cloud: 'sandbox',
      regions: [region],
      credentials: { kind: 'sandbox' },
      isProduction: false,
    },
  ] as const
  const find = (async (_principal: unknown, id: string) => ({
    resource: { id },
    account: accounts[0],
  })) as unknown as Find
  http = await serveAs(principal, [
    anomaliesHttp({
      db,
      clock: systemClock,
      find,
      readableAccounts: async () => accounts.map((one) => ({ ...one, regions: [region] })),
    }),
  ])
  await reconcilePlaces(db, [{ account, region }])
  const claimed = await claimPlace(db, uuidv7(), 60)
  assert.ok(claimed && !claimed.wasHeld)
  place = claimed
  const kin: Record<string, string | null> = { 'i-1': 'shop/prod', 'i-2': 'shop/prod', 'i-3': 'other/prod' }
  const followed = await followSeries(
    db,
    place,
    Object.entries(kin).map(([id, own]) => ({
      id: uuidv7(),
      resourceId: arn(id),
      resourceName: `name of ${id}`,
      metric: 'CPUUtilization',
      kin: own,
      reasons: ['alarm'],
    })),
  )
  for (const { id, resourceId } of followed) series[resourceId.replace(/.*\//, '')] = id
})
after(async () => {
  await http.close()
  await database.drop()
})

const sighting = (id: string, beganMinute: number, minute: number, score = 0.5, value = 90): Sighting => ({
  seriesId: series[id] ?? '',
  account,
  region,
  resourceId: arn(id),
  resourceName: `name of ${id}`,
  metric: 'CPUUtilization',
  kin: id === 'i-3' ? 'other/prod' : 'shop/prod',
  beganAt: at(beganMinute),
  at: at(minute),
  score,
  value,
  expected: 40,
  low: 30,
  high: 50,
  evidence: [{ name: 'value', meaning: 'out of the usual', share: 1, oneIn: 500 }] as Sighting['evidence'],
})
/** Writes them down; returns what was told. */
const record = async (where: Place, sightings: Sighting[], near: FindNear = async () => new Map()): Promise<News[]> => {
  const news: News[] = []
  await recordSightings({ db: database.db, near, tell: async (one) => void news.push(one) }, where, sightings)
  return news
}
const get = async (url: string) => (await http.inject({ url })).json()

test('what belongs together by time and kin is one incident, said twice it is one anomaly', async () => {
  const first = await record(place, [sighting('i-1', 0, 0), sighting('i-1', 0, 5, 0.9, 97), sighting('i-2', 10, 10)])
  assert.equal(first.length, 2)
  assert.equal((await record(place, [sighting('i-1', 0, 5, 0.9, 97)])).length, 0)
  await record(place, [sighting('i-3', 10, 10), sighting('i-2', 55, 55)])
  const { items, total } = await get('/ai/anomalies')
  assert.equal(total.value, 4)
  const incidentOf = (id: string, minute: number) =>
    items.find((one: any) => one.resource.id === arn(id) && one.beganAt === at(minute).toISOString()).incident
  assert.equal(incidentOf('i-1', 0), incidentOf('i-2', 10))
  assert.notEqual(incidentOf('i-1', 0), incidentOf('i-3', 10))
  // 45 minutes after the last that was seen.
  assert.notEqual(incidentOf('i-1', 0), incidentOf('i-2', 55))
  const worst = items.find((one: any) => one.resource.id === arn('i-1'))
  assert.deepEqual([worst.score, worst.value, worst.lastAt], [0.9, 97, at(5).toISOString()])
  const kindred = items.find((one: any) => one.resource.id === arn('i-2') && one.beganAt === at(10).toISOString())
  assert.deepEqual([worst.joinedBy, kindred.joinedBy], [null, { kind: 'tags', resource: null, path: [] }])
})

test('the list is narrowed and goes on with its cursor', async () => {
  const page = await get('/ai/anomalies?limit=3')
  assert.equal(page.items.length, 3)
  assert.equal((await get(`/ai/anomalies?limit=3&cursor=${page.nextCursor}`)).items.length, 1)
  assert.equal((await get(`/ai/anomalies?resource=${encodeURIComponent(arn('i-2'))}`)).total.value, 2)
  assert.equal((await get(`/ai/anomalies?incident=${page.items[0].incident}`)).items.length, 1)
  assert.equal((await get('/ai/anomalies?account=222222222222')).total.value, 0)
  assert.equal((await get(`/ai/anomalies?from=${at(50).toISOString()}`)).total.value, 1)
  assert.equal((await http.inject({ url: '/ai/anomalies?cursor=nonsense' })).statusCode, 400)
})

test('bands are kept by the hour, and a minute that is there stays', async () => {
  const { db } = database
  const seriesId = series['i-1'] ?? ''
  const hour = at(0).toISOString()
  await writeBands(db, [{ seriesId, hour, points: [[0, 40, 30, 50]] }])
  await writeBands(db, [
    {
      seriesId,
      hour,
      points: [
        [0, 1, 1, 1],
        [5, 41, 31, 51],
      ],
    },
  ])
  const url = `/ai/bands?resource=${encodeURIComponent(arn('i-1'))}&name=CPUUtilization`
  assert.deepEqual(await get(`${url}&from=${hour}&to=${at(59).toISOString()}`), {
    isWatched: true,
    points: [
      { at: at(0).toISOString(), value: 40, low: 30, high: 50 },
      { at: at(5).toISOString(), value: 41, low: 31, high: 51 },
    ],
  })
  const unknown = await get(`/ai/bands?resource=${encodeURIComponent(arn('i-9'))}&name=CPUUtilization`)
  assert.deepEqual(unknown, { isWatched: false, points: [] })
})

test('a resource is pinned and no longer, and says why it is followed', async () => {
  const url = `/ai/watched/${encodeURIComponent(arn('i-1'))}`
  for (let twice = 0; twice < 2; twice++) assert.equal((await http.inject({ method: 'PUT', url })).statusCode, 204)
  assert.deepEqual(await readPins(database.db, account), [arn('i-1')])
  assert.equal((await http.inject({ method: 'DELETE', url })).statusCode, 204)
  assert.deepEqual(await readPins(database.db, account), [])
  const { items, total } = await get('/ai/watched?limit=2')
  assert.deepEqual([items.length, total.value], [2, 3])
  assert.deepEqual(items[0].metrics, [{ name: 'CPUUtilization', hasData: true, judgedUntil: null }])
})

test('a process that lost a place writes nothing there', async () => {
  const lost = { ...place, token: uuidv7() }
  assert.deepEqual(await record(lost, [sighting('i-1', 30, 30)]), [])
  assert.equal((await get(`/ai/anomalies?from=${at(30).toISOString()}`)).total.value, 1)
})

test('what is related is one incident, the nearest first, and it is said by which way', async () => {
  const group = { kind: 'target-group', id: 'arn:tg', name: 'tg', type: 'elb.target-group' }
  const end = (id: string) => ({ kind: 'target', id: arn(id), name: `name of ${id}`, type: 'ec2.instance' })
  // i-3 shares no tags with the others; i-1 is two relations away from it.
  const near: FindNear = async (_account, ids) =>
    new Map(ids.map((id) => [id, [{ id: arn('i-1'), path: [group, end('i-1')] }]]))
  const day = 24 * 60
  await record(place, [sighting('i-1', day, day + 5)])
  const [told] = await record(place, [sighting('i-3', day + 10, day + 10)], near)
  assert.deepEqual(told?.joinedBy, {
    kind: 'relation',
    resource: { id: arn('i-1'), name: 'name of i-1' },
    path: [group, end('i-1')],
  })
  const { items } = await get(`/ai/anomalies?incident=${told?.incidentId}`)
  assert.deepEqual(items.map((one: any) => one.resource.id).sort(), [arn('i-1'), arn('i-3')])
  assert.deepEqual(items.find((one: any) => one.resource.id === arn('i-3')).joinedBy, told?.joinedBy)
  // Related all the same, but an hour later.
  const [late] = await record(place, [sighting('i-3', day + 70, day + 70)], near)
  assert.notEqual(late?.incidentId, told?.incidentId)
  assert.equal(late?.joinedBy, null)
})
