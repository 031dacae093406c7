import type { Sql } from '#platform/db/database.ts'

/** What a breaker stands before. */
export type BreakerKey = { cloud: string; account: string; region: string; service: string }

export type BreakerRow = BreakerKey & {
  openedAt: Date
  failures: number
  nextProbeAt: Date
  /** Until the next probe, by the database's clock; 0 when it is due. */
  probeInSeconds: number
  errorCode: string
  errorMessage: string
}

const columns = `cloud, account, region, service, opened_at as "openedAt", failures, next_probe_at as "nextProbeAt",
  greatest(0, extract(epoch from next_probe_at - clock_timestamp()))::float8 as "probeInSeconds",
  error_code as "errorCode", error_message as "errorMessage"`
const valuesOf = ({ cloud, account, region, service }: BreakerKey): string[] => [cloud, account, region, service]
const isThis = 'cloud = $1 and account = $2 and region = $3 and service = $4'

export const readBreakers = (sql: Sql): Promise<BreakerRow[]> =>
  sql.query<BreakerRow>({
    name: 'breakers.read',
    text: `select ${columns} from circuit_breakers order by account, region, service`,
  })

/** Opens it; undefined when another process was first. */
export const openBreaker = async (
  sql: Sql,
  key: BreakerKey,
  why: { failures: number; probeSeconds: number; code: string; message: string },
): Promise<BreakerRow | undefined> => {
  const rows = await sql.query<BreakerRow>({
    name: 'breakers.open',
    text: `insert into circuit_breakers (cloud, account, region, service, failures, probe_seconds, next_probe_at, error_code,
        error_message)
      values ($1, $2, $3, $4, $5, $6::float8, clock_timestamp() + make_interval(secs => $6::float8), $7, $8)
      on conflict do nothing returning ${columns}`,
    values: [...valuesOf(key), why.failures, why.probeSeconds, why.code, why.message],
  })
  return rows[0]
}

/**
 * Takes the right to try, which one caller among all processes gets when the time has come. Whatever becomes of that try,
 * the next one is due a pause later.
 */
export const claimProbe = async (sql: Sql, key: BreakerKey): Promise<boolean> => {
  const rows = await sql.query({
    name: 'breakers.claim-probe',
    text: `update circuit_breakers set next_probe_at = clock_timestamp() + make_interval(secs => probe_seconds)
      where ${isThis} and next_probe_at <= clock_timestamp() returning 1`,
    values: valuesOf(key),
  })
  return rows.length > 0
}

/** The try had no answer either: the next one comes after a longer pause. */
export const failProbe = async (
  sql: Sql,
  key: BreakerKey,
  why: { longestSeconds: number; code: string; message: string },
): Promise<BreakerRow | undefined> => {
  const rows = await sql.query<BreakerRow>({
    name: 'breakers.fail-probe',
    text: `update circuit_breakers set failures = failures + 1, probe_seconds = least(probe_seconds * 2, $5::float8),
        next_probe_at = clock_timestamp() + make_interval(secs => least(probe_seconds * 2, $5::float8)),
        error_code = $6, error_message = $7
      where ${isThis} returning ${columns}`,
    values: [...valuesOf(key), why.longestSeconds, why.code, why.message],
  })
  return rows[0]
}

/** Closes it; undefined when another process was first. */
export const closeBreaker = async (sql: Sql, key: BreakerKey): Promise<BreakerRow | undefined> => {
  const rows = await sql.query<BreakerRow>({
    name: 'breakers.close',
    text: `delete from circuit_breakers where ${isThis} returning ${columns}`,
    values: valuesOf(key),
  })
  return rows[0]
}
