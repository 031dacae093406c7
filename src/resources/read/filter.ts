import type { Account } from '#aws/cloud.ts'
import type { ResourceFilter } from '#contracts/inventory.ts'
import { QueryError } from '../query/ast.ts'
import type { Query } from '../query/ast.ts'
import { compileNameBounds, compileQuery } from '../query/compile.ts'
import { accountsThatFit, mayMatch } from '../query/match.ts'
import { parseQuery } from '../query/parse.ts'
import type { TypeKey } from '../store/type-states.ts'
import { condition } from '../store/list.ts'
import type { Condition } from '../store/list.ts'
import { mayList } from '../types/registry.ts'
import { errors } from '../errors.ts'

/** A read's filter, ready: the rows that it means and the partitions that they can be in. */
export type Selection = {
  query: Query | null
  where: Condition
  accounts: string[]
  isAskedFor: (key: TypeKey) => boolean
}

/** Parses a query that came with a request; a mistake becomes the problem `invalid_query`, which names the column. */
export const parseRequestQuery = (text: string | undefined, path = 'q'): Query | null => {
  try {
    return parseQuery(text ?? '')
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    const { at, message, suggestion } = error
    throw errors.invalid_query(`Column ${at.column} of the query: ${message}`, {
      cause: error,
      errors: [{ path, message, value: { ...at, ...(suggestion === undefined ? {} : { suggestion }) } }],
    })
  }
}

/** What a filter selects among these accounts (the ones that its user may read). */
export const select = (filter: ResourceFilter, accounts: readonly Account[], queryPath?: string): Selection => {
  const query = parseRequestQuery(filter.q, queryPath)
  const { type, region } = filter
  const named = accountsIn(query, accounts)
  const ids = accounts
    .map(({ id }) => id)
    .filter((id) => (filter.account === undefined || filter.account === id) && (named?.includes(id) ?? true))
  let scope = ''
  let isBetweenNames = false
  const where = condition((bind) => {
    const bounds = compileNameBounds(query, bind)
    isBetweenNames = bounds !== undefined
    scope = [`r.account = any(${bind(ids)}::text[])`, ...(bounds === undefined ? [] : [bounds])].join(' and ')
    return [
      scope,
      ...(type === undefined ? [] : [`r.type = ${bind(type)}`]),
      ...(region === undefined ? [] : [`r.region = ${bind(region)}`]),
      compileQuery(query, bind, accounts),
    ].join(' and ')
  })
  const only = type ?? typeIn(query)
  const isAskedFor = (key: TypeKey): boolean =>
    (type === undefined || mayList(key.type, (one) => one === type, type)) &&
    (region === undefined || key.region === region) &&
    mayMatch(query, key, accounts)
  return { query, where: { ...where, scope, accounts: ids, isBetweenNames, type: only }, accounts: ids, isAskedFor }
}

/** The one type that a query asks for, where all of it is about that one. */
const typeIn = (query: Query | null): string | undefined => {
  if (query?.kind === 'and') return query.parts.map(typeIn).find((type) => type !== undefined)
  const isType = query?.kind === 'term' && query.field.kind === 'type' && query.pattern.length === 1
  return isType ? query.pattern[0]?.toLowerCase() : undefined
}

/** The accounts that a query asks for, where all of it is about those. */
const accountsIn = (query: Query | null, accounts: readonly Account[]): string[] | undefined => {
  if (query?.kind === 'and')
    return query.parts.map((part) => accountsIn(part, accounts)).find((named) => named !== undefined)
  const isAccount = query?.kind === 'term' && query.field.kind === 'account'
  return isAccount ? accountsThatFit(query.pattern, accounts) : undefined
}
