import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { AwsFailure } from '../failure.ts'
import { createBreaker } from './breaker.ts'
import type { Breaker, BreakerChange, BreakerPlace } from './breaker.ts'

let db: Database
let drop: () => Promise<void>
before(async () => ({ db, drop } = await freshDatabase()))
after(() => drop())
afterEach(() => db.query({ text: 'delete from circuit_breakers' }))

/** At 20 times the wall's speed: 2 s to the first probe are 100 ms. */
const place: BreakerPlace = {
  cloud: 'sandbox',
  account: '111111111111',
  region: 'eu-west-1',
  service: 'ec2',
  speed: 20,
}
/** Its first probe is due in 1000 s. */
const slow: BreakerPlace = { ...place, speed: 0.002 }
const elsewhere: BreakerPlace = { ...place, region: 'us-east-1' }
const lost = { code: 'TimeoutError', message: 'AWS gave no answer within 30000 ms' }
const process = (): Breaker => createBreaker({ db, clock: systemClock, notifier: undefined })

const fail = async (breaker: Breaker, times: number, where = place): Promise<Date | undefined> => {
  let until: Date | undefined
  for (let n = 0; n < times; n++) until = await (await breaker.pass(where)).unanswered(lost)
  return until
}
const isClosed = (error: unknown): boolean =>
  error instanceof AwsFailure && error.code === 'CircuitOpen' && error.heldUntil instanceof Date

test('five attempts in a row without an answer open it, for that account, Region and service alone', async () => {
  const breaker = process()
  assert.equal(await fail(breaker, 4, slow), undefined)
  const until = await fail(breaker, 1, slow)
  assert.ok(until instanceof Date && until > new Date(), 'it says when to come again')
  await assert.rejects(breaker.pass(slow), isClosed)
  await assert.rejects(breaker.check(slow), isClosed)
  for (const other of [elsewhere, { ...slow, service: 'cloudwatch' }, { ...slow, account: '222222222222' }]) {
    await (await breaker.pass(other)).answered()
  }
  const [row, ...more] = await breaker.list()
  assert.equal(more.length, 0)
  assert.deepEqual([row?.service, row?.failures, row?.errorCode], ['ec2', 5, 'TimeoutError'])
})

test('an answer in between begins the count anew: a call that always fails among others that don’t opens nothing', async () => {
  const breaker = process()
  for (let n = 0; n < 5; n++) {
    await fail(breaker, 4)
    await (await breaker.pass(place)).answered()
  }
  assert.deepEqual(await breaker.list(), [])
})

test('another process finds it closed to it too, within a second', async () => {
  const [ours, theirs] = [process(), process()]
  await (await theirs.pass(place)).answered()
  await fail(ours, 5, slow)
  await waitFor('the other process to know', () => theirs.check(place).then(() => false, isClosed))
})

test('when it is time one attempt among all processes passes; its answer closes it for all', async () => {
  const breakers = [process(), process(), process()]
  for (const breaker of breakers) await (await breaker.pass(elsewhere)).answered()
  await fail(breakers[0]!, 5) // there are three
  await db.query({ text: 'update circuit_breakers set next_probe_at = now(), probe_seconds = 60' })
  await systemClock.sleep(1100) // every process looks again
  const passes = await Promise.allSettled(breakers.map((breaker) => breaker.pass(place)))
  const passed = passes.flatMap((pass) => (pass.status === 'fulfilled' ? [pass.value] : []))
  assert.equal(passed.length, 1)
  await passed[0]?.answered()
  assert.deepEqual(await breakers[0]!.list(), [])
  await systemClock.sleep(1100)
  for (const breaker of breakers) await (await breaker.pass(place)).answered()
})

test('who comes while a probe is under way here waits for what becomes of it', async () => {
  const breaker = process()
  await fail(breaker, 5)
  await db.query({ text: 'update circuit_breakers set probe_seconds = 60' })
  const probe = await waitFor('the probe to be due', () => breaker.pass(place).catch(() => false as const))
  const others = Promise.all([1, 2, 3].map(() => breaker.pass(place)))
  await probe.answered()
  assert.equal((await others).length, 3)
})

test('a probe without an answer doubles the pause, up to 15 s of cloud time', async () => {
  const breaker = process()
  await fail(breaker, 5)
  const pauses: number[] = []
  for (let n = 0; n < 5; n++) {
    await db.query({ text: 'update circuit_breakers set next_probe_at = now()' })
    const pass = await waitFor('the probe', () => breaker.pass(place).catch(() => false as const))
    await pass.unanswered(lost)
    const [row] = await db.query<{ seconds: number }>({ text: 'select probe_seconds as seconds from circuit_breakers' })
    pauses.push((row?.seconds ?? 0) * 20)
  }
  // 2 s at first
  assert.deepEqual(pauses.map(Math.round), [4, 8, 15, 15, 15])
})

test('a probe that was given up leaves the next one to somebody else', async () => {
  const breaker = process()
  await fail(breaker, 5)
  const probe = await waitFor('the probe', () => breaker.pass(place).catch(() => false as const))
  probe.unused()
  const next = await waitFor('the next probe', () => breaker.pass(place).catch(() => false as const))
  await next.answered()
  assert.deepEqual(await breaker.list(), [])
})

test('people are told once when it opens and once when it closes, in the transaction that does it, with an event', async () => {
  const [ours, theirs] = [process(), process()]
  const told: string[] = []
  for (const breaker of [ours, theirs])
    breaker.tell(async (change: BreakerChange, tx) => {
      const rows = await tx.query({ text: 'select 1 from circuit_breakers' })
      told.push(`${change.kind} ${change.error.code}, ${rows.length} rows`)
    })
  await db.query({ text: 'delete from events' })
  // All attempts are under way before the first of them fails.
  const passes = await Promise.all([ours, theirs].flatMap((each) => [1, 2, 3, 4, 5].map(() => each.pass(place))))
  await Promise.all(passes.map((pass) => pass.unanswered(lost)))
  const probe = await waitFor('the probe', () => ours.pass(place).catch(() => false as const))
  await probe.answered()
  assert.deepEqual(told, ['opened TimeoutError, 1 rows', 'closed TimeoutError, 0 rows'])
  const events = await db.query<{ type: string; accounts: string[]; data: object }>({
    text: 'select type, accounts, data from events order by id',
  })
  const data = { account: '111111111111', region: 'eu-west-1', service: 'ec2' }
  assert.deepEqual(events, [
    { type: 'breaker.opened', accounts: ['111111111111'], data },
    { type: 'breaker.closed', accounts: ['111111111111'], data },
  ])
})

test('while the database is away nothing is made worse: a failure is a failure, an attempt passes', async () => {
  let isAway = false
  const shaky: Database = {
    ...db,
    query: (statement) =>
      isAway ? Promise.reject(new Error('Connection terminated unexpectedly')) : db.query(statement),
    transaction: (work) =>
      isAway ? Promise.reject(new Error('Connection terminated unexpectedly')) : db.transaction(work),
  }
  const breaker = createBreaker({ db: shaky, clock: systemClock, notifier: undefined })
  isAway = true
  assert.equal(await fail(breaker, 7), undefined)
  isAway = false
  assert.ok((await fail(breaker, 1)) instanceof Date, 'it opens once that can be written')
})
