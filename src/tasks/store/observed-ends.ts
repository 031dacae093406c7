import type { Sql } from '#platform/db/database.ts'

/**
 * Of tasks under way, how much of their current wave is open, has ended, and has ended since then: a row for each account and
 * Region. Reads the rows of the wave's items.
 */
export const observedEnds = (
  sql: Sql,
  taskIds: readonly string[],
  since: Date,
): Promise<{ id: string; open: number; ended: number; recent: number }[]> =>
  sql.query({
    name: 'items.observed-ends',
    text: `select i.task_id as id, count(*) filter (where not i.is_over)::int as open,
        count(*) filter (where i.is_over)::int as ended,
        count(*) filter (where case when i.is_over then (i.steps->-1->>'finishedAt')::timestamptz > $2 end)::int as recent
      from (select *, status not in ('pending', 'running', 'waiting') as is_over from items where task_id = any($1)) i
      left join conducted_tasks c on c.task_id = i.task_id
      where c.task_id is null
        or (i.ordinal >= coalesce(c.wave_ends[c.released - 1], 0) and i.ordinal < c.released_to)
      group by i.task_id, i.account, i.region`,
    values: [taskIds, since],
  })
