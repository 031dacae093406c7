import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { startRedis } from '../../../test/support/redis.ts'
import type { TestRedis } from '../../../test/support/redis.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { createCache } from '#platform/cache/cache.ts'
import type { Cache } from '#platform/cache/cache.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { databaseNow } from '../store/write.ts'
import { createApply } from '../sync/apply.ts'
import { createSyncStates } from '../sync/states.ts'
import { accountA, fakeInstance } from '../testing/fake-aws.ts'
import { observeInstance } from '../types/ec2-instance.ts'
import { createCopies } from './copies.ts'
import { parseNews } from './news.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let redis: TestRedis
const caches: Cache[] = []

before(async () => {
  database = await freshDatabase()
  redis = await startRedis()
})
after(async () => {
  for (const cache of caches) await cache.close()
  await redis.stop()
  await database.drop()
})

const group = { account: accountA, region: 'eu-west-1', type: 'ec2.instance' }
const arn = fakeInstance('i-1').arn
const processes: ReturnType<typeof createProcess>[] = []

const createProcess = () => {
  let reads = 0
  const { db } = database
  const counted: Database = {
    ...db,
    query: (statement) => {
      if (statement.name === 'resources.one') reads++
      return db.query<never>(statement)
    },
  }
  const cache = createCache({ redisUrl: redis.url, memoryBytes: 1024 * 1024, log: createLog({ level: 'silent' }) })
  caches.push(cache)
  const copies = createCopies({ db: counted, cache, states: createSyncStates({ db, clock: systemClock }) })
  const apply = createApply({
    db,
    onNews: copies.forget,
    notifier: {
      nudge: (channel, payload = '') => {
        if (channel !== 'resources_changed') return
        for (const process of processes) process.copies.forget(parseNews(payload))
      },
    },
  })
  return { copies, apply, cache, reads: () => reads, state: async () => (await copies.read([accountA], arn))?.state }
}

test('a process takes from Redis what another one read; a change is seen by all; a Redis that hangs is done without', async () => {
  const [one, other] = [createProcess(), createProcess()]
  processes.push(one, other)
  const put = async (state: string) =>
    one.apply.apply(group, [{ ...observeInstance(fakeInstance('i-1')), state }], await databaseNow(database.db))
  await put('running')
  await waitFor('both to be connected', async () => {
    one.cache.set('x', 1, 60)
    return (await other.cache.get('x')) === 1
  })
  // Both begin to trust copies only that are younger than they are themselves.
  assert.equal(await one.state(), 'running')
  assert.equal(await other.copies.read([accountA], 'arn:of:nothing'), undefined)
  await waitFor('a read that Redis answers', async () => {
    await one.state()
    const before = other.reads()
    return (await other.state()) === 'running' && other.reads() === before
  })
  await put('stopping')
  assert.deepEqual([await one.state(), await other.state()], ['stopping', 'stopping'])

  redis.freeze()
  await put('stopped')
  for (let times = 0; times < 50; times++)
    assert.deepEqual([await one.state(), await other.state()], ['stopped', 'stopped'])
  // It hung all the time; that nobody waits for it again and again is tried with the cache itself.
  redis.thaw()
})
