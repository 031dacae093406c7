import type { Role } from '#contracts/principal.ts'
import type { User } from '#contracts/user.ts'
import type { Sql } from '#platform/db/database.ts'

export type UserRow = {
  id: string
  email: string
  roles: Role[]
  created_at: Date
  updated_at: Date
  last_sign_in_at: Date | null
  disabled_at: Date | null
  password_hash: string
  has_initial_password: boolean
}

export const userOf = (row: UserRow): User => ({
  id: row.id,
  email: row.email,
  roles: row.roles,
  status: row.disabled_at === null ? 'active' : 'disabled',
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  lastSignInAt: row.last_sign_in_at?.toISOString() ?? null,
})

export const findByEmail = async (sql: Sql, email: string): Promise<UserRow | undefined> => {
  const [row] = await sql.query<UserRow>({
    name: 'users.by_email',
    text: 'select * from users where email = $1 and deleted_at is null',
    values: [email],
  })
  return row
}

export const findById = async (sql: Sql, id: string): Promise<UserRow | undefined> => {
  const [row] = await sql.query<UserRow>({
    name: 'users.by_id',
    text: 'select * from users where id = $1 and deleted_at is null',
    values: [id],
  })
  return row
}

/** The same, and keeps others from changing it until the end of the transaction. */
export const lockById = async (sql: Sql, id: string): Promise<UserRow | undefined> => {
  const [row] = await sql.query<UserRow>({
    text: 'select * from users where id = $1 and deleted_at is null for update',
    values: [id],
  })
  return row
}

/** Locks all administrators who can sign in, in one order, so that two can't step down at once. */
export const lockActiveAdministrators = async (sql: Sql): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({
    text: `select id from users where 'admin' = any(roles) and disabled_at is null and deleted_at is null order by id for update`,
  })
  return rows.map((row) => row.id)
}

/** Undefined when the address is taken. */
export const insertUser = async (
  sql: Sql,
  user: { id: string; email: string; passwordHash: string; roles: readonly Role[]; hasInitialPassword?: boolean },
): Promise<UserRow | undefined> => {
  const [row] = await sql.query<UserRow>({
    text: `insert into users (id, email, password_hash, roles, has_initial_password) values ($1, $2, $3, $4, $5)
      on conflict (email) where deleted_at is null do nothing returning *`,
    values: [user.id, user.email, user.passwordHash, user.roles, user.hasInitialPassword ?? false],
  })
  return row
}

/** Changes what is given (null: as it is). Fails on a taken address with a unique violation. */
export const updateUser = async (
  sql: Sql,
  id: string,
  change: {
    email: string | null
    roles: readonly Role[] | null
    passwordHash: string | null
    isDisabled: boolean | null
  },
): Promise<UserRow> => {
  const [row] = await sql.query<UserRow>({
    text: `update users set email = coalesce($2, email), roles = coalesce($3, roles),
        password_hash = coalesce($4, password_hash),
        disabled_at = case when $5::boolean is null then disabled_at when $5 then coalesce(disabled_at, now()) end,
        updated_at = now()
      where id = $1 returning *`,
    values: [id, change.email, change.roles, change.passwordHash, change.isDisabled],
  })
  return row! // the caller holds the row's lock
}

export const markDeleted = (sql: Sql, id: string): Promise<unknown> =>
  sql.query({
    text: 'update users set deleted_at = now(), disabled_at = coalesce(disabled_at, now()), updated_at = now() where id = $1',
    values: [id],
  })

export const setPasswordHash = (sql: Sql, id: string, from: string, to: string): Promise<unknown> =>
  sql.query({
    text: 'update users set password_hash = $3 where id = $1 and password_hash = $2',
    values: [id, from, to],
  })

export const countUsers = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ count: number }>({ text: 'select count(*)::int as count from users' })
  return row?.count ?? 0
}

/**
 * Notes a sign-in and takes the user's lock. Undefined when the user was disabled, or got another password, since they
 * were read. `usedInitialPassword`: it was the first sign-in with the generated password that still lies in a file.
 */
export const noteSignIn = async (
  sql: Sql,
  id: string,
  passwordHash: string,
): Promise<{ user: UserRow; usedInitialPassword: boolean } | undefined> => {
  const [row] = await sql.query<UserRow & { used_initial_password: boolean }>({
    name: 'users.signed_in',
    text: `update users u set last_sign_in_at = now(), has_initial_password = false
      from (select id, has_initial_password from users where id = $1 for update) as old
      where u.id = old.id and u.disabled_at is null and u.deleted_at is null and u.password_hash = $2
      returning u.*, old.has_initial_password as used_initial_password`,
    values: [id, passwordHash],
  })
  return row && { user: row, usedInitialPassword: row.used_initial_password }
}

/** The user who has not signed in yet with the generated password, if any. */
export const findWithInitialPassword = async (sql: Sql): Promise<{ email: string } | undefined> => {
  const [row] = await sql.query<{ email: string }>({
    text: 'select email from users where has_initial_password and deleted_at is null limit 1',
  })
  return row
}
