import type { Sql } from '#platform/db/database.ts'

export type SessionRow = {
  id: string
  user_id: string
  generation: number
  rotated_at: Date
  created_at: Date
  expires_at: Date
  idle_expires_at: Date
  ip: string | null
  user_agent: string | null
  revoked_at: Date | null
}

export const insertSession = async (
  sql: Sql,
  session: {
    id: string
    userId: string
    lifetimeSeconds: number
    idleSeconds: number
    ip: string
    userAgent: string | null
  },
): Promise<SessionRow> => {
  const [row] = await sql.query<SessionRow>({
    name: 'sessions.insert',
    text: `insert into sessions (id, user_id, expires_at, idle_expires_at, ip, user_agent)
      values ($1, $2, now() + $3 * interval '1 second', now() + $4 * interval '1 second', $5, $6) returning *`,
    values: [session.id, session.userId, session.lifetimeSeconds, session.idleSeconds, session.ip, session.userAgent],
  })
  return row! // an insert of one row returns it
}

export const findSession = async (sql: Sql, id: string): Promise<SessionRow | undefined> => {
  const [row] = await sql.query<SessionRow>({
    name: 'sessions.find',
    text: 'select * from sessions where id = $1',
    values: [id],
  })
  return row
}

/** With its age by the database's clock, which is the one that all processes share. */
export const lockSession = async (
  sql: Sql,
  id: string,
): Promise<(SessionRow & { is_over: boolean; rotated_seconds_ago: number }) | undefined> => {
  const [row] = await sql.query<SessionRow & { is_over: boolean; rotated_seconds_ago: number }>({
    name: 'sessions.lock',
    text: `select *, least(expires_at, idle_expires_at) <= now() as is_over,
        extract(epoch from clock_timestamp() - rotated_at)::float8 as rotated_seconds_ago
      from sessions where id = $1 for update`,
    values: [id],
  })
  return row
}

export const rotateSession = async (sql: Sql, id: string, idleSeconds: number): Promise<SessionRow> => {
  const [row] = await sql.query<SessionRow>({
    name: 'sessions.rotate',
    text: `update sessions set generation = generation + 1, rotated_at = clock_timestamp(),
        idle_expires_at = now() + $2 * interval '1 second'
      where id = $1 returning *`,
    values: [id, idleSeconds],
  })
  return row! // the caller holds the row's lock
}

/** True when it was live and is not any more. */
export const revokeSession = async (sql: Sql, id: string, userId: string, reason: string): Promise<boolean> => {
  const rows = await sql.query({
    text: `update sessions set revoked_at = now(), revoked_reason = $3
      where id = $1 and user_id = $2 and revoked_at is null returning id`,
    values: [id, userId, reason],
  })
  return rows.length > 0
}

/** Ends all sessions of a user but one; returns their ids, to be announced after the commit. */
export const revokeSessionsOf = async (
  sql: Sql,
  userId: string,
  reason: string,
  except: string | null = null,
): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({
    text: `update sessions set revoked_at = now(), revoked_reason = $2
      where user_id = $1 and revoked_at is null and id is distinct from $3::uuid returning id`,
    values: [userId, reason, except],
  })
  return rows.map((row) => row.id)
}

export const listSessions = (sql: Sql, userId: string): Promise<SessionRow[]> =>
  sql.query<SessionRow>({
    text: `select * from sessions where user_id = $1 and revoked_at is null and least(expires_at, idle_expires_at) > now()
      order by rotated_at desc, id desc limit 500`,
    values: [userId],
  })

/** Sessions that were over long ago. Reuse of their tokens is refused all the same: an unknown session is no session. */
export const purgeSessions = (sql: Sql): Promise<unknown> =>
  sql.query({
    text: `delete from sessions where expires_at < now() - interval '30 days' or revoked_at < now() - interval '60 days'`,
  })
