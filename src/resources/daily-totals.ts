import type { Sql } from '#platform/db/database.ts'
import { billedServices, nameOfBilled } from './costs/billed-services.ts'
import { readMany } from './store/read.ts'

/** What an account costs by list prices as it is now, by the names that bills have for services, and how much it stores. */
export type Totals = {
  costs: { service: string; monthlyUsd: number }[]
  storage: { region: string; kind: 'volumes' | 'snapshots'; gib: number }[]
}

/** What the bill calls what other types cost. Public addresses are on that of the network. */
const otherServices: Record<string, string> = {
  'ec2.address': 'Amazon Virtual Private Cloud',
  'cloudwatch.dashboard': 'AmazonCloudWatch',
}
const serviceOf = (type: string): string =>
  billedServices.find(({ types }) => types.includes(type))?.service ?? otherServices[type] ?? 'Other'

export const readTotals = async (sql: Sql, account: string): Promise<Totals> => {
  const rows = await sql.query<{ type: string; region: string; usd: number | null; gib: number | null }>({
    name: 'resources.totals',
    text: `select type, region, sum(cost_monthly_usd)::double precision as usd,
        sum(case when type in ('ec2.volume', 'ec2.snapshot') and jsonb_typeof(summary->'sizeGib') = 'number'
          then (summary->>'sizeGib')::double precision end)::double precision as gib
      from resources where account = $1 and deleted_at is null group by type, region order by type, region`,
    values: [account],
  })
  const costs = new Map<string, number>()
  for (const { type, usd } of rows)
    if (usd !== null) costs.set(serviceOf(type), (costs.get(serviceOf(type)) ?? 0) + usd)
  return {
    costs: [...costs].map(([service, monthlyUsd]) => ({ service, monthlyUsd })),
    storage: rows.flatMap(({ type, region, gib }) =>
      gib === null
        ? []
        : [{ region, kind: type === 'ec2.volume' ? ('volumes' as const) : ('snapshots' as const), gib }],
    ),
  }
}

/** Resources by what a bill calls them: an ARN, or an id alone. What the inventory has not seen keeps the bill's name. */
export const identifyBilled = async (
  sql: Sql,
  account: string,
  billed: readonly string[],
): Promise<Map<string, { id: string; name: string | null }>> => {
  const names = billed.map(nameOfBilled)
  const rows = await readMany(sql, [account], [...new Set([...billed, ...names])])
  return new Map(
    billed.map((one, index) => {
      const row = rows.find(({ id, aws_id }) => id === one || id === names[index] || aws_id === names[index])
      return [one, { id: row?.id ?? one, name: row?.name ?? null }]
    }),
  )
}

/** What came to a service's resources since then, by what it costs. */
export const readNewcomers = (
  sql: Sql,
  account: string,
  service: string,
  since: Date,
  limit: number,
): Promise<{ id: string; name: string | null; monthlyUsd: number }[]> =>
  sql.query({
    name: 'resources.newcomers',
    text: `select id, name, cost_monthly_usd as "monthlyUsd" from resources
      where account = $1 and type = any($2::text[]) and first_seen_at >= $3 and deleted_at is null and cost_monthly_usd > 0
      order by cost_monthly_usd desc, id limit $4`,
    values: [account, billedServices.find((one) => one.service === service)?.types ?? [], since, limit],
  })
