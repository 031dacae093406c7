import { actions } from '#contracts/role.ts'
import type { AccessResource, Action } from '#contracts/role.ts'
import type { Principal } from '#contracts/principal.ts'
import type { CedarPolicy, Policies } from './policies.ts'

type KeyOf = (principal: Principal, action: Action, resource?: AccessResource) => string

/** What decides, for one action: names of resource attributes, and whether identities themselves are compared. */
type Used = { resource: Set<string>; resourceItself: boolean; tags: boolean; principalItself: boolean }

/**
 * Makes the key under which a decision can be cached: of principal and resource only what some policy of that action
 * looks at. So ten thousand instances of one account cost one decision, and a policy that begins to look at a tag splits
 * the key by itself. What is not recognised counts as "looks at everything".
 */
export const attributesUsed = ({ version, policies }: Policies): KeyOf => {
  const usedBy = new Map(actions.map((action) => [action, usedIn(policies.filter((p) => p.actions.includes(action)))]))
  return (principal, action, resource) => {
    const used = usedBy.get(action)
    const wanted = (name: string): boolean => used === undefined || used.resourceItself || used.resource.has(name)
    return JSON.stringify([
      version,
      action,
      [...principal.roles].sort(),
      principal.scopes === null ? null : principal.scopes.includes(action),
      used === undefined || used.principalItself ? principal.userId : null,
      resource === undefined
        ? null
        : [
            resource.type,
            used === undefined || used.resourceItself ? resource.id : null,
            wanted('account') ? resource.account : null,
            wanted('region') ? resource.region : null,
            wanted('cloud') ? resource.cloud : null,
            wanted('isProduction') ? resource.isProduction : null,
            wanted('owner') ? resource.ownerId : null,
            used === undefined || used.resourceItself || used.tags ? resource.tags : null,
            wanted('operation') ? resource.operation : null,
            wanted('risk') ? resource.risk : null,
          ],
    ])
  }
}

const usedIn = (policies: readonly CedarPolicy[]): Used => {
  const used: Used = { resource: new Set(), resourceItself: false, tags: false, principalItself: false }
  for (const { json } of policies) {
    // In the head, `is` and `principal in Role` are covered by the type and the roles, which are always in the key.
    if (json.resource.op === '==' || json.resource.op === 'in') used.resourceItself = true
    if (json.principal.op === '==') used.principalItself = true
    for (const { body } of json.conditions) walk(body, used)
  }
  return used
}

const isVariable = (node: unknown, name: string): boolean =>
  typeof node === 'object' && node !== null && 'Var' in node && node.Var === name

const walk = (node: unknown, used: Used): void => {
  if (Array.isArray(node)) return node.forEach((inner) => walk(inner, used))
  if (typeof node !== 'object' || node === null) return
  if (isVariable(node, 'resource')) used.resourceItself = true
  if (isVariable(node, 'principal')) used.principalItself = true
  for (const [operator, inner] of Object.entries(node)) {
    const { left, attr } = (typeof inner === 'object' && inner !== null ? inner : {}) as {
      left?: unknown
      attr?: unknown
    } // reading two maybes
    const isAccess = (operator === '.' || operator === 'has') && typeof attr === 'string'
    if (isAccess && (isVariable(left, 'resource') || isVariable(left, 'context'))) used.resource.add(attr)
    else if ((operator === 'getTag' || operator === 'hasTag') && isVariable(left, 'resource')) {
      used.tags = true
      walk({ ...inner, left: null }, used)
    } else walk(inner, used)
  }
}
