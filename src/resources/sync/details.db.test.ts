import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import type { Bucket, BucketConfiguration } from '#aws/s3.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { accountA, createFakeAws, fakeAccount } from '../testing/fake-aws.ts'
import { createApply } from './apply.ts'
import type { Apply } from './apply.ts'
import { reconcilePartitions } from './partitions.ts'
import { createSweeper } from './sweep.ts'
import { createTrouble } from './trouble.ts'

/** Two readings of the same resources, each in a partition of its own: what one knows the other must not take away. */

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(() => database.drop())
beforeEach(() => db.query({ text: 'truncate resources, sync_partitions, sync_types, events' }))

const base = { account: accountA, region: 'eu-west-1', service: 's3' }
const more = { ...base, service: 's3-details' }
const named = (name: string): Bucket => ({
  name,
  arn: `arn:aws:s3:::${name}`,
  account: accountA,
  region: 'eu-west-1',
  createdAt: null,
})
const configuration: BucketConfiguration = {
  encryption: { algorithm: 'aws:kms', kmsKeyId: 'key' },
  versioning: { status: 'Enabled', mfaDelete: false },
  publicAccessBlock: null,
  policyStatus: null,
  acl: { isPublic: false },
  lifecycleRules: [],
  notificationTargets: [],
  tags: { env: 'dev' },
  unreadable: [],
}

/** An account with these buckets; `whileDescribing` and `beforeApply` run in the middle of a sweep. */
const open = async (names: string[]) => {
  const fake = createFakeAws([fakeAccount(accountA, 'alpha')])
  const described: string[] = []
  const on = { describing: async () => {}, applying: async () => {} }
  const aws = {
    ...fake.aws,
    cloudwatch: async (...place: Parameters<typeof fake.aws.cloudwatch>) => ({
      ...(await fake.aws.cloudwatch(...place)),
      getMetricData: async () => [],
    }),
    s3: async () => ({
      listBuckets: async function* () {
        yield names.map(named)
      },
      findBuckets: async (_call: unknown, wanted: readonly string[]) =>
        names.filter((name) => wanted.includes(name)).map(named),
      describeBucket: async (_call: unknown, name: string) => {
        described.push(name)
        await on.describing()
        return configuration
      },
    }),
  }
  const real = createApply({ db, notifier: { nudge: () => {} } })
  const slow: Apply = {
    ...real,
    apply: async (...args) => {
      await on.applying()
      return real.apply(...args)
    },
  }
  const sweeper = (apply: Apply) =>
    createSweeper({
      db,
      aws,
      apply,
      trouble: createTrouble({ db, alarms: undefined }),
      clock: systemClock,
      log: createLog({ level: 'silent' }),
    })
  await reconcilePartitions({ db, aws, apply: real })
  return { sweeper: sweeper(real), slow: sweeper(slow), described, on, names }
}
const once = (work: () => Promise<unknown>) => {
  let isDone = false
  return async (): Promise<void> => {
    if (isDone) return
    isDone = true
    await work()
  }
}
const encryption = async () =>
  (
    await db.query<{ text: string }>({
      text: `select aws_id || ' ' || coalesce(summary ->> 'encryption', 'not known') as text
        from resources where deleted_at is null order by 1`,
    })
  ).map(({ text }) => text)

test('buckets are there before anything is known of them, and keep what was found out', async () => {
  const { sweeper, described, names } = await open(['a1', 'b2'])
  assert.equal(await sweeper.sweepNow(base), 'swept')
  assert.deepEqual([await encryption(), described], [['a1 not known', 'b2 not known'], []])
  assert.equal(await sweeper.sweepNow(more), 'swept')
  assert.deepEqual(
    [await encryption(), described],
    [
      ['a1 aws:kms', 'b2 aws:kms'],
      ['a1', 'b2'],
    ],
  )
  names.push('c3')
  assert.equal(await sweeper.sweepNow(base), 'swept')
  assert.deepEqual(await encryption(), ['a1 aws:kms', 'b2 aws:kms', 'c3 not known'])
  // What nothing is known of has precedence.
  described.length = 0
  await sweeper.sweepNow(more)
  assert.deepEqual(described, ['c3', 'a1', 'b2'])
  names.shift()
  await sweeper.sweepNow(more)
  assert.equal((await encryption()).length, 3, 'only the listing tells what is gone')
  await sweeper.sweepNow(base)
  assert.deepEqual(await encryption(), ['b2 aws:kms', 'c3 aws:kms'])
})

test('a listing that overtakes the details does not cost them', async () => {
  const { sweeper, on } = await open(['a1'])
  on.describing = once(() => sweeper.sweepNow(base))
  assert.equal(await sweeper.sweepNow(more), 'swept')
  assert.deepEqual(await encryption(), ['a1 aws:kms'])
})

test('details that come while a listing is on its way are not overwritten by it, whichever was asked for first', async () => {
  const { sweeper, slow, on } = await open(['a1'])
  const answered = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  on.describing = once(async () => {
    asked.resolve()
    await answered.promise
  })
  const details = sweeper.sweepNow(more)
  await asked.promise
  // The listing knows of no details yet when they come.
  on.applying = once(async () => {
    answered.resolve()
    await details
  })
  assert.equal(await slow.sweepNow(base), 'swept')
  assert.deepEqual(await encryption(), ['a1 aws:kms'])
})
