import type { Sql } from '#platform/db/database.ts'

/** How asking Cost Explorer for an account went. */
export type CostReading = {
  account: string
  nextAt: Date
  readAt: Date | null
  /** The last day that was read. */
  through: string | null
  requests: number | null
  resources: number
  error: string | null
}

export const readCostReadings = (sql: Sql, accounts: readonly string[]): Promise<CostReading[]> =>
  sql.query<CostReading>({
    name: 'costs.readings',
    text: `select account, next_at as "nextAt", read_at as "readAt", through::text as through, requests,
        coalesce(resources, 0) as resources, last_error as error
      from cost_readings where account = any($1::text[])`,
    values: [accounts],
  })

/**
 * Takes the account that is due, if any is. Nobody gets it again within a day, whatever becomes of the reading: each answer
 * is charged for.
 */
export const claimCostReading = async (sql: Sql): Promise<string | undefined> => {
  await sql.query({
    name: 'costs.wanted',
    text: `insert into cost_readings (account, next_at) select id, now() from accounts where costs = 'cost-explorer'
      on conflict (account) do nothing`,
  })
  const rows = await sql.query<{ account: string }>({
    name: 'costs.claim',
    text: `update cost_readings set next_at = now() + interval '1 day'
      where account = (
        select c.account from cost_readings c join accounts a on a.id = c.account and a.costs = 'cost-explorer'
        where c.next_at <= now() order by c.next_at limit 1 for update of c skip locked)
      returning account`,
  })
  return rows[0]?.account
}

/** What came of it. Of a reading that told nothing, what the last one told stays. */
export const finishCostReading = async (
  sql: Sql,
  account: string,
  outcome: { through: string | null; requests: number; resources: number; error: string | null },
): Promise<void> => {
  await sql.query({
    name: 'costs.finish',
    text: `update cost_readings set requests = $3, last_error = $5,
        read_at = case when $2::date is null then read_at else now() end, through = coalesce($2::date, through),
        resources = case when $2::date is null then resources else $4 end
      where account = $1`,
    values: [account, outcome.through, outcome.requests, outcome.resources, outcome.error],
  })
}

/** Keeps what resources of these types have cost, each under the ARN, or the id alone, that AWS's bill has. Returns their ARNs. */
export const putCosts = async (
  sql: Sql,
  about: { account: string; service: string; types: readonly string[]; source: string; at: Date },
  costs: readonly { resource: string; monthlyUsd: number }[],
): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({
    name: 'costs.put',
    text: `insert into resource_costs (account, id, service, monthly_usd, source, measured_at)
      select $1, r.id, $2, sum(x."monthlyUsd"), $4, $5::timestamptz
      from jsonb_to_recordset($6::jsonb) as x(resource text, "monthlyUsd" double precision)
      cross join lateral (
        select id, type from resources where account = $1 and id = x.resource and deleted_at is null
        union all
        select id, type from resources
        where account = $1 and aws_id = x.resource and x.resource not like 'arn:%' and deleted_at is null) r
      where r.type = any($3::text[])
      group by r.id order by r.id
      on conflict (account, id) do update set service = excluded.service, monthly_usd = excluded.monthly_usd,
        source = excluded.source, measured_at = excluded.measured_at
      returning id`,
    values: [about.account, about.service, about.types, about.source, about.at, JSON.stringify(costs)],
  })
  return rows.map(({ id }) => id)
}

/** Puts what is known of their costs into the rows that searches read. Returns those that there are. */
export const showCosts = (
  sql: Sql,
  account: string,
  ids: readonly string[],
): Promise<{ id: string; region: string; type: string }[]> =>
  sql.query({
    name: 'costs.show',
    text: `update resources r set cost_monthly_usd = c.monthly_usd, cost_source = c.source
      from resource_costs c
      where r.account = $1 and c.account = r.account and c.id = r.id and r.id in (
        select id from resources where account = $1 and id = any($2::text[]) and deleted_at is null order by id for update)
      returning r.id, r.region, r.type`,
    values: [account, ids],
  })

/**
 * Forgets costs of an account (of a service that were measured earlier; null: all), some at a time. Their rows have no hash any
 * more, so that the next sweep writes the price that their description has. Returns how many.
 */
export const forgetCosts = async (
  sql: Sql,
  account: string,
  older: { service: string; than: Date } | null,
  limit: number,
): Promise<number> => {
  const rows = await sql.query({
    name: 'costs.forget',
    text: `with gone as (
        delete from resource_costs where (account, id) in (
          select account, id from resource_costs
          where account = $1 and ($2::text is null or (service = $2 and measured_at < $3::timestamptz)) limit $4)
        returning id),
      unhashed as (
        update resources set content_hash = '' where account = $1 and id in (
          select id from resources where account = $1 and id in (select id from gone) order by id for update))
      select id from gone`,
    values: [account, older?.service ?? null, older?.than ?? null, limit],
  })
  return rows.length
}

/** Accounts that are not asked any more, and have costs from when they were. */
export const readUnwantedCosts = async (sql: Sql): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({
    name: 'costs.unwanted',
    text: `select id from accounts a
      where costs = 'prices' and exists (select from resource_costs c where c.account = a.id)`,
  })
  return rows.map(({ id }) => id)
}
