import type { FastifyInstance, FastifyPluginAsync, RawServerDefault, FastifyBaseLogger } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Principal } from '#contracts/principal.ts'

/**
 * Who may call a route. Every route declares one (`config: { access }`); a route without it fails at start.
 * - `public`: no sign-in. Only login, refresh, logout, recovery steps, OpenAPI, health.
 * - `authenticated`: any signed-in principal; the handler deals with their own things only, or filters by what they may see.
 * - an action: the principal must be allowed that action (Cedar, deny by default) before the handler runs. Handlers
 *   still check the concrete resource where rights depend on it.
 */
export type RouteAccess = 'public' | 'authenticated' | { action: string }

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess
  }
  interface FastifyRequest {
    /** Set before the handler of every route that is not public. */
    principal: Principal
  }
}

/** A Fastify instance whose schemas are zod's. */
export type Http = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

/**
 * The HTTP face of a box: registers its routes, without the /api/v1 prefix, on an instance that already authenticates,
 * authorizes by `config.access` and turns errors into problem+json. The gateway mounts it in the same process, or a
 * process of that role serves it for gateways elsewhere.
 */
export type HttpService = (http: Http) => void | Promise<void>

export type { FastifyPluginAsync }
