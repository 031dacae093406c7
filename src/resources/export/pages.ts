import type { Resource } from '#contracts/resource.ts'
import type { Sql } from '#platform/db/database.ts'
import { findAll, placeOf } from '../store/list.ts'
import type { Condition, SortedRow } from '../store/list.ts'
import type { After, Sort } from '../store/orders.ts'
import { boundaryAfter, listBetween } from '../store/scan.ts'
import type { Place } from '../store/scan.ts'
import { toResource } from '../store/row.ts'
import type { Row } from '../store/row.ts'

/** Matches up to which they are found anew for each page; beyond, the whole table is gone through once. */
const few = 10_000
const pageRows = 1_000
/** Rows of the table that one statement looks at. */
const scannedRows = 5_000

/** By account and ARN, the order of the primary key. */
const sort: Sort = { key: 'account', isDescending: false }

/**
 * Everything that matches, in pages, each read when the one before was taken: memory and the time of each statement are
 * bounded whatever matches. What changes meanwhile may be in it as it was or as it is.
 */
export const pagesOf = async function* (
  sql: Sql,
  where: Condition,
  sweptAt: (row: Row) => Date | null,
): AsyncIterable<Resource[]> {
  const toPage = (rows: readonly Row[]): Resource[] => rows.map((row) => toResource(row, sweptAt(row)))
  let after: After | undefined
  for (;;) {
    const { rows, count }: { rows: SortedRow[]; count: number } = await findAll(sql, where, sort, after, pageRows, few)
    if (count > few) break
    yield toPage(rows)
    const last = rows.at(-1)
    if (rows.length < pageRows || last === undefined) return
    after = placeOf(last)
  }
  let from: Place | undefined = after && { account: after.values[0] ?? '', id: after.values[1] ?? '' }
  for (;;) {
    const to = await boundaryAfter(sql, where, from, scannedRows)
    yield toPage(await listBetween(sql, where, from, to))
    if (to === undefined) return
    from = to
  }
}
