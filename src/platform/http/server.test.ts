import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import type { Principal } from '#contracts/principal.ts'
import { problemSchema } from '#contracts/problem.ts'
import { defineErrors } from '../app-error.ts'
import { createLog } from '../log.ts'
import { createHttpServer } from './server.ts'

const refusals = defineErrors({
  unauthenticated: { status: 401, title: 'Sign in' },
  forbidden: { status: 403, title: 'Not allowed' },
})
const ann: Principal = {
  userId: 'u1',
  email: 'ann@example.com',
  roles: ['viewer'],
  via: 'session',
  credentialId: 's1',
  scopes: null,
}

const lines: string[] = []
const serverWith = () => {
  const { http, routes } = createHttpServer({
    log: createLog({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } }),
    authenticate: async (request) => {
      if (request.headers.authorization !== 'Bearer good') throw refusals.unauthenticated('Send an access token.')
      return ann
    },
    authorize: async (_principal, action) => {
      if (action !== 'thing.read') throw refusals.forbidden(`You may not ${action}.`)
    },
    bodyLimitBytes: 100_000,
  })
  http.route({
    method: 'POST',
    url: '/api/v1/things',
    config: { access: { action: 'thing.read' } },
    schema: {
      body: z.object({ name: z.string().min(2), password: z.string().min(8).optional(), deep: z.unknown().optional() }),
    },
    handler: async (request) => ({ name: request.body.name, by: request.principal.email }),
  })
  http.route({
    method: 'GET',
    url: '/api/v1/things/:id',
    config: { access: { action: 'thing.read' } },
    schema: {
      params: z.object({ id: z.string() }),
      querystring: z.object({ limit: z.coerce.number().int().max(500).default(50) }),
    },
    handler: async (request) => ({ id: request.params.id, limit: request.query.limit }),
  })
  http.route({
    method: 'DELETE',
    url: '/api/v1/things/:id',
    config: { access: { action: 'thing.delete' } },
    handler: async () => ({}),
  })
  http.get('/api/v1/broken', { config: { access: 'authenticated' } }, async () => {
    throw new Error('relation "users" does not exist at /srv/app/secret-path')
  })
  http.get('/api/v1/open', { config: { access: 'public' } }, async () => ({ isOpen: true }))
  return { http, routes }
}

const { http, routes } = serverWith()
let port = 0
before(async () => {
  await http.listen({ port: 0, host: '127.0.0.1' })
  port = (http.server.address() as AddressInfo).port // it listens on TCP
})
after(() => http.close())

const call = async (
  path: string,
  init: { method?: string; body?: string | Buffer; headers?: Record<string, string> } = {},
): Promise<{ status: number; headers: Headers; body: any }> => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    ...init,
    headers: {
      authorization: 'Bearer good',
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...init.headers,
    },
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}
const problem = (answer: { headers: Headers; body: any }) => {
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  const body = problemSchema.parse(answer.body)
  assert.equal(answer.headers.get('x-request-id'), body.requestId)
  return body
}
/** Sends bytes that fetch would refuse to send and returns all that comes back. */
const raw = (bytes: string | Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let text = ''
    socket.on('data', (chunk) => (text += chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })

describe('authentication comes before everything else', () => {
  const nobody = { authorization: '' }
  const cases: [string, string, { method?: string; body?: string | Buffer; headers?: Record<string, string> }][] = [
    ['a known route', '/api/v1/things/1', {}],
    ['an unknown route', '/api/v1/nothing-here', {}],
    ['an unknown method', '/api/v1/things', { method: 'PUT', body: '{}' }],
    ['a malformed body', '/api/v1/things', { method: 'POST', body: '{"name":' }],
    [
      'a wrong content type',
      '/api/v1/things',
      { method: 'POST', body: 'a=b', headers: { 'content-type': 'text/plain' } },
    ],
    [
      'a body that is too large',
      '/api/v1/things',
      { method: 'POST', body: JSON.stringify({ name: 'x'.repeat(200_000) }) },
    ],
    ['a broken path', '/api/v1/things/%zz', {}],
    ['a path with a NUL', '/api/v1/things/%00', {}],
    ['a path part that is too long', `/api/v1/things/${'x'.repeat(3000)}`, {}],
  ]
  for (const [what, path, init] of cases) {
    test(`${what} is answered 401`, async () => {
      const answer = await call(path, { ...init, headers: { ...init.headers, ...nobody } })
      assert.equal(answer.status, 401)
      assert.equal(problem(answer).code, 'unauthenticated')
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
    })
  }
  test('a public route needs none', async () =>
    assert.equal((await call('/api/v1/open', { headers: nobody })).status, 200))
})

describe('malformed input is refused with a problem', () => {
  const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
    call('/api/v1/things', { method: 'POST', body, headers })
  const bodies: [string, string | Buffer, RegExp][] = [
    ['broken JSON', '{"name": "secret-value', /not valid JSON/],
    ['not an object', '[]', /expected object/],
    ['a NUL character', '{"name":"a\\u0000b"}', /NUL/],
    ['a NUL character in a key', '{"name":"ab","deep":{"a\\u0000":1}}', /NUL/],
    ['half a surrogate pair', '{"name":"a\\ud800b"}', /surrogate/],
    [
      'invalid UTF-8',
      Buffer.concat([Buffer.from('{"name":"a'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
      /UTF-8/,
    ],
    ['a prototype key', '{"name":"ab","__proto__":{"isAdmin":true}}', /not valid JSON/],
    ['a constructor key', '{"name":"ab","constructor":{"prototype":{"isAdmin":true}}}', /not valid JSON/],
    ['deep nesting', `{"name":"ab","deep":${'['.repeat(40_000)}${']'.repeat(40_000)}}`, /nested deeper/],
  ]
  for (const [what, body, expected] of bodies) {
    test(what, async () => {
      const answer = await post(body)
      assert.equal(answer.status, 400)
      const { detail, code } = problem(answer)
      assert.equal(code, 'invalid_request')
      assert.match(detail, expected)
      assert.doesNotMatch(JSON.stringify(answer.body), /secret-value/)
    })
  }

  test('a field error says where and what, and never repeats a password', async () => {
    const { errors } = problem(await post('{"name":"x","password":"hunter2"}'))
    assert.deepEqual(
      errors?.map(({ path, value }) => ({ path, value })),
      [
        { path: 'name', value: 'x' },
        { path: 'password', value: undefined },
      ],
    )
  })
  test('an error in the query names the query', async () => {
    const answer = await call('/api/v1/things/1?limit=9999')
    assert.equal(answer.status, 400)
    assert.deepEqual(
      problem(answer).errors?.map(({ path, value }) => ({ path, value })),
      [{ path: 'query.limit', value: '9999' }],
    )
  })
  test('no body at all is a malformed body', async () =>
    assert.equal((await call('/api/v1/things', { method: 'POST' })).status, 400))
  test('a body that is too large is 413', async () => {
    const answer = await post(JSON.stringify({ name: 'x'.repeat(100_001) }))
    assert.equal(answer.status, 413)
    assert.equal(problem(answer).code, 'too_large')
  })
  test('another content type is 415', async () => {
    const answer = await post('name=ab', { 'content-type': 'application/x-www-form-urlencoded' })
    assert.equal(answer.status, 415)
    assert.equal(problem(answer).code, 'unsupported_media_type')
  })
  test('a broken path is 400 and a NUL in it too', async () => {
    assert.equal(problem(await call('/api/v1/things/%zz')).status, 400)
    assert.equal(problem(await call('/api/v1/things/a%00b')).status, 400)
  })
  test('an id of 2,048 characters is taken, a longer one is 413', async () => {
    const arn = `arn:aws:s3:::${'b'.repeat(2035)}`
    assert.equal((await call(`/api/v1/things/${encodeURIComponent(arn)}`)).body.id, arn)
    assert.equal(problem(await call(`/api/v1/things/${'x'.repeat(3000)}`)).status, 413)
  })
  test('an unknown route is 404 with a problem', async () => {
    const answer = await call('/api/v1/nothing?ticket=abc')
    assert.equal(answer.status, 404)
    assert.equal(problem(answer).instance, '/api/v1/nothing')
  })
  test('what is not HTTP gets 400 and headers without end 431', async () => {
    assert.match(await raw('NONSENSE\r\n\r\n'), /^HTTP\/1\.1 400 .*problem\+json/s)
    assert.match(
      await raw(`GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'y'.repeat(40_000)}\r\n\r\n`),
      /^HTTP\/1\.1 431 .*headers_too_large/s,
    )
  })
})

test('what is not allowed is 403, before the body is looked at', async () => {
  const answer = await call('/api/v1/things/1', { method: 'DELETE', body: '{' })
  assert.equal(answer.status, 403)
  assert.equal(problem(answer).code, 'forbidden')
})

test('an unexpected error tells the client nothing and the log everything', async () => {
  const answer = await call('/api/v1/broken')
  assert.equal(answer.status, 500)
  const { code, requestId } = problem(answer)
  assert.equal(code, 'internal')
  assert.doesNotMatch(JSON.stringify(answer.body), /users|secret-path/)
  assert.ok(lines.some((line) => line.includes('secret-path') && line.includes(requestId)))
})

test('request ids are ours, whatever the client sends', async () => {
  const answer = await call('/api/v1/open', { headers: { 'x-request-id': '01890a5d-ac96-774b-bcce-b302099a8057' } })
  assert.notEqual(answer.headers.get('x-request-id'), '01890a5d-ac96-774b-bcce-b302099a8057')
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  assert.equal(answer.headers.get('cache-control'), 'no-store')
})

test('a valid request reaches its handler as its principal', async () => {
  const answer = await call('/api/v1/things', { method: 'POST', body: '{"name":"ab"}' })
  assert.deepEqual(answer.body, { name: 'ab', by: 'ann@example.com' })
})

test('routes are listed with their access, and one without fails the start', async () => {
  assert.ok(routes.some((route) => route.method === 'DELETE' && route.url === '/api/v1/things/:id'))
  const second = serverWith()
  second.http.get('/api/v1/forgotten', async () => ({}))
  await assert.rejects(Promise.resolve(second.http.ready()), /GET \/api\/v1\/forgotten does not say who may call it/)
})
