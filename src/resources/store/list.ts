import type { ResourceSortKey } from '#contracts/inventory.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Bind } from '../query/compile.ts'
import { rowColumns } from './row.ts'
import type { Row } from './row.ts'

/** A condition over `resources r` and the values of its placeholders. */
export type Condition = { text: string; values: unknown[] }

/** Builds a condition; `build` gets what makes placeholders. */
export const condition = (build: (bind: Bind) => string): Condition => {
  const values: unknown[] = []
  return { text: build((value) => `$${values.push(value)}`), values }
}

/** Sort keys are never null, so that a page can begin after any of them. */
const sortExpressions: Record<ResourceSortKey, { text: string; cast: string }> = {
  name: { text: 'r.sort_name', cast: 'text' },
  id: { text: 'r.id', cast: 'text' },
  type: { text: 'r.type', cast: 'text' },
  state: { text: 'r.state_key', cast: 'text' },
  account: { text: 'r.account', cast: 'text' },
  region: { text: 'r.region', cast: 'text' },
  cost: { text: 'coalesce(r.cost_monthly_usd, -1)', cast: 'double precision' },
  firstSeenAt: { text: 'r.first_seen_at', cast: 'timestamptz' },
}

/** The last row of a page: the next one begins after it. */
export type After = { value: string; id: string; account: string }
export type SortedRow = Row & { sort_value: string }

export const listRows = (
  sql: Sql,
  where: Condition,
  sort: { key: ResourceSortKey; isDescending: boolean },
  after: After | undefined,
  limit: number,
): Promise<SortedRow[]> => {
  const { text, cast } = sortExpressions[sort.key]
  const direction = sort.isDescending ? 'desc' : 'asc'
  const values = [...where.values]
  const bind: Bind = (value) => `$${values.push(value)}`
  const isAfter =
    after === undefined
      ? ''
      : `and (${text}, r.id, r.account) ${sort.isDescending ? '<' : '>'}
          (${bind(after.value)}::${cast}, ${bind(after.id)}::text, ${bind(after.account)}::text)`
  return sql.query<SortedRow>({
    text: `select ${rowColumns}, (${text})::text as sort_value from resources r
      where r.deleted_at is null and ${where.text} ${isAfter}
      order by ${text} ${direction}, r.id ${direction}, r.account ${direction}
      limit ${bind(limit)}`,
    values,
  })
}

/** How many rows match, counted no further than `most`. */
export const countRows = async (sql: Sql, where: Condition, most: number): Promise<number> => {
  const rows = await sql.query<{ count: number }>({
    text: `select count(*)::int as count from (
        select 1 from resources r where r.deleted_at is null and ${where.text} limit $${where.values.length + 1}) x`,
    values: [...where.values, most],
  })
  return rows[0]?.count ?? 0
}

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
