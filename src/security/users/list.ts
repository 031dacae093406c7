import type { z } from 'zod'
import { countedTo } from '#contracts/list.ts'
import { escapeLike } from '#platform/db/like.ts'
import { decodeCursor, pageOf, totalOf } from '#platform/http/paging.ts'
import type { List } from '#contracts/list.ts'
import type { User, userQuerySchema } from '#contracts/user.ts'
import type { Sql } from '#platform/db/database.ts'
import { userOf } from './store.ts'
import type { UserRow } from './store.ts'

const conditions = `deleted_at is null
  and ($1::text is null or email like '%' || $1 || '%' escape '\\')
  and ($2::text is null or $2 = any(roles))
  and ($3::text is null or ($3 = 'disabled') = (disabled_at is not null))`

/** A page of users in the order of their addresses. */
export const listUsers = async (sql: Sql, query: z.infer<typeof userQuerySchema>): Promise<List<User>> => {
  const q = query.q === undefined ? null : escapeLike(query.q.toLowerCase())
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
  const { page, nextCursor } = pageOf(rows.map(userOf), query.limit, (user) => [user.email])
  return { items: page, nextCursor, total: totalOf(counted?.count ?? 0) }
}
