import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { createRig } from '../testing/rig.ts'
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

test('signing out ends the session at once, by cookie or by token, and is harmless without', async () => {
  const one = await rig.signIn()
  const answer = await rig.call('POST', '/auth/logout', { cookie: one.cookie })
  assert.equal(answer.statusCode, 204)
  assert.match(String(answer.headers['set-cookie']), /Max-Age=0/)
  assert.equal((await rig.call('GET', '/auth/me', { token: one.token })).statusCode, 401)
  assert.equal((await rig.call('POST', '/auth/refresh', { cookie: one.cookie })).statusCode, 401)
  const two = await rig.signIn()
  assert.equal((await rig.call('POST', '/auth/logout', { token: two.token })).statusCode, 204)
  assert.equal((await rig.call('GET', '/auth/me', { token: two.token })).statusCode, 401)
  assert.equal((await rig.call('POST', '/auth/logout')).statusCode, 204)
})

test('one sees and ends own sessions, and nobody sees those of others', async () => {
  const person = await rig.person('eve@example.org', ['viewer'])
  const other = await rig.signIn('eve@example.org', 'password of eve@example.org')
  const { items } = (await rig.call('GET', '/auth/sessions', { token: person.token })).json<{
    items: { id: string; isCurrent: boolean }[]
  }>()
  assert.equal(items.filter((item) => item.isCurrent).length, 1)
  assert.equal(items.length, 2)
  const admin = await rig.signIn()
  const foreign = items[0]!.id // there are two
  assert.equal((await rig.call('DELETE', `/auth/sessions/${foreign}`, { token: admin.token })).statusCode, 404)
  const ended = await rig.call('DELETE', '/auth/sessions', { token: person.token })
  assert.deepEqual(ended.json(), { ended: 1 })
  assert.equal((await rig.call('GET', '/auth/me', { token: other.token })).statusCode, 401)
  assert.equal((await rig.call('GET', '/auth/me', { token: person.token })).statusCode, 200)
  const own = items.find((item) => item.isCurrent)?.id
  assert.equal((await rig.call('DELETE', `/auth/sessions/${own}`, { token: person.token })).statusCode, 204)
  assert.equal((await rig.call('GET', '/auth/me', { token: person.token })).statusCode, 401)
})

test('changing the own password needs the current one and ends everything but this session', async () => {
  const person = await rig.person('pat@example.org', ['viewer'])
  const other = await rig.signIn('pat@example.org', 'password of pat@example.org')
  const change = (body: object) => rig.call('POST', '/auth/password', { token: person.token, body })
  assert.equal(
    (await change({ current: 'wrong', new: 'a better password' })).json<{ code: string }>().code,
    'wrong_password',
  )
  assert.equal(
    (await change({ current: 'password of pat@example.org', new: 'short' })).json<{ code: string }>().code,
    'weak_password',
  )
  assert.equal((await change({ current: 'password of pat@example.org', new: 'a better password' })).statusCode, 204)
  assert.equal((await rig.call('GET', '/auth/me', { token: person.token })).statusCode, 200)
  assert.equal((await rig.call('GET', '/auth/me', { token: other.token })).statusCode, 401)
  await assert.rejects(rig.signIn('pat@example.org', 'password of pat@example.org'), /401/)
  await rig.signIn('pat@example.org', 'a better password')
})

test('a socket ticket opens one socket, for its user, and a made-up one none', async () => {
  const { token, userId } = await rig.signIn()
  const answer = await rig.call('POST', '/auth/socket-ticket', { token })
  const { ticket, expiresInSeconds } = answer.json<{ ticket: string; expiresInSeconds: number }>()
  assert.equal(expiresInSeconds, 30)
  assert.equal((await rig.security.tickets.redeemTicket(ticket)).userId, userId)
  await assert.rejects(rig.security.tickets.redeemTicket(ticket), { code: 'invalid_ticket', status: 401 })
  await assert.rejects(rig.security.tickets.redeemTicket('made up'), { code: 'invalid_ticket' })
})

test('a ticket that is too old, or whose session has ended, opens nothing', async () => {
  const { token, cookie } = await rig.signIn()
  const issue = async () => (await rig.call('POST', '/auth/socket-ticket', { token })).json<{ ticket: string }>().ticket
  const old = await issue()
  await database.db.query({ text: `update socket_tickets set expires_at = expires_at - interval '31 seconds'` })
  await assert.rejects(rig.security.tickets.redeemTicket(old), { code: 'invalid_ticket' })
  const orphan = await issue()
  await rig.call('POST', '/auth/logout', { cookie })
  await assert.rejects(rig.security.tickets.redeemTicket(orphan), { code: 'invalid_ticket' })
})
