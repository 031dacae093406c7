import type { Sql } from '#platform/db/database.ts'
import type { Anomaly, Bands, WatchedResource } from '#contracts/anomaly.ts'
import type { BandPoint } from './store.ts'

type Filter = {
  accounts: readonly string[]
  resource: string | undefined
  region: string | undefined
  incident: string | undefined
  from: Date | undefined
}

type Row = {
  id: string
  incident: string
  account: string
  region: string
  resourceId: string
  resourceName: string | null
  metric: string
  beganAt: Date
  lastAt: Date
  score: number
  value: number
  expected: number
  low: number
  high: number
  evidence: Anomaly['evidence']
  joinedBy: Anomaly['joinedBy']
  drivers: Anomaly['drivers']
}

const matching = `account = any($1::text[]) and ($2::text is null or resource_id = $2) and ($3::text is null or region = $3)
  and ($4::uuid is null or incident_id = $4) and ($5::timestamptz is null or last_at >= $5)`
const valuesOf = ({ accounts, resource, region, incident, from }: Filter): unknown[] => [
  accounts,
  resource ?? null,
  region ?? null,
  incident ?? null,
  from ?? null,
]

/** The newest first. */
export const listAnomalies = async (
  sql: Sql,
  filter: Filter,
  before: string | null,
  limit: number,
): Promise<Anomaly[]> => {
  const rows = await sql.query<Row>({
    name: 'anomalies.list',
    text: `select id, incident_id as incident, account, region, resource_id as "resourceId", resource_name as "resourceName", metric,
        began_at as "beganAt", last_at as "lastAt", score, value, expected, low, high, evidence, joined_by as "joinedBy", drivers
      from anomalies where ${matching} and ($6::uuid is null or id < $6) order by id desc limit $7`,
    values: [...valuesOf(filter), before, limit],
  })
  return rows.map(({ resourceId, resourceName, beganAt, lastAt, expected, low, high, ...row }) => ({
    ...row,
    resource: { id: resourceId, name: resourceName },
    beganAt: beganAt.toISOString(),
    lastAt: lastAt.toISOString(),
    expected: { value: expected, low, high },
  }))
}

export const countAnomalies = async (sql: Sql, filter: Filter, most: number): Promise<number> => {
  const rows = await sql.query<{ count: number }>({
    name: 'anomalies.count',
    text: `select count(*)::int as count from (select 1 from anomalies where ${matching} limit $6) found`,
    values: [...valuesOf(filter), most],
  })
  return rows[0]?.count ?? 0
}

/** What was expected of a metric, oldest first. */
export const readBands = async (
  sql: Sql,
  { account, resource, metric, from, to }: { account: string; resource: string; metric: string; from: Date; to: Date },
): Promise<Bands> => {
  const rows = await sql.query<{ hour: Date | null; points: BandPoint[] | null }>({
    name: 'bands.read',
    text: `select b.hour, b.points from watched_series s
      left join metric_bands b on b.series_id = s.id and b.hour > $4::timestamptz - interval '1 hour' and b.hour < $5
      where s.account = $1 and s.resource_id = $2 and s.metric = $3 order by b.hour`,
    values: [account, resource, metric, from, to],
  })
  const points = rows.flatMap(({ hour, points: own }) =>
    (hour === null ? [] : (own ?? [])).map(([minute, value, low, high]) => ({
      // An hour that has points is there.
      at: new Date(hour!.getTime() + minute * 60_000),
      value,
      low,
      high,
    })),
  )
  return {
    isWatched: rows.length > 0,
    points: points
      .filter(({ at }) => at >= from && at < to)
      .toSorted((a, b) => a.at.getTime() - b.at.getTime())
      .map(({ at, ...point }) => ({ ...point, at: at.toISOString() })),
  }
}

/** Resources whose metrics are followed, in the order of their ARNs. */
export const listWatched = async (
  sql: Sql,
  accounts: readonly string[],
  after: string | null,
  limit: number,
): Promise<WatchedResource[]> => {
  const rows = await sql.query<{
    account: string
    region: string
    resourceId: string
    resourceName: string | null
    reasons: WatchedResource['reasons']
    metrics: WatchedResource['metrics']
  }>({
    name: 'watch.list',
    text: `select account, region, resource_id as "resourceId", min(resource_name) as "resourceName", min(reasons) as reasons,
        jsonb_agg(jsonb_build_object('name', metric, 'hasData', has_data, 'judgedUntil', judged_until) order by metric) as metrics
      from watched_series where account = any($1::text[]) and ($2::text is null or resource_id > $2)
      group by account, region, resource_id order by resource_id limit $3`,
    values: [accounts, after, limit],
  })
  return rows.map(({ resourceId, resourceName, metrics, ...row }) => ({
    ...row,
    resource: { id: resourceId, name: resourceName },
    metrics: metrics.map((metric) => ({
      ...metric,
      judgedUntil: metric.judgedUntil === null ? null : new Date(metric.judgedUntil).toISOString(),
    })),
  }))
}

export const countWatched = async (sql: Sql, accounts: readonly string[]): Promise<number> => {
  const rows = await sql.query<{ count: number }>({
    name: 'watch.count',
    text: `select count(distinct resource_id)::int as count from watched_series where account = any($1::text[])`,
    values: [accounts],
  })
  return rows[0]?.count ?? 0
}

export const insertPin = async (
  sql: Sql,
  { account, resource, by }: { account: string; resource: string; by: { id: string; email: string } },
): Promise<void> => {
  await sql.query({
    name: 'pins.insert',
    text: `insert into watch_pins (account, resource_id, pinned_by) values ($1, $2, $3) on conflict do nothing`,
    values: [account, resource, by],
  })
}

export const deletePin = async (sql: Sql, account: string, resource: string): Promise<boolean> => {
  const rows = await sql.query({
    name: 'pins.delete',
    text: `delete from watch_pins where account = $1 and resource_id = $2 returning account`,
    values: [account, resource],
  })
  return rows.length > 0
}
