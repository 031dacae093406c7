import type { Sql } from '#platform/db/database.ts'

/** Costs have no Region, and no ARN. */
export const costRegion = 'global'
export const costMetric = 'DailyCost'
export const costResource = (account: string, service: string): string => `cost/${account}/${service}`

/** Makes the costs of these services followed series, and returns them. */
export const followCosts = async (
  sql: Sql,
  account: string,
  series: readonly { id: string; service: string; judgedUntil: Date }[],
): Promise<Map<string, string>> => {
  const rows = await sql.query<{ id: string; service: string }>({
    name: 'daily-costs.follow',
    text: `insert into watched_series (id, account, region, resource_id, resource_name, metric, reasons, judged_until)
      select id, $1, $2, 'cost/' || $1 || '/' || service, service, $3, '{cost}', "judgedUntil"
      from jsonb_to_recordset($4::jsonb) as x(id uuid, service text, "judgedUntil" timestamptz)
      on conflict (account, resource_id, metric) do update set judged_until = excluded.judged_until, updated_at = now()
      returning id, resource_name as service`,
    values: [account, costRegion, costMetric, JSON.stringify(series)],
  })
  return new Map(rows.map(({ id, service }) => [service, id]))
}

/** Nobody reads those of accounts that are no longer known. */
export const forgetCostSeries = async (sql: Sql, accounts: readonly string[]): Promise<void> => {
  await sql.query({
    name: 'daily-costs.forget-series',
    text: `delete from watched_series where region = $2 and metric = $3 and account <> all($1::text[])`,
    values: [accounts, costRegion, costMetric],
  })
}
