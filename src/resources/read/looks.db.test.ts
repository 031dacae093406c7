import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/service.ts'
import { createLog } from '#platform/log.ts'
import { claimLook, endLook, forgetLooks, readLook } from '../store/looks.ts'
import { accessDenied, accountA, createFakeAws, fakeAccount, fakeInstance } from '../testing/fake-aws.ts'
import type { FakeAws } from '../testing/fake-aws.ts'
import { createRig, operator } from '../testing/rig.ts'
import { createLooks } from './looks.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
let fake: FakeAws
/** Two resource services on one database, as two processes have them: nothing tells one of them what the other does. */
let one: Process
let two: Process

type Process = {
  get: (id: string) => Promise<{ status: number; body: any }>
  polls: () => number
  stop: () => Promise<void>
}

const createProcess = async (): Promise<Process> => {
  let polls = 0
  const counting: Database = {
    ...db,
    query: (statement) => {
      if (statement.name === 'looks.read') polls++
      return db.query(statement)
    },
  }
  const rig = createRig(counting, fake)
  const http: Http = await serveAs(operator, rig.resources.http)
  return {
    polls: () => polls,
    get: async (id) => {
      const response = await http.inject({ url: `/resources/${encodeURIComponent(arn(id))}` })
      return { status: response.statusCode, body: response.json() }
    },
    stop: async () => {
      await http.close()
      await rig.resources.stop()
    },
  }
}

const arn = (id: string): string => fakeInstance(id).arn
const keyOf = (id: string) => ({ account: accountA, region: 'eu-west-1', id: arn(id) })
const asked = (): number => fake.calls.filter((call) => call === `describeInstances ${accountA}`).length

before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(() => database.drop())
beforeEach(async () => {
  await db.query({ text: 'truncate resources, resource_looks, sync_partitions, sync_types, events' })
  await db.query({
    text: `insert into sync_partitions (account, region, service) values ($1, 'eu-west-1', 'ec2')`,
    values: [accountA],
  })
  fake = createFakeAws([fakeAccount(accountA, 'alpha')])
  ;[one, two] = [await createProcess(), await createProcess()]
})
afterEach(async () => {
  await one.stop()
  await two.stop()
})

/** AWS doesn't answer until the returned function is called. */
const holdAws = (): (() => void) => {
  let release = (): void => {}
  const answered = new Promise<void>((resolve) => (release = resolve))
  fake.before.set(accountA, () => answered)
  return release
}

test('who asks while another process reads waits for it: one call for all of both', async () => {
  fake.instances = [fakeInstance('i-1')]
  const answer = holdAws()
  const first = Array.from({ length: 5 }, () => one.get('i-1'))
  await waitFor('the call', async () => asked() === 1)
  const second = Array.from({ length: 5 }, () => two.get('i-1'))
  await waitFor('the other process to wait', async () => two.polls() > 0)
  answer()
  for (const { status, body } of await Promise.all([...first, ...second])) {
    assert.equal(status, 200)
    assert.equal(body.state, 'running')
  }
  assert.equal(asked(), 1)
})

test('what AWS does not know is not asked for by the others either, until that no longer holds', async () => {
  assert.equal((await one.get('i-404')).body.code, 'resource_not_found')
  assert.equal((await two.get('i-404')).body.code, 'resource_not_found')
  assert.equal(asked(), 1)
  await db.query({ text: 'update resource_looks set holds_until = now()' })
  fake.instances = [fakeInstance('i-404')]
  assert.equal((await two.get('i-404')).status, 200, 'it has kept nothing of its own')
  assert.equal((await one.get('i-404')).status, 200, 'and it is in the inventory now')
  assert.equal(asked(), 2)
})

test('a process that died while it asked holds up nobody beyond its lease', async () => {
  fake.instances = [fakeInstance('i-1'), fakeInstance('i-2')]
  // One whose lease is over, and one that has a little left.
  assert.equal(await claimLook(db, keyOf('i-1'), randomUUID(), -1), undefined)
  assert.equal(await claimLook(db, keyOf('i-2'), randomUUID(), 500), undefined)
  assert.equal((await one.get('i-1')).status, 200)
  assert.equal((await one.get('i-2')).status, 200)
  assert.equal(asked(), 2)
})

test('a look that fails fails for its own process; who waited for it asks for itself', async () => {
  fake.instances = [fakeInstance('i-1')]
  let fail = (): void => {}
  fake.before.set(accountA, () => new Promise<void>((_, reject) => (fail = () => reject(accessDenied))))
  const first = one.get('i-1')
  await waitFor('the call', async () => asked() === 1)
  const second = two.get('i-1')
  await waitFor('the other process to wait', async () => two.polls() > 0)
  fake.before.clear()
  fail()
  assert.equal((await first).status, 503)
  assert.equal((await second).status, 200)
  assert.equal(asked(), 2)
})

test('what another process found, and which is in the inventory no more, is read anew and not said to be unknown', async () => {
  fake.instances = [fakeInstance('i-1')]
  assert.equal(await claimLook(db, keyOf('i-1'), randomUUID(), 10_000), undefined)
  const [row] = await db.query<{ look: string }>({ text: 'select look from resource_looks' })
  await endLook(db, keyOf('i-1'), row?.look ?? '', 'found', 60_000)
  assert.equal((await one.get('i-1')).status, 200)
  fake.instances = []
  await db.query({ text: 'truncate resources' })
  fake.before.set(accountA, () => Promise.reject(accessDenied))
  assert.equal((await two.get('i-1')).status, 503, 'nobody knows')
})

test('of many that begin at the same moment one looks; the end of a look that lost its lease changes nothing', async () => {
  const log = createLog({ level: 'silent' })
  let looking = 0
  let release = (): void => {}
  const gate = new Promise<void>((resolve) => (release = resolve))
  const processes = Array.from({ length: 3 }, () => createLooks({ db, clock: systemClock, log }))
  const all = processes.map((looks) =>
    looks.once(keyOf('i-1'), { foundMs: 60_000, unknownMs: 0 }, async () => {
      looking++
      await gate
      return true
    }),
  )
  await waitFor('one that looks', async () => looking > 0)
  release()
  const outcomes = await Promise.all(all)
  assert.equal(looking, 1)
  assert.equal(outcomes.filter(({ isElsewhere }) => !isElsewhere).length, 1)
  assert.ok(outcomes.every(({ isFound }) => isFound))

  const [lost, next] = [randomUUID(), randomUUID()]
  assert.equal(await claimLook(db, keyOf('i-2'), lost, -1), undefined)
  assert.equal(await claimLook(db, keyOf('i-2'), next, 60_000), undefined)
  await endLook(db, keyOf('i-2'), lost, 'unknown', 60_000)
  assert.deepEqual(await readLook(db, keyOf('i-2')), { look: next, outcome: null, isUnderWay: true, holds: false })
  assert.equal((await claimLook(db, keyOf('i-2'), lost, 1))?.look, next)
})

test('looks are forgotten when nobody needs them any more', async () => {
  await claimLook(db, keyOf('i-1'), randomUUID(), 60_000)
  await claimLook(db, keyOf('i-2'), randomUUID(), 60_000)
  await db.query({
    text: `update resource_looks set noted_at = now() - interval '1 hour' where id = $1`,
    values: [arn('i-1')],
  })
  await forgetLooks(db, 120_000, 10)
  const left = await db.query<{ id: string }>({ text: 'select id from resource_looks' })
  assert.deepEqual(left, [{ id: arn('i-2') }])
})
