import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Principal } from '#contracts/principal.ts'
import type { RouteAccess } from './service.ts'

/** One route as it was registered, for the access table and for documents. */
export type RouteEntry = { method: string; url: string; access: RouteAccess }

export type AccessOptions = {
  /** Who sends this request. Throws an error of status 401 when that can't be told. */
  authenticate: (request: FastifyRequest) => Promise<Principal>
  /** Throws an error of status 403 (or 404) when the principal may not do that. */
  authorize: (principal: Principal, action: string, request: FastifyRequest) => Promise<void>
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Name of the service that answers this route in another process; it authorizes, this process only authenticates. */
    forwardedTo?: string
  }
}

/**
 * Holds every route to a declared access. A request is authenticated before its body is read, so that an unauthenticated
 * one gets 401 whatever else is wrong with it; an unknown address below /api/v1 is no exception. It is authorized before
 * the body is read as well, but after every `onRequest` hook, so that a rate limit stands between the two.
 */
export const guardRoutes = (http: FastifyInstance, options: AccessOptions): { routes: RouteEntry[] } => {
  const registered: { method: string | string[]; url: string; config?: { access?: RouteAccess } }[] = []
  const routes: RouteEntry[] = []
  // The slot exists on every request; handlers of public routes have no business with it.
  http.decorateRequest('principal', null as unknown as Principal)

  http.addHook('onRoute', (route) => void registered.push(route))
  // Checked at the end, since a plugin's scope may still add the access to the routes that the plugin registers.
  http.addHook('onReady', async () => {
    for (const { method, url, config } of registered) {
      if (config?.access === undefined) {
        throw new Error(`${String(method)} ${url} does not say who may call it: give it config: { access }.`)
      }
      for (const one of [method].flat()) routes.push({ method: one, url, access: config.access })
    }
  })

  http.addHook('onRequest', async (request) => {
    if (needsPrincipal(request)) request.principal = await options.authenticate(request)
  })
  http.addHook('preParsing', async (request) => {
    const { access, forwardedTo } = request.routeOptions.config
    if (typeof access === 'object' && forwardedTo === undefined) {
      await options.authorize(request.principal, access.action, request)
    }
  })
  return { routes }
}

/** Unknown addresses of the API are told only to those who are signed in; other unknown addresses are the web app's. */
const needsPrincipal = (request: FastifyRequest): boolean =>
  request.is404 ? request.url.startsWith('/api/v1') : request.routeOptions.config.access !== 'public'
