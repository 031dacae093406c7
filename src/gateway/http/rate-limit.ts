import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from '#contracts/principal.ts'
import type { Clock } from '#platform/clock.ts'
import { errors as platformErrors } from '#platform/errors.ts'
import { errors } from '../errors.ts'
import { createTokenBuckets } from './token-buckets.ts'
import type { Rate } from './token-buckets.ts'

export type RateLimits = {
  /** Requests of one signed-in user or API token. */
  principal: Rate
  /** Requests of one address without a valid token. */
  anonymous: Rate
  /** Failed sign-ins of one address; successful ones don't count. */
  signIn: Rate
}

/** Generous to people and scripts, too little for a flood or for guessing passwords. */
export const defaultRateLimits: RateLimits = {
  principal: { burst: 3000, perSecond: 600 },
  anonymous: { burst: 300, perSecond: 50 },
  signIn: { burst: 20, perSecond: 1 / 3 },
}

const signInUrl = /^\/api\/v1\/auth\/(login|mfa|passkeys?|recovery|oidc)(\/|$)/

/**
 * Limits by principal once a request is authenticated, by address before. A bad token is counted and refused but never
 * blocks the good tokens of the same address, so that one broken script can't lock out an office behind one address.
 */
export const createRateLimit = (clock: Clock, limits: RateLimits = defaultRateLimits) => {
  const principals = createTokenBuckets(limits.principal, clock)
  const anonymous = createTokenBuckets(limits.anonymous, clock)
  const signIns = createTokenBuckets(limits.signIn, clock)

  const takeAnonymous = (request: FastifyRequest): void => {
    const { isAllowed, resetSeconds } = anonymous.take(networkOf(request.ip))
    if (!isAllowed) throw tooMany(resetSeconds)
  }

  return {
    /** Wraps authentication: what it refuses counts against the address. */
    authenticate:
      (authenticate: (request: FastifyRequest) => Promise<Principal>) =>
      async (request: FastifyRequest): Promise<Principal> => {
        try {
          return await authenticate(request)
        } catch (error) {
          takeAnonymous(request)
          throw error
        }
      },

    /** Adds the hooks. Only the API is limited: files and health checks are not. */
    guard: (http: FastifyInstance): void => {
      http.addHook('onRequest', async (request, reply) => {
        if (!request.url.startsWith('/api/v1')) return
        if (request.principal) return limitPrincipal(request, reply)
        takeAnonymous(request)
        if (!isSignIn(request)) return
        const { isAllowed, resetSeconds } = signIns.take(networkOf(request.ip))
        if (!isAllowed) {
          throw errors.too_many_sign_ins(
            `Too many failed sign-ins from this address. Try again in ${resetSeconds} s.`,
            {
              retryAfterSeconds: resetSeconds,
            },
          )
        }
      })
      http.addHook('onResponse', async (request, reply) => {
        // The token was taken before the outcome was known, so that many guesses at once can't all slip through.
        if (isSignIn(request) && ![401, 403, 429].includes(reply.statusCode)) signIns.giveBack(networkOf(request.ip))
      })
    },
  }

  function limitPrincipal(request: FastifyRequest, reply: FastifyReply): void {
    const { userId, credentialId } = request.principal
    const { isAllowed, remaining, resetSeconds } = principals.take(`${userId} ${credentialId ?? ''}`)
    const { burst, perSecond } = limits.principal
    // The field names and forms of draft-ietf-httpapi-ratelimit-headers.
    void reply.header('ratelimit-policy', `"principal";q=${burst};w=${Math.ceil(burst / perSecond)}`)
    void reply.header('ratelimit', `"principal";r=${remaining};t=${resetSeconds}`)
    if (!isAllowed) throw tooMany(resetSeconds)
  }
}

const isSignIn = (request: FastifyRequest): boolean =>
  request.method === 'POST' &&
  request.routeOptions.config.access === 'public' &&
  signInUrl.test(request.routeOptions.url ?? '')

const tooMany = (retryAfterSeconds: number): Error =>
  platformErrors.rate_limited(`Too many requests. Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds })

/** An IPv4 address, or the /64 of an IPv6 address: whoever has one of its addresses has them all. */
export const networkOf = (ip: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)
  if (mapped?.[1] !== undefined) return mapped[1]
  if (!ip.includes(':')) return ip
  const [head = '', tail] = ip.split('%')[0]?.split('::') ?? ['']
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
