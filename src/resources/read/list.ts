import type { Account } from '#aws/cloud.ts'
import type { ResourceFilter, ResourceSort, ResourceSortKey, ResourceSummary } from '#contracts/inventory.ts'
import { countedTo } from '#contracts/list.ts'
import { totalOf } from '#platform/http/paging.ts'
import type { List, PageQuery } from '#contracts/list.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Freshness, Resource } from '#contracts/resource.ts'
import type { Database } from '#platform/db/database.ts'
import { countGroups, countRows, listRows } from '../store/list.ts'
import type { Group } from '../store/list.ts'
import type { Partition } from '../store/type-states.ts'
import { toResource } from '../store/row.ts'
import { decodeCursor, encodeCursor, listIdentity } from './cursor.ts'
import { select } from './filter.ts'
import type { Selection } from './filter.ts'
import { freshnessOf } from './freshness.ts'
import type { FirstSync } from './first-sync.ts'
import type { Readable } from './readable.ts'
import { sweptAtOf } from './swept-at.ts'

export type ListQuery = ResourceFilter & PageQuery & { sort: ResourceSort }

export type ReadLists = {
  /** One page of what the principal may see; rows carry an empty `config`. */
  list: (principal: Principal, query: ListQuery) => Promise<List<Resource> & { freshness: Freshness }>
  summary: (principal: Principal, filter: ResourceFilter) => Promise<ResourceSummary>
}

export const createReadLists = (deps: { db: Database; readable: Readable; firstSync: FirstSync }): ReadLists => {
  const { db, readable, firstSync } = deps

  const begin = async (
    accounts: readonly Account[],
    filter: ResourceFilter,
  ): Promise<{ selection: Selection; partitions: Partition[]; freshness: Freshness }> => {
    const selection = select(filter, accounts)
    const { partitions, hasWaited } = await firstSync.partitions(selection.accounts, selection.isAskedFor)
    return { selection, partitions, freshness: freshnessOf(partitions, hasWaited) }
  }

  return {
    list: async (principal, { sort, limit, cursor, ...filter }) => {
      const of = listIdentity([filter.q, filter.type, filter.account, filter.region, sort])
      const after = cursor === undefined ? undefined : decodeCursor(of, cursor)
      const { selection, partitions, freshness } = await begin(await readable.accounts(principal), filter)
      const isDescending = sort.startsWith('-')
      // A sort is a key, with or without the minus in front.
      const key = (isDescending ? sort.slice(1) : sort) as ResourceSortKey
      const [rows, count] = await Promise.all([
        listRows(db, selection.where, { key, isDescending }, after, limit + 1),
        countRows(db, selection.where, countedTo + 1),
      ])
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      const sweptAt = sweptAtOf(partitions)
      return {
        items: page.map((row) => toResource(row, sweptAt(row))),
        nextCursor:
          rows.length > limit && last
            ? encodeCursor(of, { value: last.sort_value, id: last.id, account: last.account })
            : null,
        total: totalOf(count),
        freshness,
      }
    },

    summary: async (principal, filter) => {
      const { selection, freshness } = await begin(await readable.accounts(principal), filter)
      const groups = await countGroups(db, selection.where)
      return {
        count: sum(groups, ({ count }) => count),
        monthlyUsd: cents(sum(groups, ({ usd }) => usd)),
        withoutCost: sum(groups, ({ without_cost }) => without_cost),
        byType: addUp(groups, ({ type }) => ({ value: type })),
        byAccount: addUp(groups, ({ account }) => ({ value: account })),
        byRegion: addUp(groups, ({ region }) => ({ value: region })),
        byState: addUp(groups, ({ state, type }) => ({ value: state, type })),
        freshness,
      }
    },
  }
}

/** Groups with the same key, most first. */
const addUp = <Key extends object>(groups: readonly Group[], keyOfGroup: (group: Group) => Key) => {
  const totals = new Map<string, Key & { count: number; monthlyUsd: number }>()
  for (const group of groups) {
    const key = keyOfGroup(group)
    const total = totals.get(JSON.stringify(key)) ?? { ...key, count: 0, monthlyUsd: 0 }
    total.count += group.count
    total.monthlyUsd = cents(total.monthlyUsd + group.usd)
    totals.set(JSON.stringify(key), total)
  }
  return [...totals.values()].sort((a, b) => b.count - a.count)
}

const sum = (groups: readonly Group[], of: (group: Group) => number): number =>
  groups.reduce((total, group) => total + of(group), 0)
const cents = (usd: number): number => Math.round(usd * 100) / 100
