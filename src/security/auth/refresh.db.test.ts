import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { adminEmail, adminPassword, cookieOf, createRig } from '../testing/rig.ts'
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

test('a refresh gives a new access token and another cookie', async () => {
  const { cookie } = await rig.signIn()
  const answer = await rig.call('POST', '/auth/refresh', { cookie })
  assert.equal(answer.statusCode, 200)
  assert.deepEqual(Object.keys(answer.json<object>()).sort(), ['accessToken', 'expiresInSeconds', 'tokenType', 'user'])
  assert.notEqual(cookieOf(answer), cookie)
  assert.equal((await rig.call('POST', '/auth/refresh', { cookie: cookieOf(answer) })).statusCode, 200)
})

test('a refresh cookie that was used before ends the session for thief and owner, and is on record', async () => {
  const { cookie } = await rig.signIn()
  const next = cookieOf(await rig.call('POST', '/auth/refresh', { cookie }))
  const reused = await rig.call('POST', '/auth/refresh', { cookie })
  assert.equal(reused.statusCode, 401)
  assert.match(String(reused.headers['set-cookie']), /Max-Age=0/)
  const owner = await rig.call('POST', '/auth/refresh', { cookie: next })
  assert.equal(owner.statusCode, 401)
  assert.equal((await auditOf('auth.refresh_reuse')).at(-1)?.outcome, 'denied')
})

test('the access tokens of such a session are refused at once', async () => {
  const { cookie, token } = await rig.signIn()
  await rig.call('POST', '/auth/refresh', { cookie })
  assert.equal((await rig.call('GET', '/auth/me', { token })).statusCode, 200)
  await rig.call('POST', '/auth/refresh', { cookie })
  assert.equal((await rig.call('GET', '/auth/me', { token })).statusCode, 401)
})

test('two tabs that refresh with the same cookie stay signed in, and get the same one', async () => {
  const headers = { 'sec-fetch-site': 'same-origin', 'user-agent': 'a browser' }
  const login = await rig.call('POST', '/auth/login', { body: { email: adminEmail, password: adminPassword }, headers })
  const cookie = cookieOf(login)
  const first = await rig.call('POST', '/auth/refresh', { cookie, headers })
  const second = await rig.call('POST', '/auth/refresh', { cookie, headers })
  assert.equal(second.statusCode, 200)
  assert.equal(cookieOf(second), cookieOf(first))
  const third = cookieOf(await rig.call('POST', '/auth/refresh', { cookie: cookieOf(first), headers }))
  // Two generations back is no race any more.
  assert.equal((await rig.call('POST', '/auth/refresh', { cookie, headers })).statusCode, 401)
  assert.equal((await rig.call('POST', '/auth/refresh', { cookie: third, headers })).statusCode, 401)
})

test('the same cookie from another browser or address, or too late, is theft', async () => {
  const headers = { 'sec-fetch-site': 'same-origin', 'user-agent': 'a browser' }
  const login = async () =>
    cookieOf(await rig.call('POST', '/auth/login', { body: { email: adminEmail, password: adminPassword }, headers }))
  const attempts = [
    { headers: { ...headers, 'user-agent': 'another' } },
    { headers, ip: '192.0.2.99' },
    { headers: { 'user-agent': 'a browser' } },
  ]
  for (const attempt of attempts) {
    const cookie = await login()
    await rig.call('POST', '/auth/refresh', { cookie, headers })
    assert.equal((await rig.call('POST', '/auth/refresh', { cookie, ...attempt })).statusCode, 401)
  }
  const cookie = await login()
  await rig.call('POST', '/auth/refresh', { cookie, headers })
  await database.db.query({ text: `update sessions set rotated_at = rotated_at - interval '11 seconds'` })
  assert.equal((await rig.call('POST', '/auth/refresh', { cookie, headers })).statusCode, 401)
})

test('refreshes that overlap are a race, whoever sends them', async () => {
  const { cookie } = await rig.signIn()
  const session = cookie.split('.')[0]
  // Both requests have read the session when the lock that holds them up is released.
  const answers = await database.db.transaction(async (tx) => {
    await tx.query({ text: 'select 1 from sessions where id = $1 for update', values: [session] })
    const both = [rig.call('POST', '/auth/refresh', { cookie }), rig.call('POST', '/auth/refresh', { cookie })]
    for (;;) {
      const [row] = await database.db.query<{ n: number }>({
        text: `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      })
      if (row?.n === 2) break
    }
    return { both }
  })
  const [one, two] = await Promise.all(answers.both)
  assert.equal(one?.statusCode, 200)
  assert.equal(two?.statusCode, 200)
  assert.equal(cookieOf(one!), cookieOf(two!)) // both are there: two were sent
})

test('a made-up or changed refresh cookie is refused and ends nothing', async () => {
  const { cookie, token } = await rig.signIn()
  const [session, , mac] = cookie.split('.')
  for (const forged of [`${session}.5.${mac}`, `${session}.0.${'A'.repeat(43)}`, 'x', '', `${session}`]) {
    assert.equal((await rig.call('POST', '/auth/refresh', { cookie: forged })).statusCode, 401)
  }
  assert.equal((await rig.call('GET', '/auth/me', { token })).statusCode, 200)
  assert.equal((await rig.call('POST', '/auth/refresh')).statusCode, 401)
})

test('requests that another origin makes the browser send are refused', async () => {
  const { cookie } = await rig.signIn()
  for (const site of ['cross-site', 'same-site']) {
    assert.equal(
      (await rig.call('POST', '/auth/refresh', { cookie, headers: { 'sec-fetch-site': site } })).statusCode,
      403,
    )
    assert.equal(
      (await rig.call('POST', '/auth/logout', { cookie, headers: { 'sec-fetch-site': site } })).statusCode,
      403,
    )
  }
})
