import { countedTo } from '#contracts/list.ts'
import type { Clock } from '#platform/clock.ts'
import type { Sql } from '#platform/db/database.ts'
import { estimateMatches, findAll, listRows, walk } from '../store/list.ts'
import type { Condition, SortedRow } from '../store/list.ts'
import { orders } from '../store/orders.ts'
import type { After, Sort } from '../store/orders.ts'

/** One page of what matches; `count` is beyond `countedTo` where there are more than that. */
export type Search = (
  where: Condition,
  sort: Sort,
  after: After | undefined,
  limit: number,
  /** Whether more than `countedTo` match, where that is known already. */
  isMany?: boolean,
) => Promise<{ rows: SortedRow[]; count: number }>

/** For so long it is remembered that more than `countedTo` rows match, so that pages of large lists aren't counted each. */
const rememberedMs = 10_000
const mostRemembered = 1_000

type Limits = { most: number; budgets: readonly number[]; mostSorted: number }
const usual: Limits = {
  /** Matches that are counted. */
  most: countedTo,
  /** Rows that are looked through in the list's order at first, and then where some of the first ones matched. */
  budgets: [1_000, 8_000],
  /** Matches up to which it is quicker to sort all of them than to look for the first ones any further. */
  mostSorted: 150_000,
}

/**
 * Finds one page in three ways; no wrong guess of the planner about where the matches are makes it look through the whole
 * inventory.
 *
 * 1. Up to 10,000 matches: they are all found by the filter's indexes, counted and sorted.
 * 2. More: the list's order is followed along its index until the page is full. With so many matches the page is near, unless
 *    they are all somewhere else (what has a tag, by name: log groups have none, and begin with "/").
 * 3. Not full after so many rows: all matches are found and sorted, or there are so many that going on is quicker.
 */
export const createSearch = ({
  db,
  clock,
  limits: { most, budgets, mostSorted } = usual,
}: {
  db: Sql
  clock: Clock
  limits?: Limits
}): Search => {
  const manyUntilMs = new Map<string, number>()

  const remember = (key: string): void => {
    manyUntilMs.delete(key) // so that it goes to the end of the order in which entries are dropped
    manyUntilMs.set(key, clock.monotonicMs() + rememberedMs)
    const oldest = manyUntilMs.keys().next()
    if (manyUntilMs.size > mostRemembered && !oldest.done) manyUntilMs.delete(oldest.value)
  }

  const findMany = async (...[where, sort, after, limit]: Parameters<Search>): Promise<SortedRow[]> => {
    if (orders[sort.key].isIndexed) {
      for (const budget of budgets) {
        const rows = await walk(db, where, sort, after, limit, budget)
        if (rows.length === limit) return rows
        if (rows.length * 10 < limit) break
      }
    }
    const matches = await estimateMatches(db, where)
    if (matches > mostSorted) return listRows(db, where, sort, after, limit)
    return (await findAll(db, where, sort, after, limit, null)).rows
  }

  return async (where, sort, after, limit, isMany = false) => {
    const key = JSON.stringify([where.text, where.values])
    if (!isMany && (manyUntilMs.get(key) ?? 0) <= clock.monotonicMs()) {
      const few = await findAll(db, where, sort, after, limit, most)
      if (few.count <= most) return few
      remember(key)
    }
    return { rows: await findMany(where, sort, after, limit), count: most + 1 }
  }
}
