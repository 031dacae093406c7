import type { Account } from '#aws/cloud.ts'
import type { ResourceFilter } from '#contracts/inventory.ts'
import { QueryError } from '../query/ast.ts'
import type { Query } from '../query/ast.ts'
import { compileQuery } from '../query/compile.ts'
import { mayMatch } from '../query/match.ts'
import { parseQuery } from '../query/parse.ts'
import type { TypeKey } from '../store/type-states.ts'
import { condition } from '../store/list.ts'
import type { Condition } from '../store/list.ts'
import { mayList } from '../types/registry.ts'
import { errors } from '../errors.ts'

/** A read's filter, ready: the rows that it means and the partitions that they can be in. */
export type Selection = { where: Condition; accounts: string[]; isAskedFor: (key: TypeKey) => boolean }

/** Parses a query that came with a request; a mistake becomes the problem `invalid_query`, which names the column. */
export const parseRequestQuery = (text: string | undefined, path = 'q'): Query | null => {
  try {
    return parseQuery(text ?? '')
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    const { column, length } = error.at
    throw errors.invalid_query(`Column ${column} of the query: ${error.message}`, {
      cause: error,
      errors: [{ path, message: error.message, value: { column, length } }],
    })
  }
}

/** What a filter selects among these accounts (the ones that its user may read). */
export const select = (filter: ResourceFilter, accounts: readonly Account[], queryPath?: string): Selection => {
  const query = parseRequestQuery(filter.q, queryPath)
  const { type, region } = filter
  const inScope = accounts.filter(({ id }) => filter.account === undefined || filter.account === id)
  const ids = inScope.map(({ id }) => id)
  const where = condition((bind) =>
    [
      `r.account = any(${bind(ids)}::text[])`,
      ...(type === undefined ? [] : [`r.type = ${bind(type)}`]),
      ...(region === undefined ? [] : [`r.region = ${bind(region)}`]),
      compileQuery(query, bind, accounts),
    ].join(' and '),
  )
  const isAskedFor = (key: TypeKey): boolean =>
    (type === undefined || mayList(key.type, (one) => one === type, type)) &&
    (region === undefined || key.region === region) &&
    mayMatch(query, key, accounts)
  return { where, accounts: ids, isAskedFor }
}
