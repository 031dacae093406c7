import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { accountA, accountB } from '../testing/fake-aws.ts'
import { createSyncStates } from './states.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
const sql = (text: string, ...values: unknown[]) => database.db.query({ text, values })
before(async () => {
  database = await freshDatabase()
  await sql(
    `insert into sync_partitions (account, region, service) values ($1, 'eu-west-1', 'ec2'), ($2, 'eu-west-1', 'ec2')`,
    accountA,
    accountB,
  )
  await sql(`insert into sync_types (account, region, service, type, swept_at, fresh_until)
    select account, region, service, 'ec2.instance', now(), now() + interval '60 s' from sync_partitions`)
})
after(() => database.drop())

/** With a clock that is set, and the readings of all states counted. */
const rig = () => {
  let aheadMs = 0
  let readings = 0
  const db: Database = {
    ...database.db,
    query: (statement) => {
      if (statement.name === 'partitions.read') readings++
      return database.db.query(statement)
    },
  }
  const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + aheadMs }
  const states = createSyncStates({ db, clock })
  const instances = async (account = accountA) => {
    aheadMs += 2_000 // no view is as old as that
    const found = (await states.read([account])).find(({ type }) => type === 'ec2.instance')
    assert.ok(found)
    return found
  }
  return { instances, readings: () => readings, pass: (ms: number) => void (aheadMs += ms) }
}

test('states that did not change are not read again; their ages go on', async () => {
  const { instances, readings, pass } = rig()
  const first = await instances()
  const second = await instances()
  assert.equal(readings(), 1)
  assert.ok(second.ageSeconds! - first.ageSeconds! >= 2, `${first.ageSeconds} ${second.ageSeconds}`)
  assert.equal(second.isFresh, true)
  pass(60_000)
  await instances()
  assert.equal(readings(), 2, 'ages are counted anew once in a while')
})

test('every change is seen: of a row, a new one, one that is gone, a lease that ran out, a pause that is over', async () => {
  const { instances, readings } = rig()
  await instances()
  const seen = async (change: string, ...values: unknown[]) => {
    const before = readings()
    await sql(change, ...values)
    const state = await instances()
    assert.equal(readings(), before + 1, change)
    assert.equal((await instances()).sweptAt?.getTime(), state.sweptAt?.getTime())
    assert.equal(readings(), before + 1, `nothing since ${change}`)
    return state
  }
  const ofA = `account = '${accountA}'`
  assert.equal((await seen(`update sync_types set seen = 7 where ${ofA}`)).seen, 7)
  await seen(`insert into sync_partitions (account, region, service) values ($1, 'us-east-1', 'ec2')`, accountA)
  await seen(`delete from sync_partitions where region = 'us-east-1'`)
  await seen(`update sync_types set seen = 8 where account = $1`, accountB)

  const isLeased = async (change: string) => (await seen(change)).isLeased
  assert.equal(
    await isLeased(
      `update sync_partitions set lease_until = now() + interval '700 ms', lease_token = gen_random_uuid() where ${ofA}`,
    ),
    true,
  )
  assert.equal(await isLeased('select pg_sleep(0.8)'), false)

  const isBackingOff = async (change: string) => (await seen(change)).isBackingOff
  const failed = `last_error = 'no', full_at = now() + interval '700 ms'`
  assert.equal(await isBackingOff(`update sync_types set ${failed} where ${ofA}`), true)
  assert.equal(await isBackingOff('select pg_sleep(0.8)'), false)
})
