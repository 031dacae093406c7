import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { fastify } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { Principal } from '#contracts/principal.ts'
import { AppError } from '#platform/app-error.ts'
import { systemClock } from '#platform/clock.ts'
import type { Http, HttpService } from '#platform/http/service.ts'
import { freshDatabase } from '../../test/support/database.ts'
import { createAws } from './aws.ts'
import type { Aws } from './cloud.ts'
import { faultsHttp } from './faults-http.ts'
import { createSandboxClient } from './sandbox-client.ts'
import { sandboxHttp } from './sandbox-http.ts'
import type { SandboxHost } from './sandbox-host.ts'
import { place, quietLog, temporarySandbox } from './testing/host.ts'

/** Roles split: one process hosts the sandbox, another one calls it. Here both are this one, with HTTP in between. */
let host: SandboxHost
let aws: Aws
/** Of the process that hosts the sandbox, and of the gateway. */
let hostUrl: string
let url: string
const closing: (() => unknown)[] = []
const token = 'an-internal-token'
const administrator: Principal = {
  userId: 'admin',
  email: 'admin@localhost',
  roles: ['admin'],
  via: 'session',
  credentialId: null,
  scopes: null,
}

const serve = async (service: HttpService): Promise<string> => {
  const server = fastify({ logger: false, forceCloseConnections: true }) as unknown as Http // zod's types come with the compilers below
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  server.setErrorHandler((error, _request, reply) =>
    reply.code(error instanceof AppError ? error.status : 400).send({ message: String(error) }),
  )
  server.addHook('onRequest', async (request) => {
    request.principal = administrator
  })
  await service(server)
  closing.unshift(() => server.close())
  return server.listen({ host: '127.0.0.1', port: 0 })
}

before(async () => {
  const sandbox = temporarySandbox({ clock: systemClock })
  host = sandbox.open()
  closing.push(
    () => host.close(),
    () => sandbox.remove(),
  )
  const verify = async (given: string): Promise<void> => {
    if (given !== token) throw new Error('not ours')
  }
  hostUrl = await serve(sandboxHttp({ host, verify }))
  const client = createSandboxClient({ url: hostUrl, token: async () => token })
  const { db, drop } = await freshDatabase()
  url = await serve(faultsHttp({ control: client.control, sql: db }))
  aws = createAws({ db, log: quietLog, clock: systemClock, sandbox: { speed: 1, transport: client } })
  closing.unshift(() => aws.close())
  closing.push(drop)
  await aws.accounts.ensureFirst('sandbox')
})
after(async () => {
  for (const close of closing) await close()
})

const call = { priority: 'interactive' } as const

test('adapters work over HTTP as they do in one process: dates, errors and retries', async () => {
  const ec2 = await aws.ec2(await aws.accounts.get(place.account), place.region)
  const { value: page } = await ec2.listInstances(call)[Symbol.asyncIterator]().next()
  const instance = page?.[0]
  assert.match(instance?.launchedAt ?? '', /^\d{4}-/)
  await assert.rejects(ec2.stopInstances(call, ['i-0123456789abcdef0'], {}), {
    kind: 'permanent',
    code: 'InvalidInstanceID.NotFound',
    culprits: ['i-0123456789abcdef0'],
  })
  await host.control.addFault({ kind: 'throttle', probability: 1, times: 1, action: 'CreateTags' })
  await ec2.createTags(call, [instance?.id ?? ''], { note: 'over http' })
  assert.equal((await ec2.describeInstances(call, [instance?.id ?? '']))[0]?.tags['note'], 'over http')
  const cloudwatch = await aws.cloudwatch(await aws.accounts.get(place.account), place.region)
  const to = new Date()
  const [cpu] = await cloudwatch.getMetricData(call, {
    queries: [
      {
        namespace: 'AWS/EC2',
        name: 'CPUUtilization',
        dimensions: { InstanceId: instance?.id ?? '' },
        statistic: 'Average',
        periodSeconds: 300,
      },
    ],
    from: new Date(to.getTime() - 3_600_000),
    to,
  })
  assert.ok((cpu?.length ?? 0) >= 11)
})

test('without the internal token nothing is answered', async () => {
  for (const authorization of [undefined, 'Bearer wrong', 'Basic abc']) {
    const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) }
    const body = JSON.stringify({ ...place, service: 'ec2', action: 'DescribeInstances', input: {} })
    assert.equal(
      (await fetch(new URL('/internal/sandbox/calls', hostUrl), { method: 'POST', headers, body })).status,
      401,
    )
    for (const path of ['faults', 'effects']) {
      const method = path === 'effects' ? 'POST' : 'GET'
      const response = await fetch(new URL(`/internal/sandbox/${path}`, hostUrl), {
        method,
        headers,
        ...(method === 'POST' ? { body: '{"resources":null}' } : {}),
      })
      assert.equal(response.status, 401)
    }
  }
})

test('users add, see and end faults, and count effects', async () => {
  const request = async (method: string, path: string, body?: unknown): Promise<{ status: number; json: any }> => {
    const response = await fetch(new URL(path, url), {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, json: text === '' ? null : JSON.parse(text) }
  }
  await request('DELETE', '/sandbox/faults')
  const added = await request('POST', '/sandbox/faults', { kind: 'access-denied', action: 'StopInstances', times: 2 })
  assert.equal(added.status, 201)
  assert.deepEqual((await request('GET', '/sandbox/faults')).json.items, [
    { id: added.json.id, kind: 'access-denied', action: 'StopInstances', times: 2, probability: 1, hits: 0 },
  ])
  assert.equal((await request('DELETE', `/sandbox/faults/${added.json.id}`)).status, 204)
  assert.equal((await request('DELETE', `/sandbox/faults/${added.json.id}`)).status, 404)
  assert.deepEqual((await request('GET', '/sandbox/faults')).json.items, [])
  for (const wrong of [{ kind: 'flood' }, { kind: 'throttle', probability: 2 }, { kind: 'throttle', extra: 1 }, null]) {
    assert.equal((await request('POST', '/sandbox/faults', wrong)).status, 400)
  }
  const { json } = await request('GET', '/sandbox/effects')
  assert.ok(json.items.length > 0)
  const resource = json.items[0].resource
  assert.deepEqual(
    (await request('GET', `/sandbox/effects?resource=${resource}&resource=i-none`)).json.items.map(
      (item: { resource: string }) => item.resource,
    ),
    [resource],
  )
})

test('a host that is not there is an endpoint that is not there', async (t) => {
  const { db, drop } = await freshDatabase()
  t.after(drop)
  const was = createServer().listen(0, '127.0.0.1')
  await once(was, 'listening')
  // A server that listens on a port has an address that is no text.
  const { port } = was.address() as { port: number }
  was.close()
  const gone = createSandboxClient({ url: `http://127.0.0.1:${port}`, token: async () => token })
  const lonely = createAws({ db, log: quietLog, clock: systemClock, sandbox: { speed: 1, transport: gone } })
  await lonely.accounts.ensureFirst('sandbox')
  await assert.rejects(lonely.identity(await lonely.accounts.get(place.account), call), {
    kind: 'transient',
    code: 'ECONNREFUSED',
  })
  await assert.rejects(gone.control.listFaults(), { code: 'sandbox_unreachable' })
  await lonely.close()
})
