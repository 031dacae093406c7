import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import fc from 'fast-check'
import { freshDatabase } from '../../../test/support/database.ts'
import type { Database } from '#platform/db/database.ts'
import { deleteOldVersions, listVersions, stepsSince } from '../store/versions.ts'
import { purgeDeleted } from '../store/write.ts'
import { createApply } from '../sync/apply.ts'
import { accountA, fakeInstance } from '../testing/fake-aws.ts'
import { observeInstance } from '../types/ec2-instance.ts'
import { observeLogGroup } from '../types/logs-group.ts'
import type { Observed } from '../types/resource-type.ts'
import { noiseOf } from './noise.ts'
import { stateAt } from './state-at.ts'
import type { State } from './state.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database

const group = { account: accountA, region: 'eu-west-1', type: 'ec2.instance' }
const start = Date.parse('2026-05-01T00:00:00Z')
const time = (seconds: number): Date => new Date(start + seconds * 1000)
const apply = () => createApply({ db, notifier: { nudge: () => {} } })
const id = fakeInstance('i-1').arn

before(async () => {
  database = await freshDatabase()
  db = database.db
  // What stood in the row after each write, as the database itself saw it: not by the code under test.
  await db.query({
    text: `create table seen (number bigint generated always as identity, at timestamptz, "row" jsonb, is_gone boolean);
    create function see() returns trigger language plpgsql as $$ begin
      insert into seen (at, "row", is_gone) values (new.last_seen_at, jsonb_build_object('name', new.name, 'state', new.state,
        'tags', new.tags, 'summary', new.summary, 'config', new.config), new.deleted_at is not null);
      return new;
    end $$;
    create trigger see after insert or update on resources for each row execute function see()`,
  })
})
after(() => database.drop())
beforeEach(async () => {
  await db.query({ text: 'truncate resources, resource_versions, sync_partitions, sync_types, events' })
  await db.query({
    text: `with place as (insert into sync_partitions (account, region, service) values ($1, 'eu-west-1', 'ec2') returning *)
      insert into sync_types (account, region, service, type, swept_at) select account, region, service, 'ec2.instance', now() from place`,
    values: [accountA],
  })
})

const instance = (given: Parameters<typeof fakeInstance>[1] = {}): Observed =>
  observeInstance(fakeInstance('i-1', given))
const put = (seconds: number, given: Parameters<typeof fakeInstance>[1] = {}): Promise<string[]> =>
  apply().apply(group, [instance(given)], time(seconds))
const versions = async (of = id) =>
  (
    await listVersions(db, { account: accountA, id: of }, { from: null, to: null, below: null, limit: 500 })
  ).toReversed()
const kinds = async (): Promise<string[]> => (await versions()).map(({ version, kind }) => `${version} ${kind}`)

const then = async (at: Date, noise = noiseOf(undefined)) => {
  const [row] = await db.query<State>({
    text: 'select name, state, tags, summary, config from resources where id = $1',
    values: [id],
  })
  const nothing: State = { name: null, state: null, tags: {}, summary: {}, config: {} }
  return stateAt(await stepsSince(db, accountA, id, at), at, row ?? nothing, noise)
}
const stateThen = async (seconds: number): Promise<string> => {
  const found = await then(time(seconds))
  return found.kind === 'there' ? String(found.state.state) : found.kind
}

test('what is seen unchanged writes nothing, and a change exactly one version', async () => {
  await put(0)
  await put(10)
  assert.deepEqual(await kinds(), ['1 created'])
  await put(20, { state: 'stopped' })
  await put(30, { state: 'stopped' })
  assert.deepEqual(await kinds(), ['1 created', '2 changed'])
  const [, changed] = await versions()
  assert.deepEqual(changed?.at, time(20))
  assert.ok(
    changed?.changes.some((one) => one.path === '/state' && one.before === 'running' && one.after === 'stopped'),
  )
})

test('what was there when its type was first read is found, not created', async () => {
  await db.query({ text: `update sync_types set swept_at = null` })
  await put(0)
  assert.deepEqual(await versions(), [])
  await put(10, { state: 'stopped' })
  assert.deepEqual(await kinds(), ['1 changed'])
  assert.equal(await stateThen(5), 'running')
})

test('noise makes no version, and is not in a state of the past', async () => {
  const log = (storedBytes: number, retentionDays: number): Observed =>
    observeLogGroup({
      name: '/x',
      arn: id,
      account: accountA,
      region: 'eu-west-1',
      retentionDays,
      retentionPolicy: null,
      logClass: 'STANDARD',
      storedBytes,
      createdAt: null,
      kmsKeyId: null,
      isDeletionProtected: false,
      raw: { storedBytes, retentionInDays: retentionDays },
    })
  const logs = { ...group, type: 'logs.group' }
  await apply().apply(logs, [log(1, 7)], time(0))
  assert.deepEqual(await apply().apply(logs, [log(2, 7)], time(1)), [id], 'the row has the newest bytes')
  assert.deepEqual(await versions(), [])
  await apply().apply(logs, [log(3, 30)], time(2))
  assert.deepEqual(
    (await versions()).map(({ changes }) => changes.map(({ path }) => path)),
    [['/summary/retentionDays', '/config/retentionInDays']],
  )
  const before = await then(time(1), noiseOf(['summary.storedBytes', 'config.storedBytes']))
  assert.deepEqual(before.kind === 'there' && before.state.config, { retentionInDays: 7 })
})

test('what is learned of a resource later, by a call of its own, is no change of it', async () => {
  const bucket = (summary: Record<string, unknown>, config: Record<string, unknown>): Observed => ({
    ...instance(),
    tags: {},
    summary,
    config,
  })
  const see = (seconds: number, one: Observed) => apply().apply(group, [one], time(seconds))
  await see(0, bucket({ versioning: null }, { Name: 'b' }))
  await see(1, bucket({ versioning: 'Enabled' }, { Name: 'b', Details: { a: 1 } }))
  assert.deepEqual(await kinds(), ['1 created'])
  await see(2, bucket({ versioning: 'Suspended' }, { Name: 'b', Details: { a: 2 } }))
  assert.deepEqual(await kinds(), ['1 created', '2 changed'])
})

test('gone and back: each is a version, and between them there is nothing', async () => {
  await put(0)
  await put(10, { state: 'stopped' })
  await apply().remove(group, [id], time(20))
  await put(30, { state: 'pending' })
  await put(40)
  assert.deepEqual(await kinds(), ['1 created', '2 changed', '3 gone', '4 back', '5 changed'])
  assert.deepEqual(
    [
      await stateThen(-1),
      await stateThen(5),
      await stateThen(15),
      await stateThen(25),
      await stateThen(35),
      await stateThen(99),
    ],
    ['not-yet', 'running', 'stopped', 'gone', 'pending', 'running'],
  )
})

test('what is gone for so long that its row was forgotten is still known, and known to be back', async () => {
  await put(0, { state: 'stopped' })
  await apply().remove(group, [id], time(20))
  await db.query({ text: `update resources set deleted_at = now() - interval '31 days'` })
  assert.equal(await purgeDeleted(db, 30, 10), 1)
  assert.deepEqual([await stateThen(10), await stateThen(30)], ['stopped', 'gone'])
  await put(40, { state: 'running', instanceType: 't3.micro' })
  assert.deepEqual(await kinds(), ['1 created', '2 gone', '3 back'])
  assert.deepEqual([await stateThen(10), await stateThen(30), await stateThen(50)], ['stopped', 'gone', 'running'])
})

test('a clock that jumps back makes no version out of order: what was asked for earlier changes nothing', async () => {
  await put(100)
  assert.deepEqual(await put(50, { state: 'stopped' }), [])
  await apply().remove(group, [id], time(40))
  assert.deepEqual(await kinds(), ['1 created'])
  assert.equal(await stateThen(200), 'running')
})

test('a configuration of 1 MB is kept and rebuilt, and a small change of it costs little', async () => {
  const big = (marker: string) => ({
    raw: {
      Statement: Array.from({ length: 10_000 }, (_, n) => ({
        Sid: `s${n}`,
        Resource: 'arn:aws:s3:::bucket/some/long/path/'.repeat(2) + n,
      })),
      marker,
    },
  })
  await put(0, big('a'))
  await put(10, big('b'))
  const [, changed] = await versions()
  assert.deepEqual(changed?.changes, [{ path: '/config/marker', before: 'a', after: 'b' }])
  await put(20, { raw: {} })
  await put(30, { raw: { other: 1 } })
  const found = await then(time(15))
  assert.ok(found.kind === 'there')
  assert.deepEqual(found.state.config, JSON.parse(JSON.stringify(big('b').raw)))
})

test('tags of hostile text are kept as they are', async () => {
  const hostile = JSON.parse(
    '{"__proto__":"p","a/b~c":"<script>alert(1)</script>","\\u0000":"nul","\\ud800":"half"}',
  ) as Record<string, string>
  await put(0)
  await put(10, { tags: hostile })
  await put(20, { tags: {} })
  const found = await then(time(15))
  assert.ok(found.kind === 'there')
  // NUL and half a surrogate pair can't be stored; they are replaced at the edge.
  assert.deepEqual(Object.entries(found.state.tags).sort(), [
    ['__proto__', 'p'],
    ['a/b~c', '<script>alert(1)</script>'],
    ['\ufffd', 'half'],
  ])
})

const step = fc.record({
  seconds: fc.integer({ min: 0, max: 60 }),
  state: fc.constantFrom('running', 'stopped', 'pending', null),
  tags: fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'x/y'), fc.constantFrom('1', '2'), {
    noNullPrototype: true,
  }),
  raw: fc.dictionary(fc.constantFrom('p', 'q'), fc.array(fc.constantFrom(1, 2, 3), { maxLength: 4 }), {
    noNullPrototype: true,
  }),
})

test('many writers at the same time make one chain: each state that stood in the row is rebuilt', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 40 }), async (steps) => {
      await db.query({ text: 'truncate resources, resource_versions' })
      await db.query({ text: `truncate seen` })
      const writers = [apply(), apply(), apply(), apply()]
      await Promise.all(
        writers.map(async (writer, number) => {
          for (const { seconds, state, ...given } of steps.filter((_, index) => index % writers.length === number)) {
            const at = time(seconds)
            if (state === null) await writer.remove(group, [id], at)
            else await writer.apply(group, [instance({ state, ...given })], at)
          }
        }),
      )
      const chain = await versions()
      assert.deepEqual(
        chain.map(({ version }) => version),
        chain.map((_, index) => index + 1),
        'no gap, no fork',
      )
      for (const [index, one] of chain.entries()) assert.ok(index === 0 || one.at >= chain[index - 1]!.at, 'in order')
      const seen = await db.query<{ at: Date; row: State; is_gone: boolean }>({
        text: `select distinct on (at) at, "row", is_gone from seen order by at, number desc`,
      })
      for (const { at, row, is_gone } of seen) {
        const found = await then(at)
        if (is_gone) assert.equal(found.kind, 'gone', at.toISOString())
        else {
          assert.ok(found.kind === 'there', `${found.kind} at ${at.toISOString()}`)
          const { runningMonthlyUsd: _, ...summary } = row.summary
          assert.deepEqual(found.state, { ...row, summary })
        }
      }
    }),
    { numRuns: 40 },
  )
})

test('old versions go in portions, and what is left still leads to every state since', async () => {
  await put(0)
  for (let seconds = 10; seconds <= 100; seconds += 10) await put(seconds, { tags: { round: String(seconds) } })
  assert.equal(await deleteOldVersions(db, time(55), 4), 4)
  assert.equal(await deleteOldVersions(db, time(55), 4), 2)
  assert.equal(await deleteOldVersions(db, time(55), 4), 0)
  for (const seconds of [56, 65, 75, 105]) {
    const found = await then(time(seconds))
    assert.deepEqual(found.kind === 'there' && found.state.tags, { round: String(Math.floor(seconds / 10) * 10) })
  }
  const [oldest] = await versions()
  assert.equal(oldest?.version, 7)
  await put(110, { tags: { round: '110' } })
  assert.equal((await versions()).at(-1)?.version, 12)
})

test('every 50th version holds the whole state, so that the way back is short', async () => {
  for (let seconds = 0; seconds < 120; seconds++) await put(seconds, { tags: { round: String(seconds) } })
  const steps = await stepsSince(db, accountA, id, time(60))
  assert.deepEqual([steps[0]?.version, steps.at(-1)?.version, steps.length], [61, 100, 40])
  const found = await then(time(60))
  assert.deepEqual(found.kind === 'there' && found.state.tags, { round: '60' })
})
