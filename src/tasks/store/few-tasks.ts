import type { Sql } from '#platform/db/database.ts'

/** Up to so many are found by an index and put in order; where there are more, a walk by the ids comes upon them soon. */
export const fewest = 10_000

/**
 * The newest ids of the tasks that meet a condition, or null when those are more than a few.
 * For conditions on arrays: of a value that it hasn't seen PostgreSQL believes that half a percent of the rows have it, and for
 * a page in order it walked through all of them.
 */
export const fewTasks = async (
  sql: Sql,
  where: { text: string; values: readonly unknown[] },
  limit: number,
  few = fewest,
): Promise<string[] | null> => {
  const { length } = where.values
  const [row] = await sql.query<{ ids: string[] | null }>({
    text: `with found as materialized (select id from all_tasks t where ${where.text} limit $${length + 1}::int + 1)
      select case when (select count(*) from found) <= $${length + 1}
        then array(select id from found order by id desc limit $${length + 2}) end as ids`,
    values: [...where.values, few, limit],
  })
  return row?.ids ?? null
}
