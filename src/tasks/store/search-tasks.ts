import type { Sql } from '#platform/db/database.ts'

/** A text is looked for among so many tasks at a time, and so many items (of one task as many as it has). */
export const searchedAtOnce = { tasks: 50_000, items: 200_000 }

/** Tasks among which a text is looked for: those from this id on, the newest before a page's end; `isAll`: none is older. */
export type SearchWindow = { fromId: string; isAll: boolean }

/** Nothing, when there is no task before that. */
export const searchWindow = async (
  sql: Sql,
  beforeId: string | null,
  limits: { tasks: number; items: number } = searchedAtOnce,
): Promise<SearchWindow | undefined> => {
  const [row] = await sql.query<{ id: string; is_all: boolean }>({
    text: `with newest as materialized (
        select id, total from all_tasks where $1::uuid is null or id < $1 order by id desc limit $2::int + 1),
      summed as materialized (
        select id, row_number() over (order by id desc) as tasks, sum(total) over (order by id desc) as items from newest)
      select id, tasks = (select count(*) from summed) as is_all from summed
      where tasks = 1 or (tasks <= $2 and items <= $3) order by id limit 1`,
    values: [beforeId, limits.tasks, limits.items],
  })
  return row === undefined ? undefined : { fromId: row.id, isAll: row.is_all }
}
