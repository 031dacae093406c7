import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { createRig } from '../testing/rig.ts'
import type { Rig, SignedIn } from '../testing/rig.ts'

let rig: Rig
let database: Awaited<ReturnType<typeof freshDatabase>>
let person: SignedIn
before(async () => {
  database = await freshDatabase()
  rig = await createRig(database.db)
  person = await rig.person('dev@example.org', ['admin'])
})
after(async () => {
  await rig.close()
  await database.drop()
})

const create = async (
  body: object,
): Promise<{ id: string; token: string; scopes: string[] | null; expiresAt: string }> => {
  const answer = await rig.call('POST', '/auth/tokens', { token: person.token, body })
  assert.equal(answer.statusCode, 201, answer.body)
  return answer.json()
}

test('a token is shown once, kept as a hash, and listed without itself', async () => {
  const { id, token } = await create({ name: 'ci' })
  assert.match(token, /^orc_[A-Za-z0-9_-]{43}$/)
  const list = await rig.call('GET', '/auth/tokens', { token: person.token })
  assert.ok(list.json<{ items: { id: string }[] }>().items.some((item) => item.id === id))
  assert.ok(!list.body.includes(token))
  const [stored] = await database.db.query<{ all: string }>({
    text: 'select row(t.*)::text as all from api_tokens t where id = $1',
    values: [id],
  })
  assert.ok(!stored?.all.includes(token.slice(4)))
  const audit = await database.db.query<{ all: string }>({ text: 'select row(a.*)::text as all from audit a' })
  assert.ok(audit.every((row) => !row.all.includes(token.slice(4))))
})

test('a token may do what its scopes name and nothing else, though its user may do everything', async () => {
  const { token } = await create({ name: 'reader', scopes: ['user.read'] })
  assert.equal((await rig.call('GET', '/users', { token })).statusCode, 200)
  assert.equal((await rig.call('GET', '/audit', { token })).statusCode, 403)
  assert.equal((await rig.call('GET', '/auth/tokens', { token })).statusCode, 403)
  const me = (await rig.call('GET', '/auth/me', { token })).json<{ via: string; scopes: string[]; actions: string[] }>()
  assert.deepEqual([me.via, me.scopes, me.actions], ['token', ['user.read'], ['user.read']])
})

test('a token makes no tokens, changes no password and ends no sessions, not even one without scopes', async () => {
  const { token } = await create({ name: 'all' })
  const tries = [
    await rig.call('POST', '/auth/tokens', { token, body: { name: 'more' } }),
    await rig.call('POST', '/auth/password', {
      token,
      body: { current: 'password of dev@example.org', new: 'another password' },
    }),
    await rig.call('GET', '/auth/sessions', { token }),
    await rig.call('DELETE', '/auth/sessions', { token }),
  ]
  for (const answer of tries) assert.equal(answer.json<{ code: string }>().code, 'session_required')
})

test('a revoked token, and one whose time is over, is refused at once', async () => {
  const revoked = await create({ name: 'short' })
  assert.equal((await rig.call('GET', '/auth/me', { token: revoked.token })).statusCode, 200)
  assert.equal((await rig.call('DELETE', `/auth/tokens/${revoked.id}`, { token: person.token })).statusCode, 204)
  assert.equal((await rig.call('GET', '/auth/me', { token: revoked.token })).statusCode, 401)
  assert.equal((await rig.call('DELETE', `/auth/tokens/${revoked.id}`, { token: person.token })).statusCode, 404)

  const expired = await create({ name: 'old', expiresInDays: 1 })
  await database.db.query({ text: 'update api_tokens set expires_at = now() where id = $1', values: [expired.id] })
  assert.equal((await rig.call('GET', '/auth/me', { token: expired.token })).statusCode, 401)
})

test('a token of somebody else can not be seen or revoked', async () => {
  const { id } = await create({ name: 'mine' })
  const other = await rig.person('other@example.org', ['admin'])
  assert.equal((await rig.call('DELETE', `/auth/tokens/${id}`, { token: other.token })).statusCode, 404)
  assert.deepEqual((await rig.call('GET', '/auth/tokens', { token: other.token })).json().items, [])
})

test('its use is noted', async () => {
  const { id, token } = await create({ name: 'used' })
  await rig.call('GET', '/auth/me', { token })
  for (;;) {
    const [row] = await database.db.query<{ used: Date | null }>({
      text: 'select last_used_at as used from api_tokens where id = $1',
      values: [id],
    })
    if (row?.used) break // the test's time limit is the other way out
  }
})

test('malformed requests are 400, and there is an end to how many', async () => {
  for (const body of [
    {},
    { name: '' },
    { name: 'x', scopes: [] },
    { name: 'x', scopes: ['all'] },
    { name: 'x', expiresInDays: 0 },
    { name: 'x', expiresInDays: 9999 },
    { name: 'x', other: 1 },
  ]) {
    assert.equal(
      (await rig.call('POST', '/auth/tokens', { token: person.token, body })).statusCode,
      400,
      JSON.stringify(body),
    )
  }
  await database.db.query({
    text: `insert into api_tokens (id, user_id, name, hash, expires_at)
      select gen_random_uuid(), $1, 'many', sha256(n::text::bytea), now() + interval '1 day' from generate_series(1, 100) n`,
    values: [person.userId],
  })
  assert.equal(
    (await rig.call('POST', '/auth/tokens', { token: person.token, body: { name: 'one more' } })).statusCode,
    409,
  )
})
