import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import type { MemberAccount } from '#aws/organizations.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/service.ts'
import { createLog } from '#platform/log.ts'
import { accessDenied, accountA, accountB, createFakeAws, fakeAccount } from '../testing/fake-aws.ts'
import type { FakeAws } from '../testing/fake-aws.ts'
import { createRig, operator } from '../testing/rig.ts'
import { createOrganizationWatch } from './watch-organizations.ts'

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

const accountC = '333333333333'
const accountD = '444444444444'
const member = (id: string, name: string, status: MemberAccount['status'] = 'active'): MemberAccount => ({
  id,
  name,
  status,
})

beforeEach(async () => {
  await db.query({ text: 'truncate organization_watches' })
  fake = createFakeAws([
    { ...fakeAccount(accountA, 'alpha', ['eu-west-1', 'us-east-1']), cloud: 'aws', credentials: { kind: 'ambient' } },
  ])
  await db.query({
    text: `insert into accounts (id, name, cloud, regions, credentials)
      values ($1, 'alpha', 'aws', '{eu-west-1}', '{"kind":"ambient"}') on conflict do nothing`,
    values: [accountA],
  })
  fake.members = [
    member(accountA, 'alpha'),
    member(accountC, 'gamma'),
    member(accountB, 'beta'),
    member(accountD, 'old', 'closed'),
  ]
  rig = createRig(db, fake)
  http = await serveAs(operator, rig.resources.http)
})

const discover = async (payload: object) => {
  const answer = await http.inject({ method: 'POST', url: '/accounts/discover', payload })
  return { status: answer.statusCode, body: answer.json() }
}

test('the accounts of an organization are proposed, ready to be added; known and closed ones are not', async () => {
  const { status, body } = await discover({
    account: accountA,
    roleName: 'ops',
    externalId: 'shop-1',
    regions: ['eu-west-1'],
  })
  assert.equal(status, 200)
  assert.deepEqual(
    body.items.map(({ id, isKnown, status: is, proposal }: any) => [id, isKnown, is, proposal?.credentials ?? null]),
    [
      [accountA, true, 'active', null],
      [accountB, false, 'active', { kind: 'role', roleArn: `arn:aws:iam::${accountB}:role/ops`, externalId: 'shop-1' }],
      [accountC, false, 'active', { kind: 'role', roleArn: `arn:aws:iam::${accountC}:role/ops`, externalId: 'shop-1' }],
      [accountD, false, 'closed', null],
    ],
  )
  // Nothing was added by itself; what was proposed is what adding takes.
  assert.deepEqual(
    fake.accounts.map(({ id }) => id),
    [accountA],
  )
  const added = await http.inject({ method: 'POST', url: '/accounts', payload: body.items[1].proposal })
  assert.equal(added.statusCode, 201)
  assert.equal((await discover({ account: accountA })).body.items[1].isKnown, true)
})

test('an account that may not list says so; wrong requests are refused', async () => {
  fake.before.set(`listAccounts ${accountA}`, () => Promise.reject(accessDenied))
  const refused = await discover({ account: accountA })
  assert.equal(refused.status, 409)
  assert.equal(refused.body.code, 'organization_unreadable')
  assert.match(refused.body.detail, /organizations:ListAccounts/)
  assert.equal((await discover({ account: '999999999999' })).status, 404)
  for (const wrong of [
    {},
    { account: 'x' },
    { account: accountA, roleName: 'a b' },
    { account: accountA, regions: [] },
  ])
    assert.equal((await discover(wrong)).body.code, 'invalid_request')
})

test('once a day people are told of accounts that are new and of accounts here that were closed, until that is over', async () => {
  const told: string[] = []
  const alarms = {
    raise: async ({ key, title, detail }: { key: string; title: string; detail: string }) =>
      void told.push(`${key}: ${title}: ${detail}`),
    resolve: async (key: string) => void told.push(`${key} is over`),
  }
  const watch = createOrganizationWatch({
    db,
    aws: fake.aws,
    alarms,
    clock: systemClock,
    log: createLog({ level: 'silent' }),
  })
  const tomorrow = async (): Promise<string[]> => {
    await db.query({ text: 'update organization_watches set next_at = now()' })
    await watch.look()
    return told.splice(0).sort()
  }
  // Nobody has looked through an organization: nothing is asked.
  await watch.look()
  assert.deepEqual(fake.calls, [])
  await discover({ account: accountA })
  await watch.look()
  assert.deepEqual(told, [])
  const key = `resources/organization/${accountA}`
  const over = [`${key}/closed is over`, `${key}/new is over`]
  // What somebody has seen is no news.
  assert.deepEqual(await tomorrow(), over)
  fake.members.push(member('555555555555', 'epsilon'))
  fake.members[0] = member(accountA, 'alpha', 'closing')
  assert.deepEqual(await tomorrow(), [
    `${key}/closed: 1 of the accounts here are closed in the organization: alpha (${accountA})`,
    `${key}/new: 1 new in the organization, not among the accounts here: epsilon (555555555555)`,
  ])
  fake.members[0] = member(accountA, 'alpha')
  await discover({ account: accountA })
  assert.deepEqual(await tomorrow(), over)
  // An organization that can't be asked is no organization without accounts.
  fake.before.set(`listAccounts ${accountA}`, () => Promise.reject(accessDenied))
  assert.deepEqual(await tomorrow(), [])
  const [row] = await db.query<{ last_error: string; soon: boolean }>({
    text: `select last_error, next_at < now() + interval '2 hours' as soon from organization_watches`,
  })
  assert.match(row?.last_error ?? '', /^UnauthorizedOperation/)
  assert.equal(row?.soon, true)
})
