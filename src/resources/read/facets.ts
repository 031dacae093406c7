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
import { countFacets } from '../store/facets.ts'
import { estimateRows } from '../store/sizes.ts'
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

/**
 * Rows of a sample: among those that match more than 10,000 of a million are some hundred at least. Where it is known how many
 * match, it is only as large as it takes for so many of them.
 */
const sampleRows = 20_000
const sampledMatches = 2_500

type Counted = Pick<Facets, 'facets' | 'ageSeconds'>
type GroupField = (typeof facetFields)[number]
type Facet = { by: string; field: GroupField | null; dimension: Dimension }

/**
 * Counts by value, for the filters beside a table. Exact up to 10,000 matches. Beyond, by type, account, Region and state
 * exact where the query is only about those, which are counted once for all readers; all else is estimated from a sample, so
 * that no count takes longer than a moment.
 */
export const createCountFacets = (deps: {
  db: Database
  readable: Readable
  groups: Groups
  states: Pick<SyncStates, 'read'>
}): CountFacets => {
  const { db, readable, groups, states } = deps

  const count = async (
    accounts: readonly Account[],
    query: Parameters<CountFacets>[1],
    facets: readonly Facet[],
    where: Condition,
  ): Promise<Counted> => {
    const { values } = query
    const matching = (all: readonly Group[]) => matchingGroups(all, query, parseRequestQuery(query.q), accounts)
    const total = (counted: readonly Group[]): number => counted.reduce((sum, group) => sum + group.count, 0)

    const sampled = facets.filter(({ field }) => field === null)
    // With room for what changed since they were counted; a sample, unlike the groups, is of now all the same.
    const isMany = total(matching(groups.peek() ?? []) ?? []) > countedTo * 1.5
    if (!isMany || sampled.length === 0) {
      const dimensions = facets.map(({ dimension }) => dimension)
      const exact = await countFacets(db, where, dimensions, values, { most: countedTo })
      if (exact.matching <= countedTo) return { facets: facetsOf(facets, exact.rows, 1), ageSeconds: 0 }
    }
    // Where all are of groups, they are worth waiting for.
    const grouped = sampled.length === 0 ? await groups.get() : groups.atHand()
    const counted = grouped === undefined ? null : matching(grouped.value)
    if (grouped === undefined || counted === null) {
      return { facets: await estimate(where, facets, values, undefined), ageSeconds: 0 }
    }
    const estimated = sampled.length === 0 ? [] : await estimate(where, sampled, values, total(counted))
    return {
      facets: facets.flatMap(({ by, field }) =>
        field === null
          ? (estimated.find((one) => one.by === by) ?? [])
          : { by, ...addUp(counted, field, values), isApproximate: false },
      ),
      ageSeconds: grouped.ageSeconds,
    }
  }

  /** From a sample; where it is known how many match, the counts of each facet add up to that. */
  const estimate = async (where: Condition, facets: readonly Facet[], values: number, known: number | undefined) => {
    const rows = Math.max(await estimateRows(db), 1)
    const wanted = known === undefined ? sampleRows : Math.min(sampleRows, (rows * sampledMatches) / known)
    const samplePercent = Math.min(100, (100 * wanted) / rows)
    const dimensions = facets.map(({ dimension }) => dimension)
    const sample = await countFacets(db, where, dimensions, values, { samplePercent })
    const factor =
      known === undefined || sample.matching === 0 ? 100 / samplePercent : Math.max(1, known / sample.matching)
    return facetsOf(facets, sample.rows, factor)
  }

  return async (principal, query) => {
    const facets = query.by.map(facetOf)
    const accounts = await readable.accounts(principal)
    const { where, accounts: ids, isAskedFor } = select(query, accounts)
    const counted = await count(accounts, query, facets, where)
    const partitions = (await states.read(ids)).filter(isAskedFor)
    return {
      ...counted,
      isApproximate: counted.facets.some(({ isApproximate }) => isApproximate),
      freshness: countedBefore(freshnessOf(partitions, false), counted.ageSeconds),
    }
  }
}

const facetsOf = (facets: readonly Facet[], rows: readonly FacetRow[], factor: number): Counted['facets'] =>
  facets.map(({ by }, dimension) => {
    const own = rows.filter((row) => row.dimension === dimension)
    return {
      by,
      values: own.map(({ value, count }) => ({ value, count: Math.round(count * factor) })),
      others: own[0]?.others ?? 0,
      isApproximate: factor > 1,
    }
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
