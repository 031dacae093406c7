import type { Sql } from '#platform/db/database.ts'

export type CostSource = 'cost-explorer' | 'prices'
/** A day (UTC) as "2026-11-26". */
export type DayCost = { day: string; service: string; usd: number }

const hour = `interval '1 hour'`

/** Takes an account whose list prices are to be looked at again; each is looked at once an hour, by whichever process. */
export const claimSample = async (sql: Sql, accounts: readonly string[]): Promise<string | undefined> => {
  await sql.query({
    name: 'daily-costs.wanted',
    text: `insert into daily_cost_readings (account) select unnest($1::text[]) on conflict (account) do nothing`,
    values: [accounts],
  })
  const rows = await sql.query<{ account: string }>({
    name: 'daily-costs.claim-sample',
    text: `update daily_cost_readings set sample_at = now() + ${hour} where account = (
        select account from daily_cost_readings where account = any($1::text[]) and sample_at <= now()
        order by sample_at limit 1 for update skip locked)
      returning account`,
    values: [accounts],
  })
  return rows[0]?.account
}

/** Takes an account whose bill is to be asked for; nobody gets it again within a day, whatever becomes of it. */
export const claimQuestion = async (
  sql: Sql,
  accounts: readonly string[],
): Promise<{ account: string; through: string | null } | undefined> => {
  const rows = await sql.query<{ account: string; through: string | null }>({
    name: 'daily-costs.claim-question',
    text: `update daily_cost_readings set ask_at = now() + interval '1 day' where account = (
        select account from daily_cost_readings where account = any($1::text[]) and ask_at <= now()
        order by ask_at limit 1 for update skip locked)
      returning account, through::text as through`,
    values: [accounts],
  })
  return rows[0]
}

/** What came of it; after a failure what is known stays. */
export const finishQuestion = async (
  sql: Sql,
  account: string,
  outcome: { through: string } | { error: string },
): Promise<void> => {
  const isDone = 'through' in outcome
  await sql.query({
    name: 'daily-costs.finish-question',
    text: `update daily_cost_readings set last_error = $3, through = coalesce($2::date, through),
        asked_at = case when $2::date is null then asked_at else now() end
      where account = $1`,
    values: [account, isDone ? outcome.through : null, isDone ? null : outcome.error],
  })
}

/** Writes what the bill says of some days over what it said of them before. */
export const putBilled = async (sql: Sql, account: string, from: string, costs: readonly DayCost[]): Promise<void> => {
  await sql.query({
    name: 'daily-costs.put-billed',
    text: `with x as (
        select day, service, sum(usd) as usd from jsonb_to_recordset($3::jsonb) as x(day date, service text, usd double precision)
        group by day, service),
      gone as (
        delete from daily_costs c where account = $1 and source = 'cost-explorer' and day >= $2::date
          and not exists (select from x where (x.day, x.service) = (c.day, c.service)))
      insert into daily_costs (account, source, day, service, usd) select $1, 'cost-explorer', day, service, usd from x
      on conflict (account, source, day, service) do update set usd = excluded.usd`,
    values: [account, from, JSON.stringify(costs)],
  })
}

/** Adds one look at list prices to a day: its cost is the mean of all looks. What was there earlier that day and is gone counts as nothing. */
export const addSample = async (
  sql: Sql,
  account: string,
  day: string,
  costs: readonly { service: string; usd: number }[],
): Promise<void> => {
  await sql.query({
    name: 'daily-costs.add-sample',
    text: `insert into daily_costs as c (account, source, day, service, usd)
      select $1, 'prices', $2::date, service, coalesce(x.usd, 0)
      from (select service from daily_costs where account = $1 and source = 'prices' and day = $2::date
        union select service from jsonb_to_recordset($3::jsonb) as s(service text)) known
      left join jsonb_to_recordset($3::jsonb) as x(service text, usd double precision) using (service)
      on conflict (account, source, day, service) do update set
        usd = (c.usd * c.samples + excluded.usd) / (c.samples + 1), samples = c.samples + 1`,
    values: [account, day, JSON.stringify(costs)],
  })
}

export const putStorage = async (
  sql: Sql,
  account: string,
  day: string,
  storage: readonly { region: string; kind: 'volumes' | 'snapshots'; gib: number }[],
): Promise<void> => {
  await sql.query({
    name: 'daily-storage.put',
    text: `insert into daily_storage (account, region, kind, day, gib)
      select $1, region, kind, $2::date, gib from jsonb_to_recordset($3::jsonb) as x(region text, kind text, gib double precision)
      on conflict (account, region, kind, day) do update set gib = excluded.gib`,
    values: [account, day, JSON.stringify(storage)],
  })
}

/** Oldest first. */
export const readDailyCosts = (sql: Sql, account: string, source: CostSource, from: string): Promise<DayCost[]> =>
  sql.query<DayCost>({
    name: 'daily-costs.read',
    text: `select day::text as day, service, usd from daily_costs
      where account = $1 and source = $2 and day >= $3::date order by day, service`,
    values: [account, source, from],
  })

export const readDailyStorage = (
  sql: Sql,
  account: string,
  from: string,
): Promise<{ region: string; kind: 'volumes' | 'snapshots'; day: string; gib: number }[]> =>
  sql.query({
    name: 'daily-storage.read',
    text: `select region, kind, day::text as day, gib from daily_storage where account = $1 and day >= $2::date
      order by region, kind, day`,
    values: [account, from],
  })

export const readQuestion = async (
  sql: Sql,
  account: string,
): Promise<{ through: string | null; error: string | null } | undefined> => {
  const rows = await sql.query<{ through: string | null; error: string | null }>({
    name: 'daily-costs.question',
    text: `select through::text as through, last_error as error from daily_cost_readings where account = $1`,
    values: [account],
  })
  return rows[0]
}

export const dropOldDays = async (sql: Sql, days: number): Promise<void> => {
  await sql.query({
    name: 'daily-costs.drop',
    text: `with storage as (delete from daily_storage where day < current_date - $1::int)
      delete from daily_costs where day < current_date - $1::int`,
    values: [days],
  })
}
