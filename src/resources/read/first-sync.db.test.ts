import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { systemClock } from '#platform/clock.ts'
import type { Clock } from '#platform/clock.ts'
import { createSyncStates } from '../sync/states.ts'
import type { Sweeper } from '../sync/sweep.ts'
import { accountA } from '../testing/fake-aws.ts'
import { createFirstSync } from './first-sync.ts'
import { freshnessOf } from './freshness.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
  await database.db.query({
    text: `insert into sync_partitions (account, region, service) values ($1, 'eu-west-1', 'ec2')`,
    values: [accountA],
  })
})
after(() => database.drop())

const statesOf = () => createSyncStates({ db: database.db, clock: systemClock })

test('a read waits ten seconds for what was never synced, then answers in part', async () => {
  const slept: number[] = []
  const never = new Promise<'swept'>(() => {})
  const sweeper: Sweeper = { run: () => never, sweepNow: () => never, stop: async () => {} }
  const clock: Clock = { ...systemClock, sleep: async (milliseconds) => void slept.push(milliseconds) }
  const { partitions, hasWaited } = await createFirstSync({ states: statesOf(), sweeper, clock }).partitions(
    [accountA],
    () => true,
  )
  assert.deepEqual(slept, [10_000])
  assert.deepEqual(freshnessOf(partitions, hasWaited), {
    source: 'aws',
    ageSeconds: null,
    status: 'miss',
    partial: [
      { account: accountA, region: 'eu-west-1', service: 'ec2', why: 'It is still being read for the first time.' },
    ],
  })
})

test('a read waits for the process that has the partition already, and no longer than it takes', async () => {
  let looks = 0
  const clock: Clock = {
    ...systemClock,
    sleep: async (milliseconds, signal) => {
      if (milliseconds === 10_000) return systemClock.sleep(milliseconds, signal)
      looks++
      await database.db.query({
        text: `insert into sync_types (account, region, service, type, swept_at)
          select account, region, service, 'ec2.instance', now() from sync_partitions where $1 > 2`,
        values: [looks],
      })
    },
  }
  await database.db.query({ text: `update sync_partitions set lease_until = now() + interval '60 s'` })
  const sweeper: Sweeper = { run: async () => 'swept', sweepNow: async () => 'elsewhere', stop: async () => {} }
  const { partitions } = await createFirstSync({ states: statesOf(), sweeper, clock }).partitions(
    [accountA],
    ({ type }) => type === 'ec2.instance',
  )
  // The other process goes on with the rest of the partition; what was asked for is there.
  assert.equal(looks, 3)
  assert.notEqual(partitions[0]?.sweptAt, null)
})
