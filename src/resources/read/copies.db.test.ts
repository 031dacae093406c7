import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import fc from 'fast-check'
import { freshDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { createCache } from '#platform/cache/cache.ts'
import type { Cache } from '#platform/cache/cache.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { databaseNow } from '../store/write.ts'
import { createApply } from '../sync/apply.ts'
import type { Apply } from '../sync/apply.ts'
import { createSyncStates } from '../sync/states.ts'
import { accountA, fakeInstance } from '../testing/fake-aws.ts'
import { observeInstance } from '../types/ec2-instance.ts'
import { createCopies } from './copies.ts'
import { parseNews } from './news.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
const caches: Cache[] = []

before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(async () => {
  for (const cache of caches) await cache.close()
  await database.drop()
})
beforeEach(async () => {
  await db.query({ text: 'truncate resources, sync_partitions, sync_types, events' })
  await db.query({
    text: `insert into sync_partitions (account, region, service) values ($1, 'eu-west-1', 'ec2')`,
    values: [accountA],
  })
})

const group = { account: accountA, region: 'eu-west-1', type: 'ec2.instance' }
const arn = fakeInstance('i-1').arn

/**
 * One process: its copies, and how it changes the inventory. What it tells the others goes through `told`. The database's
 * answer to what time it is takes `answersInMs`.
 */
const createProcess = (told: (payload: string) => void = () => {}, answersInMs = 0) => {
  let reads = 0
  let gate: Promise<void> | undefined
  const counted: Database = {
    ...db,
    query: async (statement) => {
      const rows = await db.query<never>(statement)
      if (statement.name === 'resources.one') {
        reads++
        await gate
      }
      return rows
    },
  }
  const cache = createCache({ memoryBytes: 1024 * 1024, log: createLog({ level: 'silent' }) })
  caches.push(cache)
  const slow: Database = {
    ...db,
    query: async (statement) => {
      const rows = await db.query<never>(statement)
      if (statement.name === 'now' && answersInMs > 0) await systemClock.sleep(answersInMs)
      return rows
    },
  }
  const states = createSyncStates({ db: slow, clock: systemClock })
  const copies = createCopies({ db: counted, cache, states })
  const apply = createApply({
    db,
    onNews: copies.forget,
    notifier: { nudge: (channel, payload = '') => void (channel === 'resources_changed' && told(payload)) },
  })
  return {
    copies,
    states,
    apply,
    reads: () => reads,
    hold: (until: Promise<void> | undefined) => void (gate = until),
    read: async () => (await copies.read([accountA], arn)) ?? assert.fail('it is there'),
  }
}

const put = async (apply: Apply, state: string): Promise<void> => {
  await apply.apply(group, [{ ...observeInstance(fakeInstance('i-1')), state }], await databaseNow(db))
}
/** A complete sweep that began now. */
const sweep = (state = 'now()') =>
  db.query({
    text: `insert into sync_types (account, region, service, type, swept_at, fresh_until)
      values ($1, 'eu-west-1', 'ec2', 'ec2.instance', ${state}, now() + interval '120 s')
      on conflict (account, region, service, type) do update set swept_at = excluded.swept_at, fresh_until = excluded.fresh_until`,
    values: [accountA],
  })
/** A copy counts as older than a change for a moment, since clocks are read apart: until then the database is asked. */
const trusted = ({ read, reads }: ReturnType<typeof createProcess>): Promise<boolean> =>
  waitFor('a copy that counts', async () => {
    const before = reads()
    await read()
    return reads() === before
  })
const settle = () => new Promise((resolve) => setTimeout(resolve, 250))

test('the database is asked once; a change ends the copy in this process and, by its notification, in the others', async () => {
  const other = createProcess()
  const one = createProcess((payload) => other.copies.forget(parseNews(payload)))
  await put(one.apply, 'running')
  await sweep()
  for (const process of [one, other]) await trusted(process)
  const before = [one.reads(), other.reads()]
  for (let times = 0; times < 20; times++)
    for (const { read } of [one, other]) assert.equal((await read()).state, 'running')
  assert.deepEqual([one.reads(), other.reads()], before)
  await put(one.apply, 'stopping')
  assert.equal((await one.read()).state, 'stopping')
  assert.equal((await other.read()).state, 'stopping')
})

test('where the database answers late what time it is, a copy of just before a change is not taken for one of after it', async () => {
  const one = createProcess(undefined, 3_000)
  await put(one.apply, 'running')
  // Known since, and three seconds behind.
  await one.states.readNow([])
  assert.equal((await one.read()).state, 'running')
  await put(one.apply, 'stopping')
  assert.equal((await one.read()).state, 'stopping')
})

test('what is gone is gone at once', async () => {
  const one = createProcess()
  await put(one.apply, 'running')
  await one.read()
  await one.apply.remove(group, [arn], await databaseNow(db))
  assert.equal(await one.copies.read([accountA], arn), undefined)
})

test('a read that was under way while something changed is answered, and not kept', async () => {
  const one = createProcess()
  await put(one.apply, 'running')
  await one.states.read([accountA])
  const gate = Promise.withResolvers<void>()
  one.hold(gate.promise)
  const late = one.read()
  while (one.reads() === 0) await new Promise((resolve) => setImmediate(resolve))
  await put(one.apply, 'stopping')
  one.hold(undefined)
  const joined = await one.read()
  gate.resolve()
  assert.equal((await late).state, 'running')
  assert.equal(joined.state, 'stopping')
  await settle()
  assert.equal((await one.read()).state, 'stopping')
})

test('where a notification was lost the next sweep ends the copy, and until then it says how old it is', async () => {
  const [one, deaf] = [createProcess(), createProcess()]
  await put(one.apply, 'running')
  await db.query({ text: `update resources set last_seen_at = now() - interval '1 hour'` })
  await sweep(`now() - interval '50 s'`)
  await trusted(deaf)
  await put(one.apply, 'stopping')
  const old = await deaf.read()
  assert.equal(old.state, 'running')
  assert.ok(old.age_seconds >= 50, String(old.age_seconds))
  await sweep()
  deaf.states.forget()
  assert.equal((await deaf.read()).state, 'stopping')
})

test('after the connection was away nothing from before is believed', async () => {
  const [one, deaf] = [createProcess(), createProcess()]
  await put(one.apply, 'running')
  await trusted(deaf)
  await put(one.apply, 'stopping')
  deaf.copies.forget(undefined)
  assert.equal((await deaf.read()).state, 'stopping')
})

test('whatever happens in whatever order, a process that hears the others never shows what was there before a change', async () => {
  const move = fc.oneof(
    fc.record({ kind: fc.constant('change' as const), by: fc.nat(1) }),
    fc.record({ kind: fc.constant('read' as const), by: fc.nat(1) }),
    fc.record({ kind: fc.constant('read twice at once' as const), by: fc.nat(1) }),
    fc.record({ kind: fc.constant('sweep' as const), by: fc.nat(1) }),
    fc.record({ kind: fc.constant('wait' as const), by: fc.nat(1) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 5, maxLength: 25 }), async (moves) => {
      const processes: ReturnType<typeof createProcess>[] = []
      const tellAll = (payload: string): void => {
        for (const { copies } of processes) copies.forget(parseNews(payload))
      }
      processes.push(createProcess(tellAll), createProcess(tellAll))
      let version = 0
      const change = async (by: number) => put(processes[by]!.apply, `state-${++version}`)
      await change(0)
      for (const { kind, by } of moves) {
        const process = processes[by]!
        if (kind === 'change') await change(by)
        else if (kind === 'sweep') await sweep()
        else if (kind === 'wait') await settle()
        else {
          const answers = await Promise.all(kind === 'read' ? [process.read()] : [process.read(), process.read()])
          for (const { state } of answers) assert.equal(state, `state-${version}`)
        }
      }
    }),
    { numRuns: 15 },
  )
})
