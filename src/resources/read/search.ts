import { countedTo } from '#contracts/list.ts'
import type { Clock } from '#platform/clock.ts'
import type { Sql } from '#platform/db/database.ts'
import { countInParts, findAllInParts } from '../store/in-parts.ts'
import { countMatches, estimateMatches, findAll, isFollowed, listRows, walk } from '../store/list.ts'
import type { Condition, SortedRow } from '../store/list.ts'
import type { After, Sort } from '../store/orders.ts'
import { sampleMatches } from '../store/sample.ts'
import { readPartitionSizes } from '../store/sizes.ts'
import { createCounts } from './counts.ts'

/** One page of what matches; `count` is beyond `countedTo` where there are more than that. */
export type Search = (
  where: Condition,
  sort: Sort,
  after: After | undefined,
  limit: number,
  /** Whether more than `countedTo` match, where that is known already. */
  isMany?: boolean,
) => Promise<{ rows: SortedRow[]; count: number }>

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
/** This part of them is enough for most: for what is of many thousands, and for what is of so few that no sample would prove it. */
const firstPart = 0.3
/** Beyond so many times as many, counting takes no longer. */
const largestPart = 3
const worthMore = 1.5
/** Of how many rows there are, the planner's number is used for so long; it is counted anew less often. */
const sizeMs = 10_000

/** A smaller inventory is counted rather than sampled: both take a moment. */
const leastSampled = 20
/** So many times what would be enough, were it spread over all pages, is looked for in a sample. */
const sampledTimes = 12
/** Where the planner expects more than this part of `most`, a sample is worth its time: it may be wrong. */
const worthASample = 1 / 10

/**
 * Finds one page in two ways, by what the planner expects.
 *
 * 1. Few matches: they are all found by the filter's indexes, counted and sorted.
 * 2. Many: the list's order is followed along its index until the page is full. With so many matches the page is near, unless
 *    they are all somewhere else (what has a tag, by name: log groups have none, and begin with "/"); then all matches are
 *    found and sorted, or there are so many that each partition is asked. Meanwhile a sample shows whether more than 10,000
 *    match; where it leaves a doubt, they are counted.
 *
 * The planner may be wrong: what it takes for few is given up at 10,000, or as soon as a sample shows that there are more, and
 * looking along an order has an end.
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
  const counts = createCounts({ clock, most })

  type Asked = Parameters<Search>

  /**
   * The page along the order, or undefined where it is further away: all of so many matches are found and sorted sooner than
   * twice as many rows are looked through.
   */
  const follow = async (
    [where, sort, after, limit]: Asked,
    estimated: () => Promise<number>,
  ): Promise<SortedRow[] | undefined> => {
    if (!isFollowed(where, sort)) return undefined
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

  let sizes: { rows: number; partitions: string[]; untilMs: number } | undefined
  const readSizes = async () => {
    if (sizes !== undefined && sizes.untilMs > clock.monotonicMs()) return sizes
    const partitions = await readPartitionSizes(db)
    sizes = {
      rows: partitions.reduce((sum, { rows }) => sum + rows, 0),
      partitions: partitions.map(({ name }) => name),
      untilMs: clock.monotonicMs() + sizeMs,
    }
    return sizes
  }
  const isLarge = ({ rows }: { rows: number }): boolean => rows >= sampleRows * leastSampled

  /** Whether more than `most` match beyond doubt; false where a sample doesn't tell, or one that does would have to be very large. */
  const isManyBySample = async (where: Condition): Promise<boolean> => {
    const size = await readSizes()
    if (!isLarge(size)) return false
    const largest = (largestPart * sampleRows) / size.rows
    for (let share = (firstPart * sampleRows) / size.rows; ;) {
      const { matches, pages } = await sampleMatches(db, where, 100 * share, Math.ceil(most * share * sampledTimes))
      if (leastTotal(matches, pages, share) > most) return true
      if (matches / share < most * worthMore) return false
      const next = share * timesAsLarge(matches / share / most, pages)
      if (next > largest) return false
      share = next
    }
  }

  const count = async (where: Condition): Promise<number> => {
    if (await isManyBySample(where)) return most + 1
    const size = await readSizes()
    return isLarge(size) ? countInParts(db, size.partitions, where, most + 1) : countMatches(db, where, most + 1)
  }

  return async (...asked) => {
    const [where, sort, after, limit, isMany = false] = asked
    const key = JSON.stringify([where.text, where.values])
    let estimate: Promise<number> | undefined
    const estimated = (): Promise<number> => (estimate ??= estimateMatches(db, where))
    const many = async (page: SortedRow[] | undefined) => ({
      rows: page ?? (await sortAll(asked, estimated)),
      count: most + 1,
    })
    // That there are many is known: the page is near, and asking what the planner expects would only take time.
    const manyAsKnown = async () => many(await follow(asked, async () => Infinity))
    type Found = Awaited<ReturnType<typeof findAll>>
    const findFew = (): Promise<Found> => findAll(db, where, sort, after, limit, most)
    /** The same, where it may well be thousands. */
    const findSome = async (): Promise<Found> => {
      const size = await readSizes()
      return isLarge(size) ? findAllInParts(db, size.partitions, where, sort, after, limit, most) : findFew()
    }
    const asFound = async (found: Found) => {
      counts.put(key, found.count)
      return found.count <= most ? found : many(await follow(asked, estimated))
    }
    /** Few, it seems: if a sample is sooner to show that there are many, nobody waits for all of them to be found. */
    const fewOrMany = async () => {
      const finding = findSome()
      const isProven = await Promise.race([isManyBySample(where), finding.then(() => false)])
      if (!isProven) return asFound(await finding)
      counts.put(key, most + 1)
      return manyAsKnown()
    }

    if (isMany) return manyAsKnown()
    const known = counts.known(key, () => count(where))
    if (known !== undefined && known > most) return manyAsKnown()
    if (known !== undefined && isFollowed(where, sort)) {
      const rows = await walk(db, where, sort, after, limit, Math.min(1_000, budgets[0] ?? 0))
      return rows.length === limit ? { rows, count: known } : asFound(await findSome())
    }
    // Between two names all may match, which the planner doesn't see.
    const expected = where.isBetweenNames === true ? Infinity : await estimated()
    if (expected <= most * worthASample) return asFound(await findFew())
    if (expected <= most) return fewOrMany()
    const [page, counted] = await Promise.all([follow(asked, estimated), counts.get(key, () => count(where))])
    if (counted > most) return many(page)
    return page === undefined ? asFound(await findSome()) : { rows: page, count: counted }
  }
}

/** Deviations that chance is given. */
const deviations = 5

/**
 * How many there are at the least, by a sample of pages. What matches stands together on pages, so it is the pages that were
 * drawn by chance: of so many the number is Poisson's. It is taken for as low as it may have been with a chance of one in three
 * million (five deviations), by Wilson's and Hilferty's approximation of its exact limit.
 */
export const leastTotal = (matches: number, pages: number, share: number): number =>
  pages === 0 ? 0 : (matches / share) * Math.max(0, 1 - 1 / (9 * pages) - deviations / (3 * Math.sqrt(pages))) ** 3

/** A little more than that, since a larger sample doesn't have exactly as many pages more. */
const margin = 1.3

/**
 * How many times as large a sample would prove that there are many, if there are so many times as many as that, as this one with so
 * many pages looks like. At least twice: a little more would be for nothing.
 */
const timesAsLarge = (timesAsMany: number, pages: number): number => {
  const needed = (deviations / (3 * (1 - timesAsMany ** (-1 / 3)))) ** 2
  return Math.max(2, (margin * needed) / pages)
}
