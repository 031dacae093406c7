import type { Principal } from '#contracts/principal.ts'
import { AppError } from '#platform/app-error.ts'
import type { Refusals } from './audit/refusals.ts'
import type { AccessTokens } from './auth/access-token.ts'
import type { ApiTokens } from './auth/api-tokens.ts'
import { apiTokenPrefix } from './auth/api-tokens.ts'
import type { Revocations } from './auth/revocations.ts'
import { errors } from './errors.ts'

export type Authenticate = {
  /**
   * Who sent this request, by its bearer token. `from` lets a refusal be counted for the audit log.
   * @throws `unauthenticated`, which never says what exactly was wrong.
   */
  principalOf: (
    headers: { authorization?: string | undefined },
    from?: { ip: string; route: string },
  ) => Promise<Principal>
  /** Calls back with the id of each session or API token that ends before its time, so that sockets can be closed. */
  onRevoked: (callback: (credentialId: string) => void) => () => void
}

const howToSignIn = 'Sign in, or send a valid token as "Authorization: Bearer ...".'
const longestToken = 4096

/** Authentication of requests: access tokens of sessions (JWT) and API tokens (`orc_...`), both as bearer tokens. */
export const createAuthenticate = (deps: {
  accessTokens: AccessTokens
  apiTokens: ApiTokens
  revocations: Revocations
  refusals: Refusals
}): Authenticate => {
  const { accessTokens, apiTokens, revocations, refusals } = deps

  const identify = async (authorization: string | undefined): Promise<Principal> => {
    const token = bearerOf(authorization)
    const principal = await (token.startsWith(apiTokenPrefix) ? apiTokens : accessTokens).verify(token)
    if (principal === undefined) throw errors.unauthenticated(`The token is not valid or no longer. ${howToSignIn}`)
    revocations.assertFresh()
    if (principal.credentialId !== null && revocations.isRevoked(principal.credentialId)) {
      throw errors.unauthenticated(`The session or token was ended. ${howToSignIn}`)
    }
    return principal
  }

  return {
    principalOf: async ({ authorization }, from) => {
      try {
        return await identify(authorization)
      } catch (error) {
        if (from !== undefined && error instanceof AppError && error.status === 401) refusals.note(from)
        throw error
      }
    },
    onRevoked: revocations.onRevoked,
  }
}

const bearerOf = (authorization: string | undefined): string => {
  if (authorization === undefined) throw errors.unauthenticated(`The request carries no token. ${howToSignIn}`)
  const token = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization.slice(0, longestToken + 16))?.[1]
  if (token === undefined || token.length > longestToken) {
    throw errors.unauthenticated(`The Authorization header is not a bearer token. ${howToSignIn}`)
  }
  return token
}
