import { countedTo } from '#contracts/list.ts'
import type { Clock } from '#platform/clock.ts'
import type { Sql } from '#platform/db/database.ts'
import { estimateRows } from '../store/facets.ts'
import { countMatches, estimateMatches, findAll, listRows, walk } from '../store/list.ts'
import type { Condition, SortedRow } from '../store/list.ts'
import { orders } from '../store/orders.ts'
import type { After, Sort } from '../store/orders.ts'
import { sampleMatches } from '../store/sample.ts'

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

type Limits = { most: number; budgets: readonly number[]; mostSorted: number; sampleRows: number }
const usual: Limits = {
  /** Matches that are counted. */
  most: countedTo,
  /** Rows that are looked through in the list's order at the most, as long as the page is not full. */
  budgets: [32_000],
  /** Matches up to which it is quicker to sort all of them than to look for the first ones in each partition. */
  mostSorted: 150_000,
  /** Rows that are looked at to see whether there are many. */
  sampleRows: 5_000,
}

/** A smaller inventory is counted rather than sampled: both take a moment. */
const leastSampled = 20

/**
 * Finds one page in two ways, by what the planner expects.
 *
 * 1. Few matches: they are all found by the filter's indexes, counted and sorted.
 * 2. Many: the list's order is followed along its index until the page is full. With so many matches the page is near, unless
 *    they are all somewhere else (what has a tag, by name: log groups have none, and begin with "/"); then all matches are
 *    found and sorted, or there are so many that each partition is asked. Meanwhile a sample shows whether more than 10,000
 *    match; where it leaves a doubt, they are counted.
 *
 * The planner may be wrong: what it takes for few is given up at 10,000, and looking along an order has an end.
 */
export const createSearch = ({
  db,
  clock,
  limits: { most, budgets, mostSorted, sampleRows } = usual,
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

  type Asked = Parameters<Search>

  /**
   * The page along the order, or undefined where it is further away: all of so many matches are found and sorted sooner than
   * twice as many rows are looked through.
   */
  const follow = async (
    [where, sort, after, limit]: Asked,
    estimated: () => Promise<number>,
  ): Promise<SortedRow[] | undefined> => {
    if (!orders[sort.key].isIndexed) return undefined
    for (const budget of budgets) {
      const worthwhile = Math.min(budget, 2 * Math.max(most, await estimated()))
      const rows = await walk(db, where, sort, after, limit, worthwhile)
      if (rows.length === limit) return rows
    }
    return undefined
  }

  /** The page by looking at all matches, of which more than `most` are known to be. */
  const sortAll = async ([where, sort, after, limit]: Asked, estimated: () => Promise<number>): Promise<SortedRow[]> =>
    (await estimated()) > mostSorted
      ? listRows(db, where, sort, after, limit)
      : (await findAll(db, where, sort, after, limit, null)).rows

  /** Whether more than `most` match beyond doubt; false where a sample doesn't tell. */
  const isManyBySample = async (where: Condition): Promise<boolean> => {
    const rows = await estimateRows(db)
    if (rows < sampleRows * leastSampled) return false
    const samplePercent = (100 * sampleRows) / rows
    const { matches, pages } = await sampleMatches(db, where, samplePercent)
    return leastTotal(matches, pages, samplePercent / 100) > most
  }

  return async (...asked) => {
    const [where, sort, after, limit, isMany = false] = asked
    const key = JSON.stringify([where.text, where.values])
    const known = counts.get(key)
    const isKnown = known !== undefined && known.untilMs > clock.monotonicMs()
    let estimate: Promise<number> | undefined
    const estimated = (): Promise<number> => (estimate ??= estimateMatches(db, where))
    const many = async (page: SortedRow[] | undefined) => ({
      rows: page ?? (await sortAll(asked, estimated)),
      count: most + 1,
    })
    const counted = (count: number): number => {
      if (count > most || count >= worthRemembering) remember(key, count)
      return Math.min(count, most + 1)
    }
    const few = async () => {
      const { rows, count } = await findAll(db, where, sort, after, limit, most)
      return counted(count) <= most ? { rows, count } : many(await follow(asked, estimated))
    }

    // That there are many is known: the page is near, and asking what the planner expects would only take time.
    if (isMany || (isKnown && known.count > most)) return many(await follow(asked, async () => Infinity))
    if (isKnown && orders[sort.key].isIndexed) {
      const rows = await walk(db, where, sort, after, limit, Math.min(1_000, budgets[0] ?? 0))
      return rows.length === limit ? { rows, count: known.count } : few()
    }
    // Between two names all may match, which the planner doesn't see.
    const expected = where.isBetweenNames === true ? Infinity : await estimated()
    if (expected <= most / 2) return few()
    const [page, isProven] = await Promise.all([follow(asked, estimated), isManyBySample(where)])
    if (isProven) return { ...(await many(page)), count: counted(most + 1) }
    if (page !== undefined) return { rows: page, count: counted(await countMatches(db, where, most + 1)) }
    return few()
  }
}

/**
 * How many there are at the least, by a sample of pages. What matches stands together on pages, so it is the pages that were
 * drawn by chance: of so many the number is Poisson's, whose deviation is its root. Five deviations are taken off.
 */
export const leastTotal = (matches: number, pages: number, share: number): number =>
  pages === 0 ? 0 : (matches / share) * (1 - 5 / Math.sqrt(pages))
