import type { Sql } from '#platform/db/database.ts'

export type SignalPlace = { account: string; region: string; token: string }

/** Makes the places what the accounts ask for. */
export const reconcilePlaces = async (
  sql: Sql,
  places: readonly { account: string; region: string }[],
): Promise<void> => {
  await sql.query({
    name: 'signals.reconcile',
    text: `with wanted as (select x.account, x.region from jsonb_to_recordset($1::jsonb) as x(account text, region text)),
        gone as (delete from signal_places p where not exists (
          select from wanted w where (w.account, w.region) = (p.account, p.region)))
      insert into signal_places (account, region) select account, region from wanted on conflict do nothing`,
    values: [JSON.stringify(places)],
  })
}

/** Takes the lease of the place that has been due for longest, if any is. */
export const claimPlace = async (sql: Sql, token: string, leaseSeconds: number): Promise<SignalPlace | undefined> => {
  const rows = await sql.query<SignalPlace>({
    name: 'signals.claim',
    text: `update signal_places set lease_token = $1, lease_until = now() + make_interval(secs => $2)
      where (account, region) = (
        select account, region from signal_places
        where next_at <= now() and (lease_until is null or lease_until <= now())
        order by next_at limit 1 for update skip locked)
      returning account, region, lease_token as token`,
    values: [token, leaseSeconds],
  })
  return rows[0]
}

/** Keeps a lease; false when it is no longer held. */
export const keepPlace = async (sql: Sql, place: SignalPlace, leaseSeconds: number): Promise<boolean> => {
  const rows = await sql.query({
    name: 'signals.keep',
    text: `update signal_places set lease_until = now() + make_interval(secs => $4)
      where account = $1 and region = $2 and lease_token = $3 returning account`,
    values: [place.account, place.region, place.token, leaseSeconds],
  })
  return rows.length > 0
}

/** Gives a lease back: measured, or failed with that error. */
export const releasePlace = async (
  sql: Sql,
  place: SignalPlace,
  error: string | null,
  nextInSeconds: number,
): Promise<void> => {
  await sql.query({
    name: 'signals.release',
    text: `update signal_places set lease_token = null, lease_until = null, last_error = $4,
        measured_at = case when $4::text is null then now() else measured_at end,
        next_at = now() + make_interval(secs => $5)
      where account = $1 and region = $2 and lease_token = $3`,
    values: [place.account, place.region, place.token, error, nextInSeconds],
  })
}

export type RunningInstance = { id: string; awsId: string }

/** Instances that run, page by page in the order of their ARNs. */
export const readRunningInstances = (
  sql: Sql,
  place: { account: string; region: string },
  afterId: string,
  limit: number,
): Promise<RunningInstance[]> =>
  sql.query<RunningInstance>({
    name: 'signals.instances',
    text: `select id, aws_id as "awsId" from resources
      where account = $1 and region = $2 and type = 'ec2.instance' and deleted_at is null and state_key = 'running' and id > $3
      order by id limit $4`,
    values: [place.account, place.region, afterId, limit],
  })

/** What was measured replaces what stood there. */
export const writeSignals = async (
  sql: Sql,
  account: string,
  signals: readonly { id: string; cpuAverage: number }[],
): Promise<void> => {
  await sql.query({
    name: 'signals.write',
    text: `insert into resource_signals (account, id, cpu_avg, measured_at)
      select $1, x.id, x.cpu_avg, now() from jsonb_to_recordset($2::jsonb) as x(id text, cpu_avg double precision) order by x.id
      on conflict (account, id) do update set cpu_avg = excluded.cpu_avg, measured_at = excluded.measured_at`,
    values: [account, JSON.stringify(signals.map(({ id, cpuAverage }) => ({ id, cpu_avg: cpuAverage })))],
  })
}

/** Forgets what nobody has measured for so long: the instance is stopped, or gone. */
export const forgetSignals = async (sql: Sql, account: string, olderThanHours: number): Promise<void> => {
  await sql.query({
    name: 'signals.forget',
    text: `delete from resource_signals where account = $1 and measured_at < now() - make_interval(hours => $2)`,
    values: [account, olderThanHours],
  })
}
