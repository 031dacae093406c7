import type { Principal } from '#contracts/principal.ts'
import type { AccessTokens } from './auth/access-token.ts'
import type { ApiTokens } from './auth/api-tokens.ts'
import { apiTokenPrefix } from './auth/api-tokens.ts'
import type { Revocations } from './auth/revocations.ts'
import { errors } from './errors.ts'

export type Authenticate = {
  /** Who sent this request, by its bearer token. @throws `unauthenticated`, which never says what exactly was wrong. */
  principalOf: (headers: { authorization?: string | undefined }) => Promise<Principal>
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
}): Authenticate => ({
  principalOf: async ({ authorization }) => {
    const token = bearerOf(authorization)
    const principal = token.startsWith(apiTokenPrefix)
      ? await deps.apiTokens.verify(token)
      : await deps.accessTokens.verify(token)
    if (principal === undefined) throw errors.unauthenticated(`The token is not valid or no longer. ${howToSignIn}`)
    deps.revocations.assertFresh()
    if (principal.credentialId !== null && deps.revocations.isRevoked(principal.credentialId)) {
      throw errors.unauthenticated(`The session or token was ended. ${howToSignIn}`)
    }
    return principal
  },
  onRevoked: deps.revocations.onRevoked,
})

const bearerOf = (authorization: string | undefined): string => {
  if (authorization === undefined) throw errors.unauthenticated(`The request carries no token. ${howToSignIn}`)
  const token = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization.slice(0, longestToken + 16))?.[1]
  if (token === undefined || token.length > longestToken) {
    throw errors.unauthenticated(`The Authorization header is not a bearer token. ${howToSignIn}`)
  }
  return token
}
