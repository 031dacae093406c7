import { createHash } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { principalSchema } from '#contracts/principal.ts'
import type { Principal } from '#contracts/principal.ts'
import { isConnectionLost } from '#platform/db/database.ts'
import type { Clock } from '#platform/clock.ts'
import { AppError } from '#platform/app-error.ts'
import { createBoundedCache } from '#platform/bounded-cache.ts'
import type { SigningKeys } from './signing-keys.ts'

export const accessTokenSeconds = 600
const issuer = 'aws-orchestrator'
const audience = 'api'
const type = 'at+jwt'
const cachedTokens = 10_000

export type AccessTokens = {
  sign: (principal: Principal) => Promise<string>
  /** Undefined when it is not a token of ours, was changed, or is over. Revocation is the caller's matter. */
  verify: (token: string) => Promise<Principal | undefined>
}

/**
 * Access tokens: JWTs signed with Ed25519 that live for ten minutes. Verified ones are kept by hash until they are over,
 * since a verification (90-180 us) would cost three quarters of the throughput of a request.
 */
export const createAccessTokens = (deps: { keys: SigningKeys; clock: Clock }): AccessTokens => {
  const { keys, clock } = deps
  const verified = createBoundedCache<{ principal: Principal; expiresAtMs: number }>(cachedTokens)

  return {
    sign: async (principal) => {
      const { kid, privateKey } = await keys.current()
      const nowSeconds = Math.floor(clock.now().getTime() / 1000)
      return new SignJWT({ sid: principal.credentialId, email: principal.email, roles: principal.roles })
        .setProtectedHeader({ alg: 'EdDSA', typ: type, kid })
        .setSubject(principal.userId)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(nowSeconds)
        .setExpirationTime(nowSeconds + accessTokenSeconds)
        .sign(privateKey)
    },
    verify: async (token) => {
      const hash = createHash('sha256').update(token).digest('base64')
      const now = clock.now()
      const known = verified.get(hash)
      if (known && known.expiresAtMs > now.getTime()) return known.principal
      const payload = await verifySigned(token, keys, { issuer, audience, typ: type, currentDate: now })
      if (payload === undefined) return undefined
      const parsed = principalSchema.safeParse({
        userId: payload.sub,
        email: payload['email'],
        roles: payload['roles'],
        via: 'session',
        credentialId: payload['sid'],
        scopes: null,
      })
      if (!parsed.success || payload.exp === undefined) return undefined
      verified.set(hash, { principal: parsed.data, expiresAtMs: payload.exp * 1000 })
      return parsed.data
    },
  }
}

/** Verifies a JWT by one of our keys: EdDSA only, of exactly that type, issuer and audience, and with an end. */
export const verifySigned = async (
  token: string,
  keys: SigningKeys,
  expected: { issuer: string; audience: string; typ: string; currentDate: Date },
) => {
  try {
    const { payload } = await jwtVerify(
      token,
      async ({ kid }) => {
        const key = kid === undefined ? undefined : await keys.publicKey(kid)
        if (key === undefined) throw new Error('unknown key')
        return key
      },
      { ...expected, algorithms: ['EdDSA'], requiredClaims: ['exp', 'iat', 'sub'] },
    )
    return payload
  } catch (error) {
    // Not the token's fault: 401 would sign people out because the database is restarting.
    if (error instanceof AppError || isConnectionLost(error)) throw error
    return undefined
  }
}
