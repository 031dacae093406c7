import type { Sql } from '#platform/db/database.ts'

export type TokenRow = {
  id: string
  name: string
  scopes: string[] | null
  created_at: Date
  expires_at: Date
  last_used_at: Date | null
}

const columns = 'id, name, scopes, created_at, expires_at, last_used_at'

/** A token that may be used now, with its user as they are now. */
export const findLiveToken = async (
  sql: Sql,
  hash: Buffer,
): Promise<
  { id: string; user_id: string; email: string; roles: string[]; scopes: string[] | null; expires_at: Date } | undefined
> => {
  const [row] = await sql.query<{
    id: string
    user_id: string
    email: string
    roles: string[]
    scopes: string[] | null
    expires_at: Date
  }>({
    name: 'tokens.find',
    text: `select t.id, t.user_id, u.email, u.roles, t.scopes, t.expires_at
      from api_tokens t join users u on u.id = t.user_id
      where t.hash = $1 and t.revoked_at is null and t.expires_at > now() and u.disabled_at is null and u.deleted_at is null`,
    values: [hash],
  })
  return row
}

export const touchToken = (sql: Sql, hash: Buffer): Promise<unknown> =>
  sql.query({
    name: 'tokens.touch',
    text: 'update api_tokens set last_used_at = now() where hash = $1',
    values: [hash],
  })

/** Makes whoever creates tokens for the same user wait, so that the count holds. */
export const lockUser = (sql: Sql, userId: string): Promise<unknown> =>
  sql.query({ text: 'select 1 from users where id = $1 for update', values: [userId] })

export const countTokens = async (sql: Sql, userId: string): Promise<number> => {
  const [row] = await sql.query<{ count: number }>({
    text: 'select count(*)::int as count from api_tokens where user_id = $1 and revoked_at is null and expires_at > now()',
    values: [userId],
  })
  return row?.count ?? 0
}

/** Undefined when the user may not sign in any more. */
export const insertToken = async (
  sql: Sql,
  token: {
    id: string
    userId: string
    hash: Buffer
    name: string
    scopes: readonly string[] | null
    expiresInDays: number
  },
): Promise<TokenRow | undefined> => {
  const [row] = await sql.query<TokenRow>({
    text: `insert into api_tokens (id, user_id, name, hash, scopes, expires_at)
      select $1, u.id, $3, $4, $5, now() + $6 * interval '1 day'
      from users u where u.id = $2 and u.disabled_at is null and u.deleted_at is null
      returning ${columns}`,
    values: [token.id, token.userId, token.name, token.hash, token.scopes, token.expiresInDays],
  })
  return row
}

export const listTokens = (sql: Sql, userId: string): Promise<TokenRow[]> =>
  sql.query<TokenRow>({
    text: `select ${columns} from api_tokens
      where user_id = $1 and revoked_at is null and expires_at > now() order by created_at desc, id desc`,
    values: [userId],
  })

export const revokeToken = async (
  sql: Sql,
  token: { id: string; userId: string; reason: string },
): Promise<boolean> => {
  const rows = await sql.query({
    text: `update api_tokens set revoked_at = now(), revoked_reason = $3
      where id = $1 and user_id = $2 and revoked_at is null returning id`,
    values: [token.id, token.userId, token.reason],
  })
  return rows.length > 0
}

/** Ends all API tokens of a user; returns their ids, to be announced after the commit. */
export const revokeTokensOf = async (sql: Sql, userId: string, reason: string): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({
    text: `update api_tokens set revoked_at = now(), revoked_reason = $2
      where user_id = $1 and revoked_at is null returning id`,
    values: [userId, reason],
  })
  return rows.map((row) => row.id)
}
