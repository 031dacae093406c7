import type { FastifyRequest } from 'fastify'
import type { Principal } from '#contracts/principal.ts'
import { errors } from '../errors.ts'
import type { Origin } from './sessions.ts'

/** Where a request comes from: recorded with sessions, and what tells a second tab from a thief. */
export const originOf = (request: Pick<FastifyRequest, 'ip' | 'id' | 'headers'>): Origin => ({
  ip: request.ip,
  userAgent: request.headers['user-agent']?.slice(0, 512) ?? null,
  isSameOriginPage: request.headers['sec-fetch-site'] === 'same-origin',
  requestId: request.id,
})

/**
 * Refuses what another page makes a browser send. SameSite=Strict keeps the cookie from other sites, but not from other
 * ports of the same host: to a browser, everything on localhost is one site.
 */
export const assertNotCrossSite = (request: Pick<FastifyRequest, 'headers'>): void => {
  const site = request.headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return
  throw errors.cross_site(
    `A page of another origin sent this request (Sec-Fetch-Site: ${site}). Use the console itself.`,
  )
}

/** For what an API token must never do, whatever its scopes: make credentials or change them. */
export const assertSession = (principal: Principal): void => {
  if (principal.via === 'session') return
  throw errors.session_required('An API token can not do this. Sign in with e-mail address and password.')
}
