import type { FastifyInstance, FastifyRequest } from 'fastify'
import { errors } from '../errors.ts'

/**
 * Refuses a WebSocket that a page of another site opens: browsers let any site open one to anywhere. Programs that aren't
 * browsers send no Origin and pass. (The routes that read the refresh cookie have their own check, in the security box.)
 */
export const requireSameOrigin = (http: FastifyInstance, publicUrl: string | undefined): void => {
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin
  http.addHook('onRequest', async (request) => {
    if (request.headers.upgrade === undefined || isSameOrigin(request, publicOrigin)) return
    throw errors.origin_not_allowed(
      `A page of ${String(request.headers.origin)} may not open this. If that is the console's own address, set ORCHESTRATOR_PUBLIC_URL to it.`,
    )
  })
}

const isSameOrigin = (request: FastifyRequest, publicOrigin: string | undefined): boolean => {
  const { origin } = request.headers
  if (origin === undefined || origin === publicOrigin) return true
  const given = URL.parse(origin)
  // Parsed with the origin's scheme, so that a default port is left out on both sides.
  return given !== null && given.host !== '' && given.host === URL.parse(`${given.protocol}//${request.host}`)?.host
}
