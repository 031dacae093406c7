import type { Account } from '#aws/cloud.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Resource, Targets } from '#contracts/resource.ts'
import { typeNamed } from './types/registry.ts'
import { resolveIds } from './targets/ids.ts'
import type { IdDeps } from './targets/ids.ts'
import { resolveQuery } from './targets/query.ts'
import type { QueryDeps } from './targets/query.ts'
import type { Readable } from './read/readable.ts'

/**
 * The frozen list of what a task works on: resources of one type that the principal may read (rows without `config`),
 * beside them those of other types that were named by id, and the ids that mean none. Throws `invalid_query`, `too_many_matches`, `ambiguous_target` and, for a query over
 * something that is still being read for the first time, `inventory_not_ready`.
 */
export type ResolveTargets = (
  principal: Principal,
  targets: Targets,
  targetType: string,
) => Promise<{ resources: Resource[]; unknown: string[] }>

export const createTargetResolver =
  (deps: { readable: Readable } & IdDeps & QueryDeps): ResolveTargets =>
  async (principal, targets, targetType) => {
    const readable: Account[] = await deps.readable.accounts(principal)
    const accounts = readable.filter(({ id }) => targets.account === undefined || targets.account === id)
    if ('query' in targets) return { resources: await resolveQuery(deps, accounts, targets, targetType), unknown: [] }
    // By account and Region alone nothing is named that is there already.
    if (!('ids' in targets)) return { resources: [], unknown: [] }
    const type = typeNamed(targetType)
    if (type === undefined) return { resources: [], unknown: [...new Set(targets.ids)] }
    return resolveIds(deps, accounts, targets, type)
  }
