import type { Account } from '#aws/cloud.ts'
import type { ResourceFilter } from '#contracts/inventory.ts'
import type { Clock } from '#platform/clock.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Query } from '../query/ast.ts'
import { accountsThatFit, fits, serviceOf, toLower } from '../query/match.ts'
import { countGroups } from '../store/groups.ts'
import type { Group } from '../store/groups.ts'
import { condition } from '../store/list.ts'
import { createRecent } from './recent.ts'
import type { Recent } from './recent.ts'

/** All resources, counted by type, account, Region and state. */
export type Groups = Omit<Recent<readonly Group[]>, 'changed'>

/** Every write of resources is told of, in all processes; a notification that got lost is made good after so long. */
const toldForMs = 300_000

/** Counting a million rows takes a second: one count serves all readers for a while, and longer where nothing changes. */
export const createGroups = ({ db, clock }: { db: Sql; clock: Clock }): Recent<readonly Group[]> => {
  const everything = condition(() => 'true')
  return createRecent({ read: () => countGroups(db, everything), clock, toldForMs })
}

/** The groups that a filter means, or null where it is about more than what makes the groups. */
export const matchingGroups = (
  groups: readonly Group[],
  { type, account, region }: ResourceFilter,
  query: Query | null,
  accounts: readonly Account[],
): Group[] | null => {
  const inScope = groups.filter(
    (group) =>
      accounts.some(({ id }) => id === group.account) &&
      (type === undefined || type === group.type) &&
      (account === undefined || account === group.account) &&
      (region === undefined || region === group.region),
  )
  const verdicts = inScope.map((group) => isOfGroup(query, group, accounts))
  return verdicts.includes(null) ? null : inScope.filter((_, index) => verdicts[index])
}

/** Whether all of a group matches a query, or none of it; null where the group doesn't tell. */
const isOfGroup = (query: Query | null, group: Group, accounts: readonly Account[]): boolean | null => {
  if (query === null) return true
  switch (query.kind) {
    case 'and':
    case 'or': {
      const verdicts = query.parts.map((part) => isOfGroup(part, group, accounts))
      if (verdicts.includes(null)) return null
      return query.kind === 'and' ? !verdicts.includes(false) : verdicts.includes(true)
    }
    case 'not': {
      const verdict = isOfGroup(query.part, group, accounts)
      return verdict === null ? null : !verdict
    }
    case 'compare':
    case 'known':
      return null
    case 'term':
      break
  }
  const { field, pattern } = query
  switch (field.kind) {
    case 'service':
      return fits(toLower(pattern), serviceOf(group.type))
    case 'type':
    case 'region':
      return fits(toLower(pattern), group[field.kind])
    case 'state':
      return fits(toLower(pattern), (group.state ?? '').toLowerCase())
    case 'account':
      return accountsThatFit(pattern, accounts).includes(group.account)
    case 'id':
    case 'name':
    case 'text':
    case 'tag':
    case 'summary':
      return null
  }
}
