import type { Sql } from '#platform/db/database.ts'
import type { Condition } from './list.ts'

export type Group = {
  type: string
  account: string
  region: string
  state: string | null
  count: number
  without_cost: number
  usd: number
}

/** Counts and costs by type, account, Region and state: the summary adds them up as it needs them. */
export const countGroups = (sql: Sql, where: Condition): Promise<Group[]> =>
  sql.query<Group>({
    text: `select r.type, r.account, r.region, r.state, count(*)::int as count,
        (count(*) - count(r.cost_monthly_usd))::int as without_cost, coalesce(sum(r.cost_monthly_usd), 0) as usd
      from resources r where r.deleted_at is null and ${where.text}
      group by r.type, r.account, r.region, r.state`,
    values: where.values,
  })
