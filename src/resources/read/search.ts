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
/** A count from this on is believed for so long: pages of one list are asked for together, and rows are read anew each time. */
const worthRemembering = 500
const countedMs = 2_000
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
  const counts = new Map<string, { count: number; untilMs: number }>()

  const remember = (key: string, count: number): void => {
    counts.delete(key) // so that it goes to the end of the order in which entries are dropped
    counts.set(key, { count, untilMs: clock.monotonicMs() + (count > most ? rememberedMs : countedMs) })
    const oldest = counts.keys().next()
    if (counts.size > mostRemembered && !oldest.done) counts.delete(oldest.value)
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
    const known = counts.get(key)
    const isKnown = known !== undefined && known.untilMs > clock.monotonicMs()
    if (isKnown && known.count <= most && orders[sort.key].isIndexed) {
      const rows = await walk(db, where, sort, after, limit, budgets[0] ?? 0)
      if (rows.length === limit) return { rows, count: known.count }
    }
    if (!isMany && (!isKnown || known.count <= most)) {
      const few = await findAll(db, where, sort, after, limit, most)
      if (few.count > most || few.count >= worthRemembering) remember(key, few.count)
      if (few.count <= most) return few
    }
    return { rows: await findMany(where, sort, after, limit), count: most + 1 }
  }
}
