import type { Sql } from '#platform/db/database.ts'
import { deadLettersInsert } from '../dead-letters/collect.ts'

/**
 * Moves some tasks that have been over for a while, with their items, out of the hot tables; at least one, and no more
 * once `items` are reached. Returns how many.
 * Small batches: a write transaction must stay far below the 250 ms that would stall the live feed.
 */
export const archiveTasks = async (
  sql: Sql,
  limits: { tasks: number; items: number; overForSeconds: number },
  /** Steps that wait (`waitsOf`): their attempts are looks. */
  waits: readonly string[],
): Promise<number> => {
  const rows = await sql.query({
    name: 'tasks.archive',
    text: `with candidates as (
        select id, total, finished_at from tasks where finished_at < now() - make_interval(secs => $2)
        order by finished_at, id limit $1 for update skip locked),
      over as (
        select id from (
          select id, total, sum(total) over (order by finished_at, id) as items from candidates) c
        where items - total < $3),
      moved_items as (
        delete from items i using over where i.task_id = over.id returning i.*),
      kept_items as (
        insert into items_finished select * from moved_items),
      -- Most are known by now; nothing leaves the live tables without having been looked at.
      dead as (${deadLettersInsert('moved_items i join tasks t on t.id = i.task_id', '$4::text[]')}),
      moved as (
        delete from tasks t using over where t.id = over.id returning t.*),
      kept as (
        insert into tasks_finished select * from moved)
      select id from over`,
    values: [limits.tasks, limits.overForSeconds, limits.items, waits],
  })
  return rows.length
}

export const ensureFinishedPartitions = (sql: Sql): Promise<unknown> =>
  sql.query({ text: 'select ensure_finished_partitions(now())' })
