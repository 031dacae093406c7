import type { Sql } from '#platform/db/database.ts'

export type Place = { account: string; region: string; token: string }
/** `wasHeld`: no other process can have had it since this one looked at it last. */
export type ClaimedPlace = Place & { wasHeld: boolean }

/** Makes the places what the accounts ask for. */
export const reconcilePlaces = async (
  sql: Sql,
  places: readonly { account: string; region: string }[],
): Promise<void> => {
  await sql.query({
    name: 'watch.reconcile',
    text: `with wanted as (select x.account, x.region from jsonb_to_recordset($1::jsonb) as x(account text, region text)),
        gone as (delete from watch_places p where not exists (
          select from wanted w where (w.account, w.region) = (p.account, p.region)) returning account, region),
        forgotten as (delete from watched_series s using gone g where (s.account, s.region) = (g.account, g.region))
      insert into watch_places (account, region) select account, region from wanted on conflict do nothing`,
    values: [JSON.stringify(places)],
  })
}

/** Takes a place that is due: one that this process holds already, or one that nobody holds (any more). */
export const claimPlace = async (sql: Sql, token: string, leaseSeconds: number): Promise<ClaimedPlace | undefined> => {
  const rows = await sql.query<ClaimedPlace>({
    name: 'watch.claim',
    text: `with due as (
        select account, region, coalesce(lease_token = $1 and lease_until > now(), false) as was_held from watch_places
        where next_at <= now() and (lease_until is null or lease_until <= now() or lease_token = $1)
        order by next_at limit 1 for update skip locked)
      update watch_places p set lease_token = $1, lease_until = now() + make_interval(secs => $2)
      from due where (p.account, p.region) = (due.account, due.region)
      returning p.account, p.region, p.lease_token as token, due.was_held as "wasHeld"`,
    values: [token, leaseSeconds],
  })
  return rows[0]
}

/** Keeps every lease of this process. */
export const keepLeases = async (sql: Sql, token: string, leaseSeconds: number): Promise<void> => {
  await sql.query({
    name: 'watch.keep',
    text: `update watch_places set lease_until = now() + make_interval(secs => $2) where lease_token = $1 and lease_until > now()`,
    values: [token, leaseSeconds],
  })
}

/** Whether the lease is still this process's; what it writes in the same transaction is its own then. */
export const holdsPlace = async (sql: Sql, place: Place): Promise<boolean> => {
  const rows = await sql.query({
    name: 'watch.holds',
    text: `select 1 from watch_places where account = $1 and region = $2 and lease_token = $3 and lease_until > now() for update`,
    values: [place.account, place.region, place.token],
  })
  return rows.length > 0
}

/** When a place is to be looked at again; the lease stays. */
export const finishPlace = async (
  sql: Sql,
  place: Place,
  error: string | null,
  nextInSeconds: number,
): Promise<void> => {
  await sql.query({
    name: 'watch.finish',
    text: `update watch_places set last_error = $4, next_at = now() + make_interval(secs => $5),
        looked_at = case when $4::text is null then now() else looked_at end
      where account = $1 and region = $2 and lease_token = $3`,
    values: [place.account, place.region, place.token, error, nextInSeconds],
  })
}

/** Gives all places back at once, so that another process need not wait for the leases' end. */
export const releaseLeases = async (sql: Sql, token: string): Promise<void> => {
  await sql.query({
    name: 'watch.release',
    text: `update watch_places set lease_token = null, lease_until = null, next_at = now() where lease_token = $1`,
    values: [token],
  })
}

/** A series that is followed; its state only where it was asked for. */
export type Series = {
  id: string
  resourceId: string
  resourceName: string | null
  metric: string
  kin: string | null
  judgedUntil: Date | null
  hasData: boolean
  updatedAt: Date
}

export type Follow = Pick<Series, 'id' | 'resourceId' | 'resourceName' | 'metric' | 'kin'> & { reasons: string[] }

/** Makes the followed series of a place those; what is no longer among them is forgotten with its state. */
export const followSeries = async (
  sql: Sql,
  { account, region }: { account: string; region: string },
  series: readonly Follow[],
): Promise<Series[]> =>
  sql.query<Series>({
    name: 'watch.follow',
    text: `with wanted as (
        select * from jsonb_to_recordset($3::jsonb) as x(
          id uuid, "resourceId" text, "resourceName" text, metric text, kin text, reasons text[])),
      gone as (delete from watched_series s where s.account = $1 and s.region = $2 and not exists (
        select from wanted w where w."resourceId" = s.resource_id and w.metric = s.metric)),
      kept as (
        insert into watched_series (id, account, region, resource_id, resource_name, metric, kin, reasons)
        select id, $1, $2, "resourceId", "resourceName", metric, kin, reasons from wanted
        on conflict (account, resource_id, metric) do update set
          resource_name = excluded.resource_name, kin = excluded.kin, reasons = excluded.reasons
        returning id, resource_id, resource_name, metric, kin, judged_until, has_data, updated_at)
      select id, resource_id as "resourceId", resource_name as "resourceName", metric, kin, judged_until as "judgedUntil",
        has_data as "hasData", updated_at as "updatedAt" from kept order by resource_id, metric`,
    values: [account, region, JSON.stringify(series)],
  })

export const readStates = async (sql: Sql, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await sql.query<{ id: string; state: string }>({
    name: 'watch.states',
    text: `select id, state from watched_series where id = any($1::uuid[]) and state is not null`,
    values: [ids],
  })
  return new Map(rows.map(({ id, state }) => [id, state]))
}

/** What a detector knows after all values before `judgedUntil`. */
export const writeStates = async (
  sql: Sql,
  states: readonly { id: string; state: string; judgedUntil: Date; hasData: boolean }[],
): Promise<void> => {
  await sql.query({
    name: 'watch.write-states',
    text: `update watched_series s set state = x.state, judged_until = x."judgedUntil", has_data = x."hasData", updated_at = now()
      from jsonb_to_recordset($1::jsonb) as x(id uuid, state text, "judgedUntil" timestamptz, "hasData" boolean) where s.id = x.id`,
    values: [JSON.stringify(states)],
  })
}

export type BandPoint = [minute: number, value: number, low: number, high: number]

/** Adds what was expected in the minutes of an hour; a minute that is there already stays. */
export const writeBands = async (
  sql: Sql,
  bands: readonly { seriesId: string; hour: string; points: BandPoint[] }[],
): Promise<void> => {
  await sql.query({
    name: 'watch.write-bands',
    text: `insert into metric_bands as b (series_id, hour, points)
      select x."seriesId", x.hour, x.points from jsonb_to_recordset($1::jsonb) as x("seriesId" uuid, hour timestamptz, points jsonb)
      on conflict (series_id, hour) do update set points = b.points || (
        select coalesce(jsonb_agg(p), '[]') from jsonb_array_elements(excluded.points) p
        where not exists (select from jsonb_array_elements(b.points) o where o->0 = p->0))`,
    values: [JSON.stringify(bands)],
  })
}

export const dropOldBands = async (sql: Sql, days: number): Promise<void> => {
  await sql.query({
    name: 'watch.drop-bands',
    text: `delete from metric_bands where hour < now() - make_interval(days => $1)`,
    values: [days],
  })
}

export const dropOldAnomalies = async (sql: Sql, days: number): Promise<void> => {
  await sql.query({
    name: 'watch.drop-incidents',
    text: `delete from anomaly_incidents where last_at < now() - make_interval(days => $1)`,
    values: [days],
  })
}

export const readPins = async (sql: Sql, account: string): Promise<string[]> => {
  const rows = await sql.query<{ resource_id: string }>({
    name: 'watch.pins',
    text: `select resource_id from watch_pins where account = $1 order by pinned_at limit 1000`,
    values: [account],
  })
  return rows.map(({ resource_id }) => resource_id)
}
