import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import type { Account, Aws } from '#aws/cloud.ts'
import type { MetricQuery } from '#aws/cloudwatch.ts'
import { systemClock } from '#platform/clock.ts'
import type { Advisable } from '#resources/advisable.ts'
import type { Unused } from '#resources/unused.ts'
import { reconcilePlaces } from '../watch/store.ts'
import { createAdvisor } from './advisor.ts'
import { listRecommendations } from './store.ts'

const account: Account = {
  id: '111111111111',
  name: 'a',
  cloud: 'sandbox',
  regions: ['us-east-1'],
  credentials: { kind: 'sandbox' },
  isProduction: false,
}
const dayMs = 86_400_000
const place = { account: account.id, region: 'us-east-1', token: '01920000-0000-7000-8000-0000000000aa' }
const volume = (awsId: string): Unused => ({
  kind: 'unattached-volume',
  id: `arn:aws:ec2:us-east-1:${account.id}:volume/${awsId}`,
  awsId,
  name: awsId,
  summary: { sizeGib: 100, createdAt: '2026-01-01T00:00:00.000Z' },
  monthlyUsd: 8,
  since: null,
})
let unused: Unused[] = [volume('vol-idle'), volume('vol-new'), volume('vol-kept')]
let there: Advisable[] = []
const asked: MetricQuery[][] = []

let database: Awaited<ReturnType<typeof freshDatabase>>
let advise: () => Promise<Record<string, string>>
before(async () => {
  database = await freshDatabase()
  const { db } = database
  await reconcilePlaces(db, [{ account: account.id, region: 'us-east-1' }])
  await db.query({
    text: `update watch_places set lease_token = $1, lease_until = now() + interval '1 hour'`,
    values: [place.token],
  })
  const aws = {
    cloudwatch: async () => ({
      getMetricData: async (_call: unknown, { queries, to }: { queries: MetricQuery[]; to: Date }) => {
        asked.push(queries)
        // One was attached until five days ago.
        return queries.map(({ dimensions }) =>
          dimensions['VolumeId'] === 'vol-new' ? [{ atMs: to.getTime() - 5 * dayMs, value: 7 }] : [],
        )
      },
    }),
  } as unknown as Aws
  const look = createAdvisor({
    db,
    aws,
    clock: { ...systemClock, sleep: async () => {} },
    advisable: async () => [],
    current: async (_account, ids) => there.filter(({ id }) => ids.includes(id)),
    unused: async () => unused,
  })
  advise = async () => {
    await db.query({ text: 'update watch_places set advise_at = now()' })
    await look(place, account, new AbortController().signal)
    const filter = { accounts: [account.id], kind: undefined, finding: undefined, status: 'all', q: undefined }
    const found = await listRecommendations(db, filter, undefined, 50)
    return Object.fromEntries(
      found.map(({ resource, status, realised }) => [
        resource.name ?? '',
        `${status}${realised === null ? '' : ` ${realised.monthlyUsd}`}`,
      ]),
    )
  }
})
after(() => database.drop())

test('volumes that were not attached for long are recommended, all asked about in one call', async () => {
  assert.deepEqual(await advise(), { 'vol-idle': 'open', 'vol-kept': 'open' })
  assert.equal(asked.length, 1)
  assert.deepEqual(
    asked[0]?.map(({ namespace, name, dimensions }) => [namespace, name, dimensions['VolumeId']]),
    ['vol-idle', 'vol-new', 'vol-kept'].map((id) => ['AWS/EBS', 'VolumeReadOps', id]),
  )
})

test('one that was deleted saves what it cost; one that is attached is no longer one', async () => {
  const [, , kept] = unused
  assert.ok(kept)
  there = [{ ...kept, type: 'ec2.volume', state: 'in-use', tags: {}, monthlyUsd: 8 }]
  unused = []
  assert.deepEqual(await advise(), { 'vol-idle': 'applied 8', 'vol-kept': 'gone' })
})
