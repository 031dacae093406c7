import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { actions } from '#contracts/role.ts'
import { roleNames } from '#contracts/principal.ts'
import type { Role } from '#contracts/principal.ts'
import { adminPassword, signIn, startServer } from '../support/server.ts'
import { accessTable } from './access-table.ts'

const usualMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
let server: Awaited<ReturnType<typeof startServer>>
const tokens = new Map<Role, string>()

before(async () => {
  server = await startServer()
  const admin = await signIn(server.url, 'admin@localhost', adminPassword)
  tokens.set('admin', admin)
  for (const role of roleNames) {
    if (role === 'admin') continue
    const user = { email: `${role}@example.com`, password: `a-good-password-for-${role}`, roles: [role] }
    const answer = await fetch(`${server.url}/api/v1/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      body: JSON.stringify(user),
    })
    assert.equal(answer.status, 201, await answer.text())
    tokens.set(role, await signIn(server.url, user.email, user.password))
  }
})
after(() => server.remove())

/** "GET /tasks", with one entry for routes of all methods, and without the HEAD that comes with each GET. */
const registered = (): string[] => {
  const byUrl = new Map<string, Set<string>>()
  for (const { method, url } of server.routes) byUrl.set(url, (byUrl.get(url) ?? new Set()).add(method))
  return [...byUrl].flatMap(([url, methods]) =>
    usualMethods.every((method) => methods.has(method))
      ? [`ALL ${url}`]
      : [...methods].filter((method) => method !== 'HEAD').map((method) => `${method} ${url}`),
  )
}

/** A request that gets past authorization and no further: ids that exist nowhere, and a body that is no JSON. */
const probe = async (route: string, token: string | undefined): Promise<number> => {
  const [named = '', url = ''] = route.split(' ')
  const method = named === 'ALL' ? 'GET' : named
  const path = url.replace(/:\w+/g, '01890a5d-ac96-774b-bcce-b302099a8057').replace('*', 'nothing-here')
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
    },
    ...(method === 'GET' ? {} : { body: '{' }),
  })
  await answer.body?.cancel()
  return answer.status
}

test('every route stands in the table, and the table names no route that is gone', () => {
  const routes = registered()
  assert.deepEqual(
    { 'routes without an entry': routes.filter((route) => !(route in accessTable)) },
    { 'routes without an entry': [] },
  )
  assert.deepEqual(
    { 'entries without a route': Object.keys(accessTable).filter((route) => !routes.includes(route)) },
    { 'entries without a route': [] },
  )
})

test('what a route asks for is an action that the policies know', () => {
  const known: readonly string[] = actions
  const unknown = server.routes.filter(({ access }) => typeof access === 'object' && !known.includes(access.action))
  assert.deepEqual(unknown, [])
})

test('without a sign-in every route but the public ones answers 401', async () => {
  for (const [route, callers] of Object.entries(accessTable)) {
    if (route.includes('/internal/')) continue
    const status = await probe(route, undefined)
    // A public sign-in route refuses the malformed body of the probe, the refresh a missing cookie.
    if (callers !== 'public') assert.equal(status, 401, route)
    else if (route !== 'POST /api/v1/auth/refresh') assert.notEqual(status, 401, route)
  }
})

test("routes between processes take nobody's token but their own", async () => {
  const internal = Object.keys(accessTable).filter((route) => route.includes('/internal/'))
  for (const route of internal) {
    const [method = '', path = ''] = route.split(' ')
    const body = path.endsWith('calls')
      ? { service: 'ec2', action: 'DescribeInstances', account: '111122223333', region: 'us-east-1', input: {} }
      : path.endsWith('effects')
        ? { resources: null }
        : { kind: 'latency' }
    for (const token of [undefined, tokens.get('admin')]) {
      const answer = await fetch(`${server.url}${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
        },
        ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
      })
      assert.equal(answer.status, 401, route)
    }
  }
})

describe('every role may do what the table says and nothing else', () => {
  for (const role of roleNames) {
    test(role, async () => {
      for (const [route, callers] of Object.entries(accessTable)) {
        if (callers === 'public' || route === 'GET /api/v1/live') continue
        // This one would end the sessions that the other probes need.
        if (route === 'DELETE /api/v1/auth/sessions') continue
        const status = await probe(route, tokens.get(role))
        const isRefused = status === 403
        assert.equal(
          isRefused,
          callers !== 'signed in' && !callers.includes(role),
          `${route} answers ${status} to ${role}`,
        )
        assert.ok(status < 500, `${route} answers ${status} to ${role}`)
      }
    })
  }
})
