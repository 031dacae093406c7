import type { Sql } from '#platform/db/database.ts'
import type { Condition } from './list.ts'

/** What matches in a sample of the table's pages, and on how many of those pages: always the same ones. */
export const sampleMatches = async (
  sql: Sql,
  where: Condition,
  samplePercent: number,
): Promise<{ matches: number; pages: number }> => {
  const rows = await sql.query<{ matches: number; pages: number }>({
    text: `select count(*)::int as matches, count(distinct (r.tableoid, (r.ctid::text::point)[0]))::int as pages
      from resources r tablesample system ($${where.values.length + 1}) repeatable (1)
      where r.deleted_at is null and ${where.text}`,
    values: [...where.values, samplePercent],
  })
  // A count without groups has exactly one row.
  return rows[0]!
}
