import type { Sql } from '#platform/db/database.ts'

export type IdempotencyKey = { userId: string; key: string; bodyHash: string; taskId: string }

/** Reserves keys; returns those that were free, as "user\nkey". */
export const insertIdempotencyKeys = async (sql: Sql, keys: readonly IdempotencyKey[]): Promise<Set<string>> => {
  if (keys.length === 0) return new Set()
  const rows = await sql.query<{ user_id: string; key: string }>({
    name: 'idempotency.insert',
    text: `insert into idempotency (user_id, key, body_hash, task_id)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::uuid[])
      on conflict do nothing returning user_id, key`,
    values: [keys.map((k) => k.userId), keys.map((k) => k.key), keys.map((k) => k.bodyHash), keys.map((k) => k.taskId)],
  })
  return new Set(rows.map((row) => `${row.user_id}\n${row.key}`))
}

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
