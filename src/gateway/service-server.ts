import type { Principal } from '#contracts/principal.ts'
import { listenOn } from '#platform/http/listen.ts'
import { createHttpServer } from '#platform/http/server.ts'
import type { RouteEntry } from '#platform/http/access-hooks.ts'
import type { Http, HttpService } from '#platform/http/service.ts'
import type { Log } from '#platform/log.ts'
import type { Access, Action } from '#security/access.ts'
import { healthHttp } from './http/health.ts'
import type { ReadyChecks } from './http/health.ts'

export type ServiceServerOptions = {
  log: Log
  version: string
  /** Services served here, by the name that the gateway's tokens are made out to. */
  services: readonly { name: string; http: HttpService }[]
  /** Served at the root, for other processes of the installation; they authenticate by themselves. */
  internal?: readonly HttpService[]
  /** Who is acting, by an internal token made out to that audience. Throws an error of status 401. */
  verifyInternal: (token: string, audience: string) => Promise<Principal>
  access: Access
  checks: ReadyChecks
}

export type ServiceServer = {
  http: Http
  /** Every route with who may call it. */
  routes: RouteEntry[]
  /** The document is the gateway's. */
  openApi: null
  listen: (address: { host: string; port: number }) => Promise<string>
  close: () => Promise<void>
}

/**
 * The HTTP face of a process that serves a role to the gateways. It takes only the gateway's internal tokens: users'
 * tokens end at the gateway. Authorization and validation happen here, where the service is.
 */
export const createServiceServer = async (options: ServiceServerOptions): Promise<ServiceServer> => {
  const { http, routes } = createHttpServer({
    log: options.log,
    acceptsRequestId: true,
    authenticate: (request) =>
      options.verifyInternal(bearerOf(request.headers.authorization), request.routeOptions.config.service ?? ''),
    authorize: (principal, action, request) =>
      options.access.require(principal, action as Action, undefined, { requestId: request.id }),
  })
  await http.register(async (scope) => healthHttp({ version: options.version, checks: options.checks })(scope as Http))
  for (const internal of options.internal ?? []) await http.register(async (scope) => internal(scope as Http))
  for (const service of options.services) {
    await http.register(
      async (scope) => {
        scope.addHook('onRoute', (route) => void (route.config = { ...route.config, service: service.name }))
        await service.http(scope as Http)
      },
      { prefix: '/api/v1' },
    )
  }
  await http.ready()
  return {
    http,
    routes,
    openApi: null,
    listen: (address) => listenOn(http, address),
    close: () => http.close().then(() => {}),
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Name of the service that a route of a service process belongs to. */
    service?: string
  }
}

const bearerOf = (authorization: string | undefined): string => /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? ''
