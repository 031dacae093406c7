import fastify from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Principal } from '#contracts/principal.ts'
import { AppError } from '#platform/app-error.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { Http, HttpService } from '#platform/http/service.ts'
import { createLog } from '#platform/log.ts'
import type { Access } from '#security/access.ts'
import { createResources } from '../resources.ts'
import type { Resources } from '../resources.ts'
import type { FakeAws } from './fake-aws.ts'

export const operator: Principal = {
  userId: '01920000-0000-7000-8000-000000000001',
  email: 'operator@example.com',
  roles: ['operator'],
  via: 'session',
  credentialId: null,
  scopes: null,
}

/** Allows everything but what a test denies by account. */
export const createFakeAccess = (): Access & { denied: Set<string> } => {
  const denied = new Set<string>()
  const decide: Access['decide'] = async (_principal, _action, resource) => ({
    allowed: !denied.has(resource?.account ?? ''),
    reasons: [],
  })
  return { denied, decide, require: async () => {} }
}

/** The resource service over a real database and a cloud in memory, without its loop. */
export const createRig = (db: Database, fake: FakeAws) => {
  const nudges: string[] = []
  const notifier: Notifier = { nudge: (channel) => void nudges.push(channel) }
  const listener = { on: () => () => {}, onReconnect: () => () => {}, close: async () => {} }
  const access = createFakeAccess()
  const log = createLog({ level: 'silent' })
  const resources: Resources = createResources({ db, log, clock: systemClock, aws: fake.aws, access, notifier, listener })
  return { resources, access, nudges, log }
}

/** Serves a box as the gateway would, with every request signed in as that principal. */
export const serve = async (services: HttpService[], principal: Principal): Promise<Http> => {
  const http = fastify({ routerOptions: { maxParamLength: 2048 } }).withTypeProvider<ZodTypeProvider>()
  http.setValidatorCompiler(validatorCompiler)
  http.setSerializerCompiler(serializerCompiler)
  http.addHook('onRequest', async (request) => void (request.principal = principal))
  http.addHook('onRoute', (route) => {
    if (route.config?.access === undefined) throw new Error(`${route.url} declares no access`)
  })
  http.setErrorHandler((error, _request, reply) => {
    if (error instanceof AppError) {
      return reply.code(error.status).send({ code: error.code, detail: error.message, errors: error.errors })
    }
    const status = (error as { statusCode?: number }).statusCode ?? 500
    return reply.code(status).send({ code: status === 400 ? 'invalid_request' : 'internal', detail: String(error) })
  })
  for (const service of services) await service(http as unknown as Http) // the same but for the logger's type
  await http.ready()
  return http as unknown as Http
}
