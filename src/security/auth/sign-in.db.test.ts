import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { adminEmail, adminPassword, createRig } from '../testing/rig.ts'
import type { Rig } from '../testing/rig.ts'

let rig: Rig
let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
  rig = await createRig(database.db)
})
after(async () => {
  await rig.close()
  await database.drop()
})

const auditOf = (
  action: string,
): Promise<{ outcome: string; subject_id: string; details: Record<string, unknown> }[]> =>
  database.db.query({
    text: 'select outcome, subject_id, details from audit where action = $1 order by id',
    values: [action],
  })

test('a sign-in gives exactly an access token, its life and the user, and the refresh token in a cookie for scripts unreadable', async () => {
  const answer = await rig.call('POST', '/auth/login', {
    body: { email: 'Admin@LocalHost', password: adminPassword, otp: '123456' },
  })
  assert.equal(answer.statusCode, 200)
  const body = answer.json<Record<string, unknown>>()
  assert.deepEqual(Object.keys(body).sort(), ['accessToken', 'expiresInSeconds', 'tokenType', 'user'])
  assert.equal(body['tokenType'], 'Bearer')
  assert.ok(Number(body['expiresInSeconds']) >= 600 && Number(body['expiresInSeconds']) <= 900)
  assert.equal((body['user'] as { email: string }).email, adminEmail)
  const cookie = String(answer.headers['set-cookie'])
  for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/api/v1/auth'])
    assert.ok(cookie.split('; ').includes(part), part)
  assert.ok(!cookie.includes('Secure'), 'plain http from loopback')
  const header = JSON.parse(Buffer.from(String(body['accessToken']).split('.')[0] ?? '', 'base64url').toString())
  assert.equal(header.alg, 'EdDSA')
})

test('from anywhere but loopback the cookie is Secure', async () => {
  const answer = await rig.call('POST', '/auth/login', {
    body: { email: adminEmail, password: adminPassword },
    ip: '192.0.2.7',
  })
  assert.ok(String(answer.headers['set-cookie']).split('; ').includes('Secure'))
})

test('a wrong password and an unknown address get the same answer, both on record, without the password', async () => {
  const wrong = await rig.call('POST', '/auth/login', {
    body: { email: adminEmail, password: 'no, not this one' },
    ip: '192.0.2.1',
  })
  const unknown = await rig.call('POST', '/auth/login', {
    body: { email: 'no@example.org', password: 'no, not this one' },
    ip: '192.0.2.1',
  })
  assert.equal(wrong.statusCode, 401)
  assert.equal(unknown.statusCode, 401)
  const { requestId: _1, ...first } = wrong.json<Record<string, unknown>>()
  const { requestId: _2, ...second } = unknown.json<Record<string, unknown>>()
  assert.deepEqual(first, second)
  const failed = (await auditOf('auth.sign_in')).filter(({ outcome }) => outcome === 'failed')
  assert.deepEqual(
    failed.map(({ details }) => details['why']),
    ['wrong password', 'unknown address'],
  )
  assert.ok(!JSON.stringify(failed).includes('not this one'))
})

test('malformed sign-ins are 400', async () => {
  for (const body of [
    {},
    { email: 'x', password: 'y' },
    { email: adminEmail },
    { email: adminEmail, password: 'x'.repeat(2000) },
    { email: 1, password: [] },
  ]) {
    assert.equal((await rig.call('POST', '/auth/login', { body })).statusCode, 400, JSON.stringify(body))
  }
})

test('guessing is slowed down, for this address only, and the answer says how long', async () => {
  const guess = (ip: string, password = 'guess') =>
    rig.call('POST', '/auth/login', { body: { email: 'victim@example.org', password }, ip })
  for (let n = 0; n < 5; n++) assert.equal((await guess('203.0.113.5')).statusCode, 401)
  const refused = await guess('203.0.113.5')
  assert.equal(refused.statusCode, 429)
  assert.ok(Number(refused.headers['retry-after']) >= 1)
  assert.equal((await guess('203.0.113.6')).statusCode, 401)
})

test('guesses from many addresses close the account for a minute, but not for where its user was signed in lately', async () => {
  const { token } = await rig.signIn()
  const body = { email: 'busy@example.org', password: 'password of busy', roles: ['viewer'] }
  await rig.call('POST', '/users', { token, body })
  const login = (ip: string, password = body.password) =>
    rig.call('POST', '/auth/login', { body: { email: body.email, password }, ip })
  assert.equal((await login('198.51.100.1')).statusCode, 200)
  for (let n = 0; n < 21; n++) await login(`203.0.113.${100 + Math.floor(n / 4)}`, 'guess')
  assert.equal((await login('198.51.100.99')).statusCode, 429)
  assert.equal((await login('198.51.100.1')).statusCode, 200)
})

test('without a token, or with a broken one, every other route answers 401', async () => {
  const { token } = await rig.signIn()
  const broken = [
    undefined,
    'x',
    `${token}x`,
    token.slice(0, -4),
    `${token.split('.').slice(0, 2).join('.')}.`,
    'orc_nothing',
  ]
  for (const { method, url, access } of rig.routes) {
    if (access === 'public' || method === 'HEAD') continue
    const path = url.replace('/api/v1', '').replace(':id', '018f0000-0000-7000-8000-000000000000')
    for (const bearer of broken) {
      const answer = await rig.call(method as 'GET', path, bearer === undefined ? {} : { token: bearer })
      assert.equal(answer.statusCode, 401, `${method} ${url} with ${bearer}`)
    }
  }
})

test('a token with algorithm none, or signed by another key, is not accepted', async () => {
  const { token } = await rig.signIn()
  const [, payload = ''] = token.split('.')
  const none = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`
  assert.equal((await rig.call('GET', '/auth/me', { token: none })).statusCode, 401)
  const other = await rig.security.internalTokens.sign(
    { userId: 'x', email: 'x', roles: ['admin'], via: 'session', credentialId: null, scopes: null },
    'api',
  )
  assert.equal(
    (await rig.call('GET', '/auth/me', { token: other })).statusCode,
    401,
    'an internal token is not an access token',
  )
})
