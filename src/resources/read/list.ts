import type { Account } from '#aws/cloud.ts'
import type { ResourceFilter, ResourceSort, ResourceSummary } from '#contracts/inventory.ts'
import { countedTo } from '#contracts/list.ts'
import { totalOf } from '#platform/http/paging.ts'
import type { List, PageQuery } from '#contracts/list.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Freshness, Resource } from '#contracts/resource.ts'
import type { Database } from '#platform/db/database.ts'
import { countGroups } from '../store/groups.ts'
import type { Group } from '../store/groups.ts'
import { placeOf } from '../store/list.ts'
import { orders } from '../store/orders.ts'
import type { Partition } from '../store/type-states.ts'
import { toResource } from '../store/row.ts'
import { decodeCursor, encodeCursor, listIdentity } from './cursor.ts'
import { select } from './filter.ts'
import type { Selection } from './filter.ts'
import { countedBefore, freshnessOf } from './freshness.ts'
import type { FirstSync } from './first-sync.ts'
import { matchingGroups } from './groups.ts'
import type { Groups } from './groups.ts'
import type { Readable } from './readable.ts'
import type { Search } from './search.ts'
import type { Shared } from './shared.ts'
import { sortOf } from './sort.ts'
import { sweptAtOf } from './swept-at.ts'

export type ListQuery = ResourceFilter & PageQuery & { sort: ResourceSort }

/** Rows of the inventory and how many match, before anything is said of them that depends on the moment or the reader. */
export type Page = Awaited<ReturnType<Search>>

export type ReadLists = {
  /** One page of what the principal may see; rows carry an empty `config`. */
  list: (principal: Principal, query: ListQuery) => Promise<List<Resource> & { freshness: Freshness }>
  summary: (principal: Principal, filter: ResourceFilter) => Promise<ResourceSummary>
}

export const createReadLists = (deps: {
  db: Database
  readable: Readable
  firstSync: FirstSync
  search: Search
  groups: Groups
  pages: Shared<Page>
}): ReadLists => {
  const { db, readable, firstSync, search, groups, pages } = deps

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
      const order = sortOf(sort)
      const after = cursor === undefined ? undefined : decodeCursor(of, cursor, orders[order.key])
      const accounts = await readable.accounts(principal)
      const { selection, partitions, freshness } = await begin(accounts, filter)
      const counted = matchingGroups(groups.peek() ?? [], filter, selection.query, accounts) ?? []
      // With room for what changed since they were counted.
      const isMany = sum(counted, (group) => group.count) > countedTo * 1.5
      const { text, values } = selection.where
      const { rows, count } = await pages.get(JSON.stringify([text, values, order, after, limit, isMany]), () =>
        search(selection.where, order, after, limit + 1, isMany),
      )
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      const sweptAt = sweptAtOf(partitions)
      return {
        items: page.map((row) => toResource(row, sweptAt(row))),
        nextCursor: rows.length > limit && last ? encodeCursor(of, placeOf(last)) : null,
        total: totalOf(count),
        freshness,
      }
    },

    summary: async (principal, filter) => {
      const accounts = await readable.accounts(principal)
      const { selection, freshness } = await begin(accounts, filter)
      const { value, ageSeconds } = await groups.get()
      const kept = matchingGroups(value, filter, selection.query, accounts)
      const counted = kept ?? (await countGroups(db, selection.where))
      const countedSeconds = kept === null ? 0 : ageSeconds
      return {
        count: sum(counted, ({ count }) => count),
        monthlyUsd: cents(sum(counted, ({ usd }) => usd)),
        withoutCost: sum(counted, ({ without_cost }) => without_cost),
        byType: addUp(counted, ({ type }) => ({ value: type })),
        byAccount: addUp(counted, ({ account }) => ({ value: account })),
        byRegion: addUp(counted, ({ region }) => ({ value: region })),
        byState: addUp(counted, ({ state, type }) => ({ value: state, type })),
        ageSeconds: countedSeconds,
        freshness: countedBefore(freshness, countedSeconds),
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
