import type { Sql } from '#platform/db/database.ts'
import { columns } from './row.ts'
import type { AccountRow } from './row.ts'

export const selectAccounts = (sql: Sql): Promise<AccountRow[]> =>
  sql.query({ name: 'select_accounts', text: `select ${columns} from accounts order by name, id` })

export const selectAccount = async (sql: Sql, id: string): Promise<AccountRow | undefined> =>
  (
    await sql.query<AccountRow>({
      name: 'select_account',
      text: `select ${columns} from accounts where id = $1`,
      values: [id],
    })
  )[0]

/** Nothing comes back where the account was there already. */
export const insertAccount = async (sql: Sql, values: unknown[]): Promise<AccountRow | undefined> =>
  (
    await sql.query<AccountRow>({
      text: `insert into accounts (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing returning ${columns}`,
      values,
    })
  )[0]

export const updateAccount = async (sql: Sql, values: unknown[]): Promise<AccountRow | undefined> =>
  (
    await sql.query<AccountRow>({
      text: `update accounts set name = $2, cloud = $3, regions = $4, credentials = $5, sealed_external_id = $6,
        is_production = $7, costs = $8, updated_at = now() where id = $1 returning ${columns}`,
      values,
    })
  )[0]

/** Whether there was one. */
export const deleteAccount = async (sql: Sql, id: string): Promise<boolean> =>
  (await sql.query({ text: 'delete from accounts where id = $1 returning id', values: [id] })).length > 0
