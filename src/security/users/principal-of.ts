import type { Principal } from '#contracts/principal.ts'
import type { Sql } from '#platform/db/database.ts'
import { findById } from './store.ts'

/**
 * A user as who acts without being here: their roles as of now, narrowed to these scopes. Null when they are disabled or
 * deleted: nobody acts as them any more.
 */
export type PrincipalOf = (userId: string, scopes: readonly string[] | null) => Promise<Principal | null>

export const createPrincipalOf =
  (deps: { db: Sql }): PrincipalOf =>
  async (userId, scopes) => {
    const user = await findById(deps.db, userId)
    if (user === undefined || user.disabled_at !== null) return null
    return {
      userId: user.id,
      email: user.email,
      roles: user.roles,
      via: 'system',
      credentialId: null,
      scopes: scopes === null ? null : [...scopes],
    }
  }
