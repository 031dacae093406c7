import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { systemClock } from '#platform/clock.ts'
import { createLog } from '#platform/log.ts'
import { accountA, accountB, createFakeAws, fakeAccount, fakeInstance } from '../testing/fake-aws.ts'
import { createRig, operator } from '../testing/rig.ts'
import { createSignalReader } from './signals.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => void (database = await freshDatabase()))
after(() => database.drop())
beforeEach(async () => {
  await database.db.query({ text: 'truncate resources, sync_partitions, sync_types, signal_places, resource_signals' })
})

const log = createLog({ level: 'silent' })
const signals = async () =>
  (
    await database.db.query<{ id: string; cpu_avg: number }>({
      text: 'select id, cpu_avg from resource_signals order by id',
    })
  ).map(({ id, cpu_avg }) => [id.replace(/.*\//, ''), cpu_avg])

const readingOf = async (accounts: string[]) => {
  const fake = createFakeAws(accounts.map((id) => fakeAccount(id, id)))
  fake.instances = [
    fakeInstance('i-1'),
    fakeInstance('i-2', { state: 'stopped' }),
    ...accounts.slice(1).map((account) => fakeInstance('i-3', { account })),
  ]
  const { resources } = createRig(database.db, fake)
  for (const account of accounts) {
    const place = fakeAccount(account, account)
    await resources.resolveTargets(
      operator,
      { ids: fake.instances.filter((one) => one.account === account).map(({ arn }) => arn), account: place.id },
      'ec2.instance',
    )
  }
  const reader = () => createSignalReader({ db: database.db, aws: fake.aws, clock: systemClock, log })
  return { fake, reader }
}

test('the mean CPU of what runs is measured once an hour, by one process at a time', async () => {
  const { fake, reader } = await readingOf([accountA, accountB])
  const [one, other] = [reader(), reader()]
  const results = await Promise.all([one.measureNext(), other.measureNext(), one.measureNext()])
  assert.deepEqual(results.filter(Boolean).length, 2) // two places
  assert.deepEqual(await signals(), [
    ['i-1', 12.5],
    ['i-3', 12.5],
  ])
  const calls = fake.calls.filter((call) => call.startsWith('getMetricData')).length
  assert.equal(calls, 2)
  assert.equal(await other.measureNext(), false) // nothing is due
})

test('a place that can not be read says why and is tried again later; the others are measured', async () => {
  const { fake, reader } = await readingOf([accountA, accountB])
  fake.before.set(accountA, () => {
    throw new Error('no metrics today')
  })
  const one = reader()
  while (await one.measureNext());
  assert.deepEqual(await signals(), [['i-3', 12.5]])
  const [failed] = await database.db.query<{ last_error: string; seconds: number }>({
    text: `select last_error, extract(epoch from next_at - now())::int as seconds from signal_places where account = $1`,
    values: [accountA],
  })
  assert.match(failed?.last_error ?? '', /could not be read/)
  assert.ok((failed?.seconds ?? 0) > 590 && (failed?.seconds ?? 0) <= 600)
})

test('what a process that died had begun, another one goes on with once the lease is over', async () => {
  const { reader } = await readingOf([accountA])
  await database.db.query({
    text: `insert into signal_places (account, region, lease_token, lease_until) values ($1, 'eu-west-1', gen_random_uuid(), now() + interval '1 minute')`,
    values: [accountA],
  })
  const one = reader()
  assert.equal(await one.measureNext(), false)
  await database.db.query({ text: `update signal_places set lease_until = now() - interval '1 second'` })
  assert.equal(await one.measureNext(), true)
  assert.deepEqual(await signals(), [['i-1', 12.5]])
})
