import type { Sql } from '#platform/db/database.ts'

export const findIdempotencyKey = async (
  sql: Sql,
  userId: string,
  key: string,
): Promise<{ bodyHash: string; taskId: string } | undefined> => {
  const [row] = await sql.query<{ bodyHash: string; taskId: string }>({
    name: 'idempotency.find',
    text: `select body_hash as "bodyHash", task_id as "taskId" from idempotency where user_id = $1 and key = $2`,
    values: [userId, key],
  })
  return row
}

/** Keys are kept for at least a day after their use. */
export const deleteOldIdempotencyKeys = (sql: Sql): Promise<unknown> =>
  sql.query({ text: `delete from idempotency where created_at < now() - interval '48 hours'` })
