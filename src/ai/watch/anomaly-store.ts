import type { Sql } from '#platform/db/database.ts'
import type { CostDriver, Joined } from '#contracts/anomaly.ts'
import type { Evidence } from '../anomaly.ts'

/** What one judged value adds to an anomaly: it begins one, or goes on with the one that began at `beganAt`. */
export type Sighting = {
  seriesId: string
  account: string
  region: string
  resourceId: string
  resourceName: string | null
  metric: string
  kin: string | null
  beganAt: Date
  at: Date
  score: number
  value: number
  expected: number
  low: number
  high: number
  /** Of a cost, not the detector's own. */
  evidence: (Omit<Evidence, 'name'> & { name: string })[]
  /** What made it part of an incident that was there already. */
  joinedBy?: Joined | null
  /** Of a cost, the resources that make up for it. */
  drivers?: CostDriver[] | null
}

/** An incident that was seen about the same time, and what it has in common with an anomaly. */
export type Kindred = { id: string; by: 'resource' | 'tags' | 'relation'; resourceId: string | null }

/**
 * The incident that an anomaly belongs to: one of the same account that was seen a short time before or after, in the same resource, in
 * one of the same kin in its Region, or in one near it (nearest first); null as Region: in any.
 */
export const findIncident = async (
  sql: Sql,
  {
    account,
    region,
    resourceId,
    kin,
    beganAt,
    at,
    near,
  }: Pick<Sighting, 'account' | 'resourceId' | 'kin' | 'beganAt' | 'at'> & {
    region: string | null
    near: readonly string[]
  },
  withinMinutes: number,
): Promise<Kindred | undefined> => {
  const rows = await sql.query<Kindred>({
    name: 'anomalies.find-incident',
    text: `select i.id, case when $5 = any(resource_ids) then 'resource' when own.place is not null then 'relation' else 'tags' end as by,
        case when $5 = any(resource_ids) then $5 else ($8::text[])[own.place] end as "resourceId"
      from anomaly_incidents i
      cross join lateral (select min(array_position($8::text[], r)) as place from unnest(resource_ids) r) own
      where account = $1
        and last_at >= $3::timestamptz - make_interval(mins => $7) and began_at <= $4::timestamptz + make_interval(mins => $7)
        and ($5 = any(resource_ids) or own.place is not null or (region = $2 and $6::text = any(kins)))
      order by $5 = any(resource_ids) desc, own.place nulls last, last_at desc limit 1`,
    values: [account, region, beganAt, at, resourceId, kin, withinMinutes, near],
  })
  return rows[0]
}

export const insertIncident = async (
  sql: Sql,
  id: string,
  { account, region, beganAt, at, kin, resourceId }: Sighting,
): Promise<void> => {
  await sql.query({
    name: 'anomalies.insert-incident',
    text: `insert into anomaly_incidents (id, account, region, began_at, last_at, kins, resource_ids) values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [id, account, region, beganAt, at, kin === null ? [] : [kin], [resourceId]],
  })
}

export const extendIncident = async (
  sql: Sql,
  id: string,
  { beganAt, at, kin, resourceId }: Sighting,
): Promise<void> => {
  await sql.query({
    name: 'anomalies.extend-incident',
    text: `update anomaly_incidents set began_at = least(began_at, $2), last_at = greatest(last_at, $3),
        kins = case when $4::text is null or $4 = any(kins) then kins else kins || $4 end,
        resource_ids = case when $5 = any(resource_ids) then resource_ids else resource_ids || $5 end,
        over_at = case when $3 > last_at then null else over_at end
      where id = $1`,
    values: [id, beganAt, at, kin, resourceId],
  })
}

/**
 * Begins an anomaly or goes on with it; of its moments the most unusual one is told. Said twice it changes nothing, so values may be
 * judged again after a process died. Returns whether it is new.
 */
export const upsertAnomaly = async (sql: Sql, id: string, incidentId: string, seen: Sighting): Promise<boolean> => {
  const rows = await sql.query<{ isNew: boolean }>({
    name: 'anomalies.upsert',
    text: `insert into anomalies as a (id, series_id, incident_id, account, region, resource_id, resource_name, metric, began_at, last_at,
        score, value, expected, low, high, evidence, joined_by, drivers)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
      on conflict (series_id, began_at) do update set
        last_at = greatest(a.last_at, excluded.last_at), score = greatest(a.score, excluded.score),
        value = case when excluded.score > a.score then excluded.value else a.value end,
        expected = case when excluded.score > a.score then excluded.expected else a.expected end,
        low = case when excluded.score > a.score then excluded.low else a.low end,
        high = case when excluded.score > a.score then excluded.high else a.high end,
        evidence = case when excluded.score > a.score then excluded.evidence else a.evidence end
      returning xmax = 0 as "isNew"`,
    values: [
      id,
      seen.seriesId,
      incidentId,
      seen.account,
      seen.region,
      seen.resourceId,
      seen.resourceName,
      seen.metric,
      seen.beganAt,
      seen.at,
      seen.score,
      seen.value,
      seen.expected,
      seen.low,
      seen.high,
      JSON.stringify(seen.evidence),
      seen.joinedBy == null ? null : JSON.stringify(seen.joinedBy),
      seen.drivers == null ? null : JSON.stringify(seen.drivers),
    ],
  })
  return rows[0]?.isNew === true
}

/** The incident of an anomaly that is known already. */
export const incidentOf = async (sql: Sql, seriesId: string, beganAt: Date): Promise<string | undefined> => {
  const rows = await sql.query<{ incident_id: string }>({
    name: 'anomalies.incident-of',
    text: `select incident_id from anomalies where series_id = $1 and began_at = $2`,
    values: [seriesId, beganAt],
  })
  return rows[0]?.incident_id
}
