import type { Sql } from '#platform/db/database.ts'
import { rowColumns } from './row.ts'
import type { Row } from './row.ts'

/** Extra columns of a single read: how its age compares, by the database's clock. */
export type DetailedRow = Row & {
  config: Record<string, unknown>
  /** Of the last complete sweep of its partition. */
  swept_at: Date | null
  age_seconds: number
  is_fresh: boolean
  partition_error: string | null
  /** When it was read from the database, by its clock: it knows of everything that was committed before. */
  loaded_at: Date
}

/** A copy that was read by itself counts as fresh for a minute, whatever its partition's state. */
export const freshSeconds = 60

/** A resource by its ARN, in one of these accounts. */
export const readOne = async (sql: Sql, accounts: readonly string[], id: string): Promise<DetailedRow | undefined> => {
  const rows = await sql.query<DetailedRow>({
    name: 'resources.one',
    text: `select ${rowColumns}, r.config, p.swept_at, p.last_error as partition_error, now() as loaded_at,
        greatest(extract(epoch from now() - greatest(r.last_seen_at, p.swept_at)), 0)::double precision as age_seconds,
        coalesce(p.fresh_until > now() and p.last_error is null, false)
          or r.last_seen_at > now() - make_interval(secs => ${freshSeconds}) as is_fresh
      from resources r
      left join sync_types p on (p.account, p.region, p.service) = (r.account, r.region, r.service)
        and p.type in (r.type, r.service)
      where r.account = any($1::text[]) and r.id = $2 and r.deleted_at is null`,
    values: [accounts, id],
  })
  return rows[0]
}

/** The ARNs of AWS ids, where the inventory has them. */
export const readArns = async (
  sql: Sql,
  group: { account: string; region: string; type: string },
  awsIds: readonly string[],
): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({
    name: 'resources.arns',
    text: `select id from resources
      where aws_id = any($4::text[]) and account = $1 and region = $2 and type = $3 and deleted_at is null`,
    values: [group.account, group.region, group.type, awsIds],
  })
  return rows.map((row) => row.id)
}

/** Descriptions as they stand there, by ARN, each with its version. */
export const readKnown = async (
  sql: Sql,
  account: string,
  ids: readonly string[],
): Promise<Map<string, { config: Record<string, unknown>; version: string }>> => {
  const rows = await sql.query<{ id: string; config: Record<string, unknown>; version: string }>({
    // Without a name and by the primary key, as the hashes (write.ts).
    text: `select id, config, version
      from (select id, config, content_hash as version, deleted_at from resources
        where account = $1 and id = any($2::text[]) offset 0) r
      where deleted_at is null`,
    values: [account, ids],
  })
  return new Map(rows.map(({ id, config, version }) => [id, { config, version }]))
}

/** Resources by ARN or AWS id, of these accounts; without their configuration. */
export const readMany = (sql: Sql, accounts: readonly string[], ids: readonly string[]): Promise<Row[]> =>
  sql.query<Row>({
    name: 'resources.many',
    text: `select ${rowColumns} from resources r
      where r.account = any($1::text[]) and r.id = any($2::text[]) and r.deleted_at is null
      union all
      select ${rowColumns} from resources r
      where r.account = any($1::text[]) and r.aws_id = any($2::text[]) and r.id <> all($2::text[]) and r.deleted_at is null`,
    values: [accounts, ids],
  })
