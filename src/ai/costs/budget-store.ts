import type { Budget } from '#contracts/account-forecast.ts'
import type { Sql } from '#platform/db/database.ts'

export const readBudget = async (sql: Sql, account: string): Promise<Budget | null> => {
  const rows = await sql.query<{ monthlyUsd: number; setBy: Budget['setBy']; setAt: Date }>({
    name: 'budgets.read',
    text: `select monthly_usd as "monthlyUsd", set_by as "setBy", set_at as "setAt" from cost_budgets where account = $1`,
    values: [account],
  })
  const [row] = rows
  return row === undefined ? null : { ...row, setAt: row.setAt.toISOString() }
}

export const putBudget = async (
  sql: Sql,
  account: string,
  monthlyUsd: number,
  by: { id: string; email: string },
): Promise<void> => {
  await sql.query({
    name: 'budgets.put',
    text: `insert into cost_budgets (account, monthly_usd, set_by) values ($1, $2, $3)
      on conflict (account) do update set monthly_usd = excluded.monthly_usd, set_by = excluded.set_by, set_at = now()`,
    values: [account, monthlyUsd, by],
  })
}

/** Returns whether there was one. */
export const deleteBudget = async (sql: Sql, account: string): Promise<boolean> => {
  const rows = await sql.query({
    name: 'budgets.delete',
    text: `delete from cost_budgets where account = $1 returning account`,
    values: [account],
  })
  return rows.length > 0
}
