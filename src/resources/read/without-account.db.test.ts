import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/service.ts'
import { accessDenied, accountA, accountB, createFakeAws, fakeAccount, fakeSnapshot } from '../testing/fake-aws.ts'
import type { FakeAws } from '../testing/fake-aws.ts'
import { createRig, operator } from '../testing/rig.ts'

/** The ARNs of snapshots and images say no account: who has it is found out, among the accounts that one may read. */

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
let fake: FakeAws
let rig: ReturnType<typeof createRig>
let http: Http

before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(() => database.drop())

beforeEach(async () => {
  await db.query({ text: 'truncate resources, sync_partitions, sync_types, events' })
  fake = createFakeAws([fakeAccount(accountA, 'alpha'), fakeAccount(accountB, 'beta')])
  fake.snapshots = [fakeSnapshot('snap-1', { account: accountB })]
  rig = createRig(db, fake)
  http = await serveAs(operator, rig.resources.http)
})
afterEach(async () => {
  await http.close()
  await rig.resources.stop()
})

const arn = (id: string): string => `arn:aws:ec2:eu-west-1::snapshot/${id}`
const one = async (id: string) => {
  const response = await http.inject({ url: `/resources/${encodeURIComponent(arn(id))}` })
  return { status: response.statusCode, cache: response.headers['x-cache'], body: response.json() }
}
const asked = (): string[] => fake.calls.filter((call) => call.startsWith('describeSnapshots')).sort()

test('what is not in the inventory is asked for in each account, and remembered in its own', async () => {
  const first = await one('snap-1')
  assert.deepEqual([first.status, first.cache, first.body.account], [200, 'MISS', accountB])
  assert.deepEqual(asked(), [`describeSnapshots ${accountA}`, `describeSnapshots ${accountB}`])
  const second = await one('snap-1')
  assert.deepEqual([second.status, second.cache, second.body.account], [200, 'HIT', accountB])
  assert.equal(asked().length, 2)
})

test('one account that can not be asked hides nothing that another one has', async () => {
  fake.before.set(accountA, () => Promise.reject(accessDenied))
  assert.equal((await one('snap-1')).status, 200)
  // Whether that account has this one nobody knows.
  assert.equal((await one('snap-2')).status, 503)
  fake.before.clear()
  assert.equal((await one('snap-2')).status, 404)
  assert.equal((await one('snap-2')).status, 404)
})

test('what an account has that one may not read does not exist', async () => {
  assert.equal((await one('snap-1')).status, 200)
  rig.access.denied.add(accountB)
  assert.equal((await one('snap-1')).status, 404)
})

test('a target is found by such an ARN, also where it was made a moment ago', async () => {
  const resolve = (ids: string[]) => rig.resources.resolveTargets(operator, { ids }, 'ec2.snapshot')
  const { resources, unknown } = await resolve([arn('snap-1'), arn('snap-2')])
  assert.deepEqual(
    resources.map(({ id, account }) => [id, account]),
    [[arn('snap-1'), accountB]],
  )
  assert.deepEqual(unknown, [arn('snap-2')])
})

test('a refresh by such an ARN tells what was found, and as gone only what is nowhere', async () => {
  const refresh = async (ids: string[]) =>
    (await http.inject({ method: 'POST', url: '/resources/refresh', payload: { ids } })).json()
  const { items, gone } = await refresh([arn('snap-1'), arn('snap-2')])
  assert.deepEqual(
    items.map(({ id }: { id: string }) => id),
    [arn('snap-1')],
  )
  assert.deepEqual(gone, ['snap-2'])
})
