import type { z } from 'zod'
import { countedTo } from '#contracts/list.ts'
import type { List } from '#contracts/list.ts'
import type { User, userQuerySchema } from '#contracts/user.ts'
import type { Sql } from '#platform/db/database.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import { userOf } from './store.ts'
import type { UserRow } from './store.ts'

const conditions = `deleted_at is null
  and ($1::text is null or email like '%' || $1 || '%' escape '\\')
  and ($2::text is null or $2 = any(roles))
  and ($3::text is null or ($3 = 'disabled') = (disabled_at is not null))`

/** A page of users in the order of their addresses. */
export const listUsers = async (sql: Sql, query: z.infer<typeof userQuerySchema>): Promise<List<User>> => {
  const q = query.q?.toLowerCase().replace(/[\\%_]/g, '\\$&') ?? null
  const filter = [q, query.role ?? null, query.status ?? null]
  const [after] = query.cursor === undefined ? [null] : decodeCursor(query.cursor, 1)
  const rows = await sql.query<UserRow>({
    text: `select * from users where ${conditions} and ($4::text is null or email > $4) order by email limit $5`,
    values: [...filter, after, query.limit + 1],
  })
  const [counted] = await sql.query<{ count: number }>({
    text: `select count(*)::int as count from (select 1 from users where ${conditions} limit ${countedTo + 1}) as x`,
    values: filter,
  })
  const count = counted?.count ?? 0
  const items = rows.slice(0, query.limit).map(userOf)
  const last = items.at(-1)
  return {
    items,
    nextCursor: rows.length > query.limit && last ? encodeCursor([last.email]) : null,
    total: { value: Math.min(count, countedTo), relation: count > countedTo ? 'gte' : 'eq' },
  }
}
