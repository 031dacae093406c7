import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { createNoteEffects } from '../effects.ts'
import { createReadLive } from '../read/live.ts'
import { createApply } from '../sync/apply.ts'
import { accessDenied, accountA, createFakeAws, fakeAccount, fakeInstance } from '../testing/fake-aws.ts'
import type { FakeAws } from '../testing/fake-aws.ts'
import { createEventConsumer, placeOfQueue } from './consumer.ts'
import type { EventConsumer } from './consumer.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
let fake: FakeAws
let consumer: EventConsumer

before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(() => database.drop())
beforeEach(async () => {
  await db.query({ text: 'truncate resources, sync_partitions, sync_types, events' })
  fake = createFakeAws([fakeAccount(accountA, 'alpha')])
})
afterEach(() => consumer.stop())

const queueUrl = `https://sqs.eu-west-1.amazonaws.com/${accountA}/aws-orchestrator-events`
const log = createLog({ level: 'silent' })

const start = (sql: Database = db, gatherMs = 50): void => {
  const apply = createApply({ db: sql, notifier: { nudge: () => {} } })
  const readLive = createReadLive({ db: sql, aws: fake.aws, apply })
  const shared = { aws: fake.aws, clock: systemClock, log }
  const note = createNoteEffects({ ...shared, db: sql, readLive, gatherMs, priority: 'sweep', isStrict: true })
  consumer = createEventConsumer({ ...shared, queueUrl, note })
  consumer.start()
}
const stateChange = (id: string, given: object = {}): string =>
  JSON.stringify({
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    account: accountA,
    region: 'eu-west-1',
    resources: [],
    detail: { 'instance-id': id, state: 'a lie' },
    ...given,
  })
const states = async (): Promise<string[]> =>
  (
    await db.query<{ text: string }>({
      text: `select aws_id || ' ' || state as text from resources where deleted_at is null order by 1`,
    })
  ).map(({ text }) => text)

test('what an event names is read from AWS, in one call for many, and its message goes when the inventory has it', async () => {
  const ids = ['i-00000001', 'i-00000002', 'i-00000003']
  fake.instances = ids.map((id) => fakeInstance(id, { state: 'stopping' }))
  fake.messages = ids.map((id) => stateChange(id))
  start(db, 2_000)
  await waitFor('the messages to be gone', () => fake.deleted.length === 3)
  assert.deepEqual(
    await states(),
    ids.map((id) => `${id} stopping`),
  )
  assert.equal(fake.calls.filter((call) => call.startsWith('describeInstances')).length, 1)
  assert.deepEqual(consumer.counts(), { received: 3, applied: 3, unrelated: 0, malformed: 0 })
})

test('what is no event, or is about nothing here, is counted and dropped, and holds up nothing', async () => {
  fake.instances = [fakeInstance('i-00000001')]
  fake.messages = [
    'garbage',
    '{"Message":"of somebody else"}',
    stateChange('i-00000001', { account: '999999999999' }),
    stateChange('i-00000001', { region: 'ap-south-1' }),
    stateChange('i-00000001'),
  ]
  start()
  await waitFor('the messages to be gone', () => fake.deleted.length === 5)
  assert.deepEqual(await states(), ['i-00000001 running'])
  assert.deepEqual(consumer.counts(), { received: 5, applied: 1, unrelated: 2, malformed: 2 })
})

test('when AWS can not be asked the next sweep comes early, and the message goes', async () => {
  const values = [accountA]
  await db.query({
    text: `insert into sync_partitions (account, region, service, next_at) values ($1, 'eu-west-1', 'ec2', now() + interval '1 hour')`,
    values,
  })
  await db.query({
    text: `insert into sync_types (account, region, service, type, full_at)
      values ($1, 'eu-west-1', 'ec2', 'ec2.instance', now() + interval '1 hour')`,
    values,
  })
  fake.before.set(`describeInstances ${accountA}`, () => Promise.reject(accessDenied))
  fake.messages = [stateChange('i-00000001')]
  start()
  await waitFor('the message to be gone', () => fake.deleted.length === 1)
  const [due] = await db.query<{ soon: boolean }>({
    text: `select next_at < now() + interval '6 s' as soon from sync_partitions`,
  })
  assert.equal(due?.soon, true)
})

test('while the database is away nothing is deleted: the messages come again', async () => {
  fake.instances = [fakeInstance('i-00000001')]
  fake.messages = [stateChange('i-00000001')]
  const away = async (): Promise<never> => {
    throw new Error('Connection terminated unexpectedly')
  }
  start({ ...db, query: away, transaction: away })
  await waitFor('the event', () => consumer.counts().received === 1)
  await consumer.stop()
  assert.deepEqual(fake.deleted, [])
})

test('a queue that can not be read is tried again', async () => {
  let refusals = 2
  fake.before.set(`receive ${accountA}`, () => {
    if (refusals-- > 0) throw accessDenied
  })
  fake.instances = [fakeInstance('i-00000001')]
  fake.messages = [stateChange('i-00000001')]
  start()
  await waitFor('the message to be gone', () => fake.deleted.length === 1)
})

test('where a queue is stands in its URL', () => {
  assert.deepEqual(placeOfQueue(queueUrl), { account: accountA, region: 'eu-west-1' })
  assert.deepEqual(placeOfQueue('https://sqs.cn-north-1.amazonaws.com.cn/111111111111/q'), {
    account: accountA,
    region: 'cn-north-1',
  })
  assert.deepEqual(placeOfQueue('http://127.0.0.1:5000/111111111111/q'), { account: accountA, region: 'us-east-1' })
  for (const url of ['', 'x', 'https://sqs.eu-west-1.amazonaws.com/q', 'https://x/111111111111/a/b'])
    assert.equal(placeOfQueue(url), null, url)
})
