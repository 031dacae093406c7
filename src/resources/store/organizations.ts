import type { Sql } from '#platform/db/database.ts'

/** Remembers that somebody has looked through an organization, and what was there. */
export const putWatch = async (sql: Sql, account: string, seen: readonly string[]): Promise<void> => {
  await sql.query({
    name: 'organizations.put',
    text: `insert into organization_watches as w (account, seen, next_at) values ($1, $2, now() + interval '1 day')
      on conflict (account) do update set seen = excluded.seen, next_at = excluded.next_at, looked_at = now(), last_error = null`,
    values: [account, seen],
  })
}

export type Watch = { account: string; seen: string[] }

/** Takes the watch that is due, if any is; nobody else gets it within the hour. */
export const claimWatch = async (sql: Sql): Promise<Watch | undefined> => {
  const rows = await sql.query<Watch>({
    name: 'organizations.claim',
    text: `update organization_watches set next_at = now() + interval '1 hour'
      where account = (
        select account from organization_watches where next_at <= now() order by next_at limit 1 for update skip locked)
      returning account, seen`,
  })
  return rows[0]
}

/** What came of it; after an error it is tried again in an hour. */
export const finishWatch = async (sql: Sql, account: string, error: string | null): Promise<void> => {
  await sql.query({
    name: 'organizations.finish',
    text: `update organization_watches set last_error = $2, looked_at = now(),
        next_at = now() + case when $2::text is null then interval '1 day' else interval '1 hour' end
      where account = $1`,
    values: [account, error],
  })
}
