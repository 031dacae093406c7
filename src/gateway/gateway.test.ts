import assert from 'node:assert/strict'
import { request as plainRequest } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import type { Principal } from '#contracts/principal.ts'
import { problemSchema } from '#contracts/problem.ts'
import type { HttpService } from '#platform/http/service.ts'
import { createLog } from '#platform/log.ts'
import { fakeAccess, principalNamed, refusals, startGateway } from '../../test/support/gateway.ts'
import { createServiceServer } from './service-server.ts'

const log = createLog({ level: 'fatal' })
const access = fakeAccess((principal, action) => action !== 'audit.read' || principal.userId === 'auditor')

/** A service with one route of each sort. */
let endStream = (): void => {}
const thingsHttp: HttpService = (http) => {
  http.route({
    method: 'POST',
    url: '/things/:id',
    config: { access: { action: 'task.create' } },
    schema: {
      tags: ['things'],
      summary: 'Makes a thing',
      params: z.object({ id: z.string() }),
      body: z.object({ name: z.string() }),
      response: { 202: z.object({ id: z.string(), name: z.string(), by: z.string() }).meta({ id: 'Thing' }) },
    },
    handler: async (request, reply) =>
      reply.code(202).send({ id: request.params.id, name: request.body.name, by: request.principal.email }),
  })
  http.get('/secrets', { config: { access: { action: 'audit.read' } } }, async () => ({ items: [] }))
  http.get('/stream', { config: { access: 'authenticated' } }, async (_request, reply) => {
    const stream = new PassThrough()
    stream.write('data: first\n\n')
    endStream = () => stream.end('data: last\n\n')
    return reply.type('text/event-stream').send(stream)
  })
  http.post('/count', { config: { access: 'authenticated' } }, async (request) => ({
    characters: JSON.stringify(request.body).length,
  }))
  http.post('/large', { config: { access: 'authenticated' }, bodyLimit: 2_000_000 }, async (request) => ({
    characters: JSON.stringify(request.body).length,
  }))
  http.get('/request-id', { config: { access: 'authenticated' } }, async (request) => ({ id: request.id }))
}

/** Internal tokens of the test: the principal and the audience as they are. */
const signInternal = async (principal: Principal, audience: string): Promise<string> =>
  `${audience}:${principal.userId}`
const verifyInternal = async (token: string, audience: string): Promise<Principal> => {
  const [to, name] = token.split(':')
  if (to !== audience || name === undefined) throw refusals.unauthenticated('Only gateways may call.')
  return principalNamed(name)
}

let service: Awaited<ReturnType<typeof createServiceServer>>
let serviceUrl = ''
let mounted: Awaited<ReturnType<typeof startGateway>>
let split: Awaited<ReturnType<typeof startGateway>>
before(async () => {
  service = await createServiceServer({
    log,
    version: '1.2.3',
    services: [{ name: 'things', http: thingsHttp }],
    verifyInternal,
    access,
    checks: {},
  })
  await service.listen({ host: '127.0.0.1', port: 0 })
  serviceUrl = `http://127.0.0.1:${(service.http.server.address() as AddressInfo).port}` // it listens on TCP
  mounted = await startGateway({
    access,
    services: [{ name: 'things', http: thingsHttp }],
    checks: { database: async () => 1 },
  })
  split = await startGateway({
    access,
    services: [{ name: 'things', http: thingsHttp, url: serviceUrl }],
    signInternal,
  })
})
after(async () => {
  await mounted.gateway.close()
  await split.gateway.close()
  await service.close()
})

const as = (name: string) => ({ authorization: `Bearer ${name}` })
const post = (body: unknown, name = 'ann') => ({
  method: 'POST',
  headers: { ...as(name), 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

for (const [how, gateway] of [
  ['mounted in the same process', () => mounted],
  ['in a process of its own', () => split],
] as const) {
  describe(`a service ${how}`, () => {
    const call = (path: string, init: RequestInit = { headers: as('ann') }) =>
      fetch(`${gateway().url}/api/v1${path}`, init)

    test('answers as the user', async () => {
      const arn = 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc'
      const answer = await call(`/things/${encodeURIComponent(arn)}`, post({ name: 'web' }))
      assert.equal(answer.status, 202)
      assert.deepEqual(await answer.json(), { id: arn, name: 'web', by: 'ann@example.com' })
    })
    test('validates', async () => {
      const answer = await call('/things/1', post({ name: 5 }))
      assert.equal(answer.status, 400)
      const problem = problemSchema.parse(await answer.json())
      assert.deepEqual(
        problem.errors?.map(({ path }) => path),
        ['name'],
      )
      assert.equal(problem.requestId, answer.headers.get('x-request-id'))
      assert.equal((await call('/things/1', { ...post({}), body: '{' })).status, 400)
    })
    test('authenticates and authorizes', async () => {
      assert.equal((await call('/secrets', {})).status, 401)
      assert.equal((await call('/secrets')).status, 403)
      assert.equal((await call('/secrets', { headers: as('auditor') })).status, 200)
      assert.equal((await call('/nothing', {})).status, 401)
      assert.equal((await call('/%zz', {})).status, 401)
      assert.equal((await call('/%zz')).status, 400)
      assert.equal((await call('/nothing')).status, 404)
      assert.equal((await call('/nothing', { method: 'PATCH', headers: as('ann') })).status, 404)
    })
    test('streams its answer', async () => {
      const answer = await call('/stream')
      assert.equal(answer.headers.get('content-type'), 'text/event-stream')
      const reader = answer.body?.getReader()
      assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), 'data: first\n\n')
      endStream()
      assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), 'data: last\n\n')
    })
    test('takes a streamed body, up to the limit', async () => {
      const chunked = async (characters: number) => {
        const upload = plainRequest(`${gateway().url}/api/v1/count`, {
          method: 'POST',
          headers: { ...as('ann'), 'content-type': 'application/json' },
        })
        Readable.from(['"', 'x'.repeat(characters / 2), 'x'.repeat(characters / 2), '"']).pipe(upload)
        upload.on('error', () => {}) // the server may hang up on the rest of a body that is too large
        const [answer] = await once(upload, 'response')
        return answer.statusCode
      }
      assert.equal(await chunked(500_000), 200)
      assert.equal(await chunked(1_200_000), 413)
      assert.equal((await call('/count', post('x'.repeat(1_100_000)))).status, 413)
    })
    test('takes as much as a route of its own limit allows', async () => {
      assert.equal((await call('/large', post('x'.repeat(1_500_000)))).status, 200)
      assert.equal((await call('/large', post('x'.repeat(2_100_000)))).status, 413)
    })
    test('knows the request by the id that the client is told', async () => {
      const answer = await call('/request-id')
      assert.deepEqual(await answer.json(), { id: answer.headers.get('x-request-id') })
    })
    test('stands in the OpenAPI document', async () => {
      const document = (await (await call('/openapi.json', {})).json()) as any
      const operation = document.paths['/api/v1/things/{id}'].post
      assert.equal(document.openapi, '3.1.0')
      assert.equal(operation.operationId, 'postThingsById')
      assert.equal(operation['x-required-action'], 'task.create')
      assert.deepEqual(operation.requestBody.content['application/json'].schema.required, ['name'])
      assert.deepEqual(operation.responses['202'].content['application/json'].schema, {
        $ref: '#/components/schemas/Thing',
      })
      assert.deepEqual(operation.responses.default.content['application/problem+json'].schema, {
        $ref: '#/components/schemas/Problem',
      })
      assert.ok(document.components.schemas.Thing.properties.by)
      assert.ok(document.paths['/api/v1/live'].get)
      assert.deepEqual(document.paths['/healthz'].get.security, [])
    })
  })
}

test('a service process takes only the tokens of gateways', async () => {
  for (const headers of [{}, as('ann'), { authorization: 'Bearer other:ann' }]) {
    assert.equal((await fetch(`${serviceUrl}/api/v1/request-id`, { headers })).status, 401)
  }
})

test('a service that is away is 503 with a time to try again, the rest works on', async () => {
  const { gateway, url } = await startGateway({
    services: [{ name: 'things', http: thingsHttp, url: 'http://127.0.0.1:1' }],
    signInternal,
  })
  const answer = await fetch(`${url}/api/v1/things/1`, post({ name: 'web' }))
  assert.equal(answer.status, 503)
  assert.equal(answer.headers.get('retry-after'), '2')
  const problem = problemSchema.parse(await answer.json())
  assert.equal(problem.code, 'service_unavailable')
  assert.match(problem.detail, /things service/)
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  await gateway.close()
})

describe('health', () => {
  test('is JSON at the root, without sign-in', async () => {
    const json = async (path: string) => (await fetch(`${mounted.url}${path}`)).json()
    assert.deepEqual(await json('/healthz'), { status: 'ok' })
    assert.deepEqual(await json('/readyz'), { status: 'ready', checks: { database: 'ok' } })
    assert.deepEqual(await json('/version'), { name: 'aws-orchestrator', version: '1.2.3' })
  })
  test('a failed check is 503 and does not say why', async () => {
    const { gateway, url } = await startGateway({
      checks: { database: () => Promise.reject(new Error('password authentication failed')), cache: async () => 1 },
    })
    const answer = await fetch(`${url}/readyz`)
    assert.equal(answer.status, 503)
    assert.deepEqual(await answer.json(), { status: 'not_ready', checks: { database: 'failed', cache: 'ok' } })
    await gateway.close()
  })
})

describe('the docs page', () => {
  test('needs no sign-in and nothing from elsewhere', async () => {
    const answer = await fetch(`${mounted.url}/api/docs`)
    assert.equal(answer.status, 200)
    const html = await answer.text()
    assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//)
    assert.doesNotMatch(html, /<script>|<style>|\son\w+=/)
    assert.match(answer.headers.get('content-security-policy') ?? '', /script-src 'self';/)
    const scripts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => new URL(path ?? '', answer.url))
    assert.ok(scripts.length >= 5)
    for (const script of scripts) assert.equal((await fetch(script)).status, 200, script.pathname)
  })
})

describe('rate limits', () => {
  test('by principal, with the time to try again', async () => {
    const { gateway, url } = await startGateway({
      services: [{ name: 'things', http: thingsHttp }],
      limits: {
        principal: { burst: 3, perSecond: 0.5 },
        anonymous: { burst: 2, perSecond: 0.5 },
        signIn: { burst: 2, perSecond: 0.5 },
      },
    })
    const get = (headers: Record<string, string>) => fetch(`${url}/api/v1/request-id`, { headers })
    const first = await get(as('ann'))
    assert.equal(first.headers.get('ratelimit-policy'), '"principal";q=3;w=6')
    assert.equal(first.headers.get('ratelimit'), '"principal";r=2;t=2')
    await get(as('ann'))
    await get(as('ann'))
    const refused = await get(as('ann'))
    assert.equal(refused.status, 429)
    assert.equal(refused.headers.get('retry-after'), '2')
    assert.equal(problemSchema.parse(await refused.json()).code, 'rate_limited')
    assert.equal((await get(as('bob'))).status, 200)
    // Bad tokens run out by address, good ones of the same address don't.
    assert.deepEqual([(await get({})).status, (await get({})).status, (await get({})).status], [401, 401, 429])
    assert.equal((await get(as('bob'))).status, 200)
    assert.equal((await fetch(`${url}/healthz`)).status, 200)
    await gateway.close()
  })
  test('failed sign-ins count, successful ones do not', async () => {
    const signIn: HttpService = (http) => {
      http.post(
        '/auth/login',
        { config: { access: 'public' }, schema: { body: z.object({ password: z.string() }) } },
        async (request) => {
          if (request.body.password !== 'right') throw refusals.unauthenticated('Wrong.')
          return {}
        },
      )
    }
    const { gateway, url } = await startGateway({
      services: [{ name: 'auth', http: signIn }],
      limits: {
        principal: { burst: 9, perSecond: 1 },
        anonymous: { burst: 99, perSecond: 1 },
        signIn: { burst: 3, perSecond: 0.01 },
      },
    })
    const login = async (password: string) => (await fetch(`${url}/api/v1/auth/login`, post({ password }))).status
    for (let n = 0; n < 6; n++) assert.equal(await login('right'), 200)
    assert.deepEqual([await login('a'), await login('b'), await login('c'), await login('right')], [401, 401, 401, 429])
    await gateway.close()
  })
})

test('forwarded addresses are believed from trusted proxies only', async () => {
  const ips: string[] = []
  const spy: HttpService = (http) =>
    void http.get('/ip', { config: { access: 'authenticated' } }, async (request) => void ips.push(request.ip))
  for (const trustedProxies of [[], ['127.0.0.1/8']]) {
    const { gateway, url } = await startGateway({ services: [{ name: 'spy', http: spy }], trustedProxies })
    await fetch(`${url}/api/v1/ip`, { headers: { ...as('ann'), 'x-forwarded-for': '203.0.113.9' } })
    await gateway.close()
  }
  assert.deepEqual(ips, ['127.0.0.1', '203.0.113.9'])
})
