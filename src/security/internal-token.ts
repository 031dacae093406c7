import { SignJWT } from 'jose'
import { principalSchema } from '#contracts/principal.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Clock } from '#platform/clock.ts'
import { systemClock } from '#platform/clock.ts'
import { verifySigned } from './auth/access-token.ts'
import type { SigningKeys } from './auth/signing-keys.ts'
import { errors } from './errors.ts'

const issuer = 'aws-orchestrator internal'
const type = 'internal+jwt'
const lifetimeSeconds = 60

/** Tokens with which one process forwards a user's request to a service in another: at most a minute, one audience. */
export type InternalTokens = {
  sign: (principal: Principal, audience: string) => Promise<string>
  /** @throws `unauthenticated` for anything but a live token for exactly this audience. */
  verify: (token: string, audience: string) => Promise<Principal>
}

export const createInternalTokens = (deps: { keys: SigningKeys; clock?: Clock }): InternalTokens => {
  const { keys, clock = systemClock } = deps
  return {
    sign: async (principal, audience) => {
      const { kid, privateKey } = await keys.current()
      const nowSeconds = Math.floor(clock.now().getTime() / 1000)
      return new SignJWT({ principal })
        .setProtectedHeader({ alg: 'EdDSA', typ: type, kid })
        .setSubject(principal.userId)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(nowSeconds)
        .setExpirationTime(nowSeconds + lifetimeSeconds)
        .sign(privateKey)
    },
    verify: async (token, audience) => {
      const payload = await verifySigned(token, keys, { issuer, audience, typ: type, currentDate: clock.now() })
      const parsed = principalSchema.safeParse(payload?.['principal'])
      if (parsed.success) return parsed.data
      throw errors.unauthenticated(
        `The internal token is not valid for "${audience}" or no longer. Let the gateway send a new one.`,
      )
    },
  }
}
