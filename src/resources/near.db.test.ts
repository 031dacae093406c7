import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../test/support/database.ts'
import type { Database } from '#platform/db/database.ts'
import { identifyBilled, readNewcomers, readTotals } from './daily-totals.ts'
import { readNear } from './near.ts'
import { createApply } from './sync/apply.ts'
import type { Observed } from './types/resource-type.ts'
import { readUnused } from './unused.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
const account = '111111111111'
const region = 'eu-west-1'
const instance = (id: string): string => `arn:aws:ec2:${region}:${account}:instance/${id}`
const [web, group] = ['arn:web', 'arn:group']

const put = async (
  type: string,
  id: string,
  awsId: string,
  summary: Record<string, unknown>,
  more: Partial<Observed> = {},
) => {
  const row: Observed = {
    id,
    awsId,
    type,
    service: type.split('.')[0] ?? '',
    account,
    region,
    name: awsId,
    state: null,
    tags: {},
    cost: null,
    summary,
    config: {},
    ...more,
  }
  await createApply({ db, notifier: { nudge: () => {} } }).apply({ account, region, type }, [row], new Date())
}
const usd = (monthlyUsd: number) => ({ cost: { monthlyUsd, source: 'test' } })

before(async () => {
  database = await freshDatabase()
  db = database.db
  // Two machines behind one load balancer, in a network with a third.
  for (const id of ['i-00000001', 'i-00000002', 'i-00000003'])
    await put('ec2.instance', instance(id), id, { vpcId: 'vpc-00000001' }, { state: 'running', ...usd(73) })
  await put('ec2.vpc', 'arn:vpc', 'vpc-00000001', {})
  await put('elb.target-group', group, 'tg', { targetIds: ['i-00000001', 'i-00000002'], loadBalancerArns: [web] })
  await put('elb.load-balancer', web, 'app/web/1', { targetGroupArns: [group] }, usd(16.43))
  await put(
    'ec2.volume',
    `arn:aws:ec2:${region}:${account}:volume/vol-00000001`,
    'vol-00000001',
    { sizeGib: 100 },
    {
      state: 'available',
      ...usd(8),
    },
  )
  await put('ec2.snapshot', 'arn:snap', 'snap-00000001', { sizeGib: 50, volumeId: 'vol-00000001' }, usd(2.5))
  await put(
    'ec2.address',
    `arn:aws:ec2:${region}:${account}:elastic-ip/eipalloc-1`,
    'eipalloc-1',
    { publicIp: '198.51.100.1' },
    usd(3.65),
  )
})
after(() => database.drop())

test('what lies within two relations is near, with the way there; what half an account hangs on leads nowhere', async () => {
  const near = (await readNear(db, account, [instance('i-00000001')])).get(instance('i-00000001')) ?? []
  const ways = Object.fromEntries(near.map(({ id, path }) => [id, path.map((step) => step.id)]))
  assert.deepEqual(ways[group], [group])
  assert.deepEqual(ways[web], [group, web])
  assert.deepEqual(ways[instance('i-00000002')], [group, instance('i-00000002')])
  assert.equal(ways[instance('i-00000003')], undefined, 'the same network only')
  assert.ok(near.findIndex(({ id }) => id === group) < near.findIndex(({ id }) => id === web), 'the nearest first')
})

test('each of several has its own neighbours, and what is not there has none', async () => {
  const near = await readNear(db, account, [web, instance('i-00000002'), 'arn:nobody'])
  assert.ok(near.get(web)?.some(({ id }) => id === instance('i-00000001')))
  assert.ok(near.get(instance('i-00000002'))?.some(({ id }) => id === web))
  assert.equal(near.get('arn:nobody'), undefined)
  assert.equal((await readNear(db, '222222222222', [web])).size, 0)
})

test('what an account costs and stores is added up by service and by Region', async () => {
  const { costs, storage } = await readTotals(db, account)
  const byService = Object.fromEntries(
    costs.map(({ service, monthlyUsd }) => [service, Math.round(monthlyUsd * 100) / 100]),
  )
  assert.deepEqual(byService, {
    'Amazon Elastic Compute Cloud - Compute': 219,
    'EC2 - Other': 10.5,
    'Amazon Elastic Load Balancing': 16.43,
    'Amazon Virtual Private Cloud': 3.65,
  })
  assert.deepEqual(storage, [
    { region, kind: 'snapshots', gib: 50 },
    { region, kind: 'volumes', gib: 100 },
  ])
})

test('what a bill names is found, and what came to a service since then', async () => {
  const known = await identifyBilled(db, account, ['i-00000001', web, 'i-gone'])
  assert.deepEqual(known.get('i-00000001'), { id: instance('i-00000001'), name: 'i-00000001' })
  assert.deepEqual(known.get(web), { id: web, name: 'app/web/1' })
  assert.deepEqual(known.get('i-gone'), { id: 'i-gone', name: null })
  const service = 'Amazon Elastic Compute Cloud - Compute'
  assert.equal((await readNewcomers(db, account, service, new Date(0), 2)).length, 2)
  assert.deepEqual(await readNewcomers(db, account, service, new Date(Date.now() + 3_600_000), 2), [])
})

test('what nothing uses is found in its place', async () => {
  const found = await readUnused(db, { account, region, limit: 10 })
  assert.deepEqual(
    found.map(({ kind, awsId, monthlyUsd }) => [kind, awsId, monthlyUsd]),
    [
      ['unattached-volume', 'vol-00000001', 8],
      ['unassociated-address', 'eipalloc-1', 3.65],
    ],
  )
  assert.deepEqual(await readUnused(db, { account, region: 'us-east-1', limit: 10 }), [])
})
