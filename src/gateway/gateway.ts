import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Principal } from '#contracts/principal.ts'
import type { Clock } from '#platform/clock.ts'
import { errors } from '#platform/errors.ts'
import { pathOf } from '#platform/http/problem.ts'
import { listenOn } from '#platform/http/listen.ts'
import { createHttpServer } from '#platform/http/server.ts'
import type { RouteEntry } from '#platform/http/access-hooks.ts'
import type { Http, HttpService } from '#platform/http/service.ts'
import type { Log } from '#platform/log.ts'
import type { Access, Action } from '#security/access.ts'
import type { Authenticate } from '#security/authenticate.ts'
import { forwardRoutes } from './http/forward.ts'
import { healthHttp } from './http/health.ts'
import type { ReadyChecks } from './http/health.ts'
import { describeRoutes, openApiText, serveOpenApi } from './http/openapi.ts'
import { createRateLimit } from './http/rate-limit.ts'
import type { RateLimits } from './http/rate-limit.ts'
import { requireSameOrigin } from './http/same-origin.ts'
import { serveWebApp } from './http/web-app.ts'
import { createLiveHub } from './live/hub.ts'
import type { LiveOptions } from './live/hub.ts'
import { liveUrl, serveLive } from './live/route.ts'
import type { Tls } from './tls.ts'

/** A service behind the gateway: mounted in this process or, with a `url`, reached in another. */
export type GatewayService = { name: string; http: HttpService; url?: string | undefined }

export type GatewayOptions = {
  log: Log
  clock: Clock
  /** The release's version. */
  version: string
  services: readonly GatewayService[]
  /** Served at the root, for other processes of the installation; they authenticate by themselves. */
  internal?: readonly HttpService[]
  authenticate: Authenticate
  access: Access
  /** Whose ticket this is. Each is good for once. Throws when it is not or no longer good. */
  redeemTicket: (ticket: string) => Promise<Principal>
  /** Needed where a service has a `url`: a token for that service that says who is acting. */
  signInternal?: (principal: Principal, audience: string) => Promise<string>
  /** What `/readyz` asks. */
  checks: ReadyChecks
  live: Pick<LiveOptions, 'db' | 'onNews' | 'limits'>
  limits?: RateLimits | undefined
  trustedProxies?: readonly string[]
  /** Where browsers reach the console, when a proxy stands before it. */
  publicUrl?: string | undefined
  /** The folder of the built web app. */
  webRoot: string
  tls?: Tls | undefined
}

export type Gateway = {
  http: Http
  /** Every route with who may call it; filled once the gateway is ready. */
  routes: RouteEntry[]
  /** The OpenAPI document as text. */
  openApi: () => string
  listen: (address: { host: string; port: number }) => Promise<string>
  close: () => Promise<void>
}

const bodyLimitBytes = 1024 * 1024

/** The one door for browsers, scripts and other programs: the HTTP API, the live WebSocket and the web app. */
export const createGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { log, clock, access } = options
  const rateLimit = createRateLimit(clock, options.limits)
  const { http, routes } = createHttpServer({
    log,
    bodyLimitBytes,
    authenticate: rateLimit.authenticate((request) => principalOf(request, options)),
    // A route's action is one of ours: the access table's test compares every route with the list of actions.
    authorize: (principal, action, request) =>
      access.require(principal, action as Action, undefined, { requestId: request.id }),
    ...(options.trustedProxies === undefined ? {} : { trustedProxies: options.trustedProxies }),
    ...(options.tls === undefined ? {} : { tls: options.tls }),
  })
  // Plugins are written for the instance without a type provider.
  const fastify = http as unknown as FastifyInstance
  rateLimit.guard(fastify)
  requireSameOrigin(fastify, options.publicUrl)

  const hub = await createLiveHub({
    log,
    clock,
    decide: access.decide,
    onRevoked: options.authenticate.onRevoked,
    ...options.live,
  })
  await describeRoutes(fastify, options.version)
  await serveLive(http, hub.accept)
  await http.register(async (scope) => healthHttp({ version: options.version, checks: options.checks })(scope as Http))
  for (const internal of options.internal ?? []) await http.register(async (scope) => internal(scope as Http))
  for (const service of options.services) await mount(http, service, options)
  await serveOpenApi(fastify)
  refuseUnknown(http)
  await serveWebApp(fastify, { root: options.webRoot, isTls: options.tls !== undefined })
  await http.ready()

  return {
    http,
    routes,
    openApi: () => openApiText(fastify),
    listen: (address) => listenOn(http, address),
    close: async () => {
      await hub.close()
      await http.close()
    },
  }
}

const principalOf = (request: FastifyRequest, options: GatewayOptions): Promise<Principal> => {
  const { url } = request.routeOptions
  if (url !== liveUrl)
    return options.authenticate.principalOf(request.headers, { ip: request.ip, route: url ?? 'unknown' })
  const { ticket } = request.query as { ticket?: unknown } // not validated yet: authentication comes first
  return options.redeemTicket(typeof ticket === 'string' ? ticket : '')
}

/** Unknown addresses of the API would else be the web app's, which answers every other one; and they need a sign-in first. */
const refuseUnknown = (http: Http): void => {
  for (const [url, level] of [
    ['/api/v1/*', 'authenticated'],
    ['/api/*', 'public'],
  ] as const) {
    http.all(url, { config: { access: level }, schema: { hide: true } }, (request) => {
      throw errors.not_found(`There is no ${request.method} ${pathOf(request.url)}.`)
    })
  }
}

const mount = async (http: Http, service: GatewayService, options: GatewayOptions): Promise<void> => {
  const { name, url } = service
  await http.register(
    async (scope) => {
      if (url !== undefined) {
        const { signInternal } = options
        if (signInternal === undefined)
          throw new Error(`The ${name} service runs elsewhere, but there is no key to sign for it.`)
        forwardRoutes(scope as unknown as FastifyInstance, { name, url, signInternal, bodyLimitBytes })
      }
      await service.http(scope as Http)
    },
    { prefix: '/api/v1' },
  )
}
