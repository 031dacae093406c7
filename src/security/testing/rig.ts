import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LightMyRequestResponse } from 'fastify'
import type { Role } from '#contracts/principal.ts'
import { actionSchema } from '#contracts/role.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { RouteEntry } from '#platform/http/access-hooks.ts'
import { createHttpServer } from '#platform/http/server.ts'
import type { Http } from '#platform/http/service.ts'
import { createLog } from '#platform/log.ts'
import { createSecurity } from '../security.ts'
import type { Security } from '../security.ts'

/** Cheap on purpose: the cost of a hash is not what these tests are about. */
export const quickHash = { memoryKib: 64, passes: 1, parallelism: 1 }
export const adminEmail = 'admin@localhost'
export const adminPassword = 'a-first-password'

export type Rig = Awaited<ReturnType<typeof createRig>>

/** The box over a database, with its routes on a server that authenticates and authorizes as the gateway does. */
export const createRig = async (
  db: Database,
  options: { clock?: Clock; masterKey?: string; notifier?: Notifier } = {},
) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'security-'))
  const { masterKey, ...given } = options
  const log = createLog({ level: 'silent' })
  const security = await createSecurity({
    db,
    log,
    dataDir,
    hashParameters: quickHash,
    masterKey: { value: masterKey },
    ...given,
  })
  await security.ensureAdministrator({ email: adminEmail, password: adminPassword })
  // Without its loops: a test that wants the chain sealed says so, and nothing runs on after the test.
  await security.readRevocations()
  const { http, routes } = await serve(security)

  const call = (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    more: CallOptions = {},
  ): Promise<LightMyRequestResponse> =>
    http.inject({
      method,
      url: `/api/v1${url}`,
      ...(more.body === undefined ? {} : { payload: more.body }),
      headers: {
        ...(more.token === undefined ? {} : { authorization: `Bearer ${more.token}` }),
        ...(more.cookie === undefined ? {} : { cookie: `orchestrator_refresh=${more.cookie}` }),
        ...more.headers,
      },
      remoteAddress: more.ip ?? '127.0.0.1',
    })

  const signIn = async (email = adminEmail, password = adminPassword): Promise<SignedIn> => {
    const answer = await call('POST', '/auth/login', { body: { email, password } })
    if (answer.statusCode !== 200) throw new Error(`sign-in: ${answer.statusCode} ${answer.body}`)
    const { accessToken, user } = answer.json<{ accessToken: string; user: { id: string } }>()
    return { token: accessToken, userId: user.id, cookie: cookieOf(answer) }
  }

  return {
    db,
    dataDir,
    security,
    routes,
    call,
    signIn,
    /** Creates a user with these roles and signs them in. */
    person: async (email: string, roles: Role[]): Promise<SignedIn> => {
      const admin = await signIn()
      const body = { email, password: `password of ${email}`, roles }
      const created = await call('POST', '/users', { token: admin.token, body })
      if (created.statusCode !== 201) throw new Error(created.body)
      return signIn(email, body.password)
    },
    close: async () => {
      await http.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export type SignedIn = { token: string; userId: string; cookie: string }
type CallOptions = { token?: string; cookie?: string; body?: object; headers?: Record<string, string>; ip?: string }

/** The value of the refresh cookie that an answer sets. */
export const cookieOf = (answer: LightMyRequestResponse): string =>
  /^orchestrator_refresh=([^;]*)/.exec(String(answer.headers['set-cookie'] ?? ''))?.[1] ?? ''

/** Routes of the box on a server that authenticates and authorizes as the gateway does. */
export const serve = async (security: Security): Promise<{ http: Http; routes: RouteEntry[] }> => {
  const { http, routes } = createHttpServer({
    log: createLog({ level: 'silent' }),
    authenticate: (request) => security.authenticate.principalOf(request.headers),
    authorize: (principal, action, request) =>
      security.access.require(principal, actionSchema.parse(action), undefined, { requestId: request.id }),
  })
  for (const service of security.http)
    await http.register(async (scope) => service(scope as Http), { prefix: '/api/v1' }) // only the type provider differs
  await http.ready()
  return { http, routes }
}
