import type { Sql } from '#platform/db/database.ts'

/** A task that worked on a resource, and from when to when its effects were noted. */
export type Touch = { id: string; task_id: string; first_at: Date; last_at: Date }

/** Notes that tasks have just worked on resources, for so long already; by the database's clock. */
export const noteTouches = async (
  sql: Sql,
  account: string,
  touches: readonly { id: string; taskId: string; forSeconds: number }[],
): Promise<void> => {
  await sql.query({
    name: 'touches.note',
    text: `insert into resource_touches as t (account, id, task_id, first_at, last_at)
      select $1, x.id, x."taskId", now() - make_interval(secs => max(x."forSeconds")), now()
      from jsonb_to_recordset($2::jsonb) as x(id text, "taskId" uuid, "forSeconds" double precision)
      group by x.id, x."taskId" order by x.id, x."taskId"
      on conflict (account, id, task_id) do update set
        first_at = least(t.first_at, excluded.first_at), last_at = greatest(t.last_at, excluded.last_at)`,
    values: [account, JSON.stringify(touches)],
  })
}

/** The tasks that worked on these resources about then, the newest first. */
export const readTouches = (
  sql: Sql,
  account: string,
  ids: readonly string[],
  time: { from: Date; to: Date },
): Promise<Touch[]> =>
  sql.query<Touch>({
    name: 'touches.read',
    text: `select id, task_id, first_at, last_at from resource_touches
      where account = $1 and id = any($2::text[]) and last_at >= $3 and first_at <= $4
      order by last_at desc limit 2000`,
    values: [account, ids, time.from, time.to],
  })

export const deleteOldTouches = async (sql: Sql, before: Date, limit: number): Promise<number> => {
  const rows = await sql.query({
    name: 'touches.delete-old',
    text: `delete from resource_touches where ctid = any(array(
        select ctid from resource_touches where last_at < $1 order by last_at limit $2)) returning 1`,
    values: [before, limit],
  })
  return rows.length
}
