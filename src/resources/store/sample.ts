import type { Sql } from '#platform/db/database.ts'
import type { Condition } from './list.ts'

/**
 * What matches in a sample of the table's pages, and on how many of those pages: always the same ones. No more than `most`
 * matches are looked for.
 */
export const sampleMatches = async (
  sql: Sql,
  where: Condition,
  samplePercent: number,
  most: number,
): Promise<{ matches: number; pages: number }> => {
  const place = where.values.length
  const rows = await sql.query<{ matches: number; pages: number }>({
    text: `select coalesce(sum(matches), 0)::int as matches, count(*)::int as pages from (
        select count(*) as matches from (
          select r.tableoid, r.ctid from resources r tablesample system($${place + 1}) repeatable (1)
          where r.deleted_at is null and ${where.text} limit $${place + 2}) r
        group by r.tableoid, (r.ctid::text::point)[0]) x`,
    values: [...where.values, samplePercent, most],
  })
  // A sum without groups has exactly one row.
  return rows[0]!
}
