import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { adminEmail, createRig } from '../testing/rig.ts'
import type { Rig, SignedIn } from '../testing/rig.ts'

let rig: Rig
let database: Awaited<ReturnType<typeof freshDatabase>>
let admin: SignedIn
before(async () => {
  database = await freshDatabase()
  rig = await createRig(database.db)
  admin = await rig.signIn()
})
after(async () => {
  await rig.close()
  await database.drop()
})

const create = (body: object, token = admin.token) => rig.call('POST', '/users', { token, body })
const codeOf = (answer: { json: () => { code?: string } }): string | undefined => answer.json().code

test('an administrator creates, reads, lists, changes and deletes users', async () => {
  const made = await create({
    email: 'Ada@Example.org',
    password: 'a long password',
    roles: ['operator', 'viewer', 'viewer'],
  })
  assert.equal(made.statusCode, 201)
  const user = made.json<{ id: string }>()
  assert.deepEqual({ ...user, id: 0, createdAt: 0, updatedAt: 0 }, {
    id: 0, email: 'ada@example.org', roles: ['operator', 'viewer'], status: 'active', createdAt: 0, updatedAt: 0, lastSignInAt: null,
  }) // prettier-ignore
  assert.match(user.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  assert.deepEqual((await rig.call('GET', `/users/${user.id}`, { token: admin.token })).json(), user)
  const list = (await rig.call('GET', '/users?q=ADA', { token: admin.token })).json()
  assert.deepEqual(list, { items: [user], nextCursor: null, total: { value: 1, relation: 'eq' } })
  const changed = await rig.call('PATCH', `/users/${user.id}`, {
    token: admin.token,
    body: { roles: ['auditor'], email: 'ada@localhost' },
  })
  assert.deepEqual([changed.json().roles, changed.json().email], [['auditor'], 'ada@localhost'])
  assert.equal((await rig.call('DELETE', `/users/${user.id}`, { token: admin.token })).statusCode, 204)
  assert.equal((await rig.call('GET', `/users/${user.id}`, { token: admin.token })).statusCode, 404)
  assert.equal(
    (await create({ email: 'ada@localhost', password: 'a long password', roles: ['viewer'] })).statusCode,
    201,
  )
  const actions = await database.db.query<{ action: string }>({
    text: `select action from audit where subject_id = $1 order by id`,
    values: [user.id],
  })
  assert.deepEqual(
    actions.map(({ action }) => action),
    ['user.create', 'user.change', 'user.delete'],
  )
})

test('what is no user is refused with a reason for each field', async () => {
  const good = { email: 'x@example.org', password: 'a long password', roles: ['viewer'] }
  const bad = [
    {}, { ...good, email: 'nope' }, { ...good, email: 'a b@c' }, { ...good, roles: [] }, { ...good, roles: ['root'] }, { ...good, roles: 'viewer' },
    { ...good, password: 'x'.repeat(300) }, { ...good, isAdmin: true }, { ...good, email: `${'x'.repeat(300)}@example.org` },
  ] // prettier-ignore
  for (const body of bad) {
    const answer = await create(body)
    assert.equal(answer.statusCode, 400, JSON.stringify(body))
    assert.ok(answer.json().errors.length > 0)
  }
  assert.equal(codeOf(await create({ ...good, password: 'short' })), 'weak_password')
  assert.equal((await rig.call('GET', '/users/nope', { token: admin.token })).statusCode, 400)
  assert.equal((await rig.call('GET', '/users?cursor=nope', { token: admin.token })).statusCode, 400)
  assert.equal((await rig.call('GET', '/users?limit=501', { token: admin.token })).statusCode, 400)
})

test('an address belongs to one user, in whatever case, also when two are created at once', async () => {
  const body = { email: 'twin@example.org', password: 'a long password', roles: ['viewer'] }
  const answers = await Promise.all([create(body), create({ ...body, email: 'TWIN@example.org' })])
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [201, 409],
  )
  const other = (await create({ ...body, email: 'other@example.org' })).json()
  const taken = await rig.call('PATCH', `/users/${other.id}`, { token: admin.token, body: { email: body.email } })
  assert.deepEqual([taken.statusCode, codeOf(taken)], [409, 'user_exists'])
})

test('pages of users neither skip nor repeat one', async () => {
  for (let n = 0; n < 5; n++)
    await create({ email: `page${n}@example.org`, password: 'a long password', roles: ['viewer'] })
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const url: string = `/users?q=page&limit=2${cursor ? `&cursor=${cursor}` : ''}`
    const page: { items: { email: string }[]; nextCursor: string | null; total: { value: number } } = (
      await rig.call('GET', url, { token: admin.token })
    ).json()
    assert.equal(page.total.value, 5)
    seen.push(...page.items.map(({ email }) => email))
    cursor = page.nextCursor
  }
  assert.deepEqual(
    seen,
    [0, 1, 2, 3, 4].map((n) => `page${n}@example.org`),
  )
})

for (const [what, body] of [
  ['disabled', { status: 'disabled' }],
  ['given another password', { password: 'quite another one' }],
  ['given other roles', { roles: ['approver'] }],
] as const) {
  test(`whoever is ${what} is signed out everywhere, API tokens included`, async () => {
    const email = `${what.split(' ').at(-1)}@example.org`
    const person = await rig.person(email, ['viewer'])
    const { token } = (await rig.call('POST', '/auth/tokens', { token: person.token, body: { name: 'ci' } })).json()
    assert.equal((await rig.call('GET', '/auth/me', { token })).statusCode, 200)
    assert.equal((await rig.call('PATCH', `/users/${person.userId}`, { token: admin.token, body })).statusCode, 200)
    for (const credential of [person.token, token]) {
      assert.equal((await rig.call('GET', '/auth/me', { token: credential })).statusCode, 401)
    }
    assert.equal((await rig.call('POST', '/auth/refresh', { cookie: person.cookie })).statusCode, 401)
    const again = await rig.call('POST', '/auth/login', { body: { email, password: `password of ${email}` } })
    assert.equal(again.statusCode, 'roles' in body ? 200 : 401)
  })
}

test('a session that is being opened while its user is disabled does not survive', async () => {
  const person = await rig.person('race@example.org', ['viewer'])
  const login = () =>
    rig.call('POST', '/auth/login', { body: { email: 'race@example.org', password: 'password of race@example.org' } })
  const [, ...opened] = await Promise.all([
    rig.call('PATCH', `/users/${person.userId}`, { token: admin.token, body: { status: 'disabled' } }),
    ...Array.from({ length: 6 }, login),
  ])
  for (const { statusCode, body } of opened) {
    if (statusCode !== 200) continue
    assert.equal((await rig.call('GET', '/auth/me', { token: JSON.parse(body).accessToken })).statusCode, 401)
  }
  const live = await database.db.query({
    text: 'select 1 from sessions where user_id = $1 and revoked_at is null',
    values: [person.userId],
  })
  assert.equal(live.length, 0)
})

test('the last administrator can not be deleted, disabled or demoted; two can not step down at once', async () => {
  const own = `/users/${admin.userId}`
  const last = [
    await rig.call('DELETE', own, { token: admin.token }),
    await rig.call('PATCH', own, { token: admin.token, body: { status: 'disabled' } }),
    await rig.call('PATCH', own, { token: admin.token, body: { roles: ['viewer'] } }),
  ]
  for (const answer of last) assert.deepEqual([answer.statusCode, codeOf(answer)], [409, 'last_administrator'])
  const second = await rig.person('second@example.org', ['admin'])
  admin = await rig.signIn()
  const both = await Promise.all([
    rig.call('PATCH', own, { token: admin.token, body: { roles: ['viewer'] } }),
    rig.call('PATCH', `/users/${second.userId}`, { token: second.token, body: { roles: ['viewer'] } }),
  ])
  assert.deepEqual(
    both.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [200, 409],
  )
  await database.db.query({ text: `update users set roles = '{admin}' where email = $1`, values: [adminEmail] })
  admin = await rig.signIn()
})

test('nobody but administrators manages users; the denial is on record with the rule that is missing', async () => {
  const auditor = await rig.person('auditor@example.org', ['auditor'])
  assert.equal((await rig.call('GET', '/users', { token: auditor.token })).statusCode, 200)
  const denied = await create({ email: 'x@example.org', password: 'a long password', roles: ['admin'] }, auditor.token)
  assert.deepEqual([denied.statusCode, codeOf(denied)], [403, 'forbidden'])
  const viewer = await rig.person('viewer@example.org', ['viewer'])
  assert.equal((await rig.call('GET', '/users', { token: viewer.token })).statusCode, 403)
  const [row] = await database.db.query<{ outcome: string; request_id: string; details: { reasons: string[] } }>({
    text: `select outcome, request_id, details from audit where actor_id = $1 and action = 'user.manage'`,
    values: [auditor.userId],
  })
  assert.equal(row?.outcome, 'denied')
  assert.equal(row?.request_id, denied.headers['x-request-id'])
  assert.match(String(row?.details.reasons), /admin\.all/)
})
