import type { Account } from '#aws/cloud.ts'
import type { ResourceFilter } from '#contracts/inventory.ts'
import { countedTo } from '#contracts/list.ts'
import type { Principal } from '#contracts/principal.ts'
import { facetFields, summaryFields } from '#contracts/query.ts'
import type { Facets } from '#contracts/query.ts'
import { errors as platformErrors } from '#platform/errors.ts'
import type { Database } from '#platform/db/database.ts'
import { serviceExpression } from '../query/expressions.ts'
import { serviceOf } from '../query/match.ts'
import { nearest } from '../query/nearest.ts'
import { countFacets, estimateRows } from '../store/facets.ts'
import type { Dimension, FacetRow } from '../store/facets.ts'
import type { Group } from '../store/groups.ts'
import type { Condition } from '../store/list.ts'
import type { SyncStates } from '../sync/states.ts'
import { parseRequestQuery, select } from './filter.ts'
import { countedBefore, freshnessOf } from './freshness.ts'
import { matchingGroups } from './groups.ts'
import type { Groups } from './groups.ts'
import type { Readable } from './readable.ts'

export type CountFacets = (
  principal: Principal,
  query: ResourceFilter & { by: readonly string[]; values: number },
) => Promise<Facets>

/** Rows of a sample: among those that match more than 10,000 of a million are some hundred at least. */
const sampleRows = 20_000

type Counted = Omit<Facets, 'freshness'>
type GroupField = (typeof facetFields)[number]
type Facet = { by: string; field: GroupField | null; dimension: Dimension }

/**
 * Counts by value, for the filters beside a table. Exact up to 10,000 matches. Beyond, exact where the query and the facets
 * are only about type, account, Region and state, which are counted once for all readers; else estimated from a sample, so
 * that no count takes longer than a moment.
 */
export const createCountFacets = (deps: {
  db: Database
  readable: Readable
  groups: Groups
  states: Pick<SyncStates, 'read'>
}): CountFacets => {
  const { db, readable, groups, states } = deps

  const byGroups = async (
    accounts: readonly Account[],
    query: Parameters<CountFacets>[1],
    facets: readonly Facet[],
  ): Promise<Counted | undefined> => {
    const fields = facets.flatMap(({ field }) => field ?? [])
    if (fields.length < facets.length) return undefined
    const { value, ageSeconds } = await groups.get()
    const matching = matchingGroups(value, query, parseRequestQuery(query.q), accounts)
    if (matching === null) return undefined
    return {
      facets: facets.map(({ by }, index) => ({ by, ...addUp(matching, fields[index] ?? 'type', query.values) })),
      isApproximate: false,
      ageSeconds,
    }
  }

  const count = async (
    accounts: readonly Account[],
    query: Parameters<CountFacets>[1],
    facets: readonly Facet[],
    where: Condition,
  ): Promise<Counted> => {
    const dimensions = facets.map(({ dimension }) => dimension)
    const known = matchingGroups(groups.peek() ?? [], query, parseRequestQuery(query.q), accounts) ?? []
    // With room for what changed since they were counted; a sample, unlike the groups, is of now all the same.
    const isMany = known.reduce((total, { count }) => total + count, 0) > countedTo * 1.5
    if (!isMany || facets.every(({ field }) => field !== null)) {
      const exact = await countFacets(db, where, dimensions, query.values, { most: countedTo })
      if (exact.matching <= countedTo) return answer(query.by, exact.rows, 1)
    }
    const grouped = await byGroups(accounts, query, facets)
    if (grouped !== undefined) return grouped
    const rows = await estimateRows(db)
    const samplePercent = Math.min(100, (100 * sampleRows) / Math.max(rows, 1))
    const sampled = await countFacets(db, where, dimensions, query.values, { samplePercent })
    return answer(query.by, sampled.rows, 100 / samplePercent)
  }

  return async (principal, query) => {
    const facets = query.by.map(facetOf)
    const accounts = await readable.accounts(principal)
    const { where, accounts: ids, isAskedFor } = select(query, accounts)
    const counted = await count(accounts, query, facets, where)
    const partitions = (await states.read(ids)).filter(isAskedFor)
    return { ...counted, freshness: countedBefore(freshnessOf(partitions, false), counted.ageSeconds) }
  }
}

const answer = (by: readonly string[], rows: readonly FacetRow[], factor: number): Counted => ({
  facets: by.map((name, dimension) => {
    const own = rows.filter((row) => row.dimension === dimension)
    return {
      by: name,
      values: own.map(({ value, count }) => ({ value, count: Math.round(count * factor) })),
      others: own[0]?.others ?? 0,
    }
  }),
  isApproximate: factor > 1,
  ageSeconds: 0,
})

const addUp = (groups: readonly Group[], field: GroupField, most: number) => {
  const totals = new Map<string | null, number>()
  for (const group of groups) {
    const value = field === 'service' ? serviceOf(group.type) : group[field]
    totals.set(value, (totals.get(value) ?? 0) + group.count)
  }
  const values = [...totals].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count)
  return { values: values.slice(0, most), others: Math.max(values.length - most, 0) }
}

const columns: Record<GroupField, string> = {
  type: 'r.type',
  service: serviceExpression,
  account: 'r.account',
  region: 'r.region',
  state: 'r.state',
}

/** Throws `invalid_request` for what nothing can be counted by. */
const facetOf = (by: string): Facet => {
  const field = facetFields.find((name) => name === by.toLowerCase())
  if (field !== undefined) return { by, field, dimension: () => columns[field] }
  const tag = /^tag\.(.+)$/is.exec(by)?.[1]
  if (tag !== undefined && isStorable(tag))
    return { by, field: null, dimension: (bind) => `r.tags ->> ${bind(tag)}::text` }
  const key = /^summary\.(.+)$/is.exec(by)?.[1] ?? summaryFields.find((name) => name.toLowerCase() === by.toLowerCase())
  if (key !== undefined && isStorable(key)) {
    return {
      by,
      field: null,
      // Of a list nobody wants to see all combinations.
      dimension: (bind) => {
        const name = `${bind(key)}::text`
        return `case when jsonb_typeof(r.summary -> ${name}) not in ('array', 'object') then r.summary ->> ${name} end`
      },
    }
  }
  const meant = nearest(by, [...facetFields, ...summaryFields])
  const message =
    `Nothing can be counted by "${by.slice(0, 100)}".${meant === undefined ? '' : ` Did you mean "${meant}"?`} ` +
    `Give ${facetFields.join(', ')}, tag.<key> or a field of summaries.`
  throw platformErrors.invalid_request(message, { errors: [{ path: 'by', message, value: by.slice(0, 300) }] })
}

/** PostgreSQL stores neither NUL nor half of a surrogate pair. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()
