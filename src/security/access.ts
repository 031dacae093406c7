import { actions } from '#contracts/role.ts'
import type { AccessResource, Action, Decision } from '#contracts/role.ts'
import type { Principal } from '#contracts/principal.ts'
import { messageOf } from '#platform/app-error.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import { attributesUsed } from './access/attributes-used.ts'
import { createEngine } from './access/engine.ts'
import type { Policies } from './access/policies.ts'
import { actorOf, appendAudit } from './audit.ts'
import { createBoundedCache } from '#platform/bounded-cache.ts'
import { errors } from './errors.ts'

export { actions }
export type { AccessResource, Action, Decision }

export type Access = {
  /**
   * Asks the policies. Without a resource the question is "may they do this to anything at all", which is what a route
   * asks; whoever knows the concrete resource must ask again with it.
   */
  decide: (principal: Principal, action: Action, resource?: AccessResource) => Promise<Decision>
  /** The same, but a denial is audited and thrown as `forbidden` with the rule that is missing. */
  require: (
    principal: Principal,
    action: Action,
    resource?: AccessResource,
    about?: { requestId?: string },
  ) => Promise<void>
}

const cachedDecisions = 20_000

/** Role-based access by the built-in Cedar policies: deny by default, decisions cached by what they depend on. */
export const createAccess = (deps: { db: Database; log: Log; policies: Policies }): Access => {
  const { policies } = deps
  const engine = createEngine(policies)
  const keyOf = attributesUsed(policies)
  const cache = createBoundedCache<Decision>(cachedDecisions)

  const decide: Access['decide'] = async (principal, action, resource) => {
    const key = keyOf(principal, action, resource)
    const known = cache.get(key)
    if (known) return known
    const decision = engine(principal, action, resource)
    cache.set(key, decision)
    return decision
  }

  return {
    decide,
    require: async (principal, action, resource, about) => {
      const decision = await decide(principal, action, resource)
      if (decision.allowed) return
      try {
        await appendAudit(deps.db, [
          {
            actor: actorOf(principal),
            action,
            subject: resource ? { type: resource.type, id: resource.id } : { type: 'System', id: 'orchestrator' },
            outcome: 'denied',
            requestId: about?.requestId ?? null,
            details: { reasons: decision.reasons, roles: principal.roles },
          },
        ])
      } catch (error) {
        // It stays a denial, whether or not it could be written down.
        deps.log.error(
          { err: error, action, userId: principal.userId },
          `a denial was not recorded: ${messageOf(error)}`,
        )
      }
      const target = resource ? ` on ${resource.type} "${resource.id}"` : ''
      throw errors.forbidden(`${principal.email} may not do ${action}${target}: ${decision.reasons.join(' ')}`)
    },
  }
}
