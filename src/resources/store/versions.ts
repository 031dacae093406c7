import type { Sql } from '#platform/db/database.ts'
import type { Change } from '../history/json-diff.ts'
import type { Condition } from './list.ts'
import type { State } from '../history/state.ts'
import { rowColumns } from './row.ts'
import type { Row } from './row.ts'

export type VersionKind = 'created' | 'changed' | 'gone' | 'back'
export type NewVersion = { id: string; kind: VersionKind; changes: readonly Change[] }

/** Every so many versions the whole state is kept, so that one long ago isn't far from a whole one. */
const wholeEvery = 50

/**
 * Writes versions of resources whose rows this transaction has just written, so that nobody else can at the same time. What
 * is new is left out while its type was never read completely there: it was found, not created. What was gone and
 * forgotten is `back`.
 */
export const insertVersions = async (
  sql: Sql,
  group: { account: string; region: string; type: string },
  versions: readonly NewVersion[],
  at: Date,
): Promise<void> => {
  await sql.query({
    text: `insert into resource_versions (account, id, version, at, kind, type, region, name, changes, state)
      select r.account, r.id, coalesce(l.version, 0) + 1, greatest($3::timestamptz, l.at),
        case when x.kind = 'created' and l.version is not null then 'back' else x.kind end,
        r.type, r.region, r.name, x.changes,
        case when x.kind = 'gone' or (coalesce(l.version, 0) + 1) % ${wholeEvery} = 0 then jsonb_build_object(
          'name', r.name, 'state', r.state, 'tags', r.tags, 'summary', r.summary, 'config', r.config) end
      from jsonb_to_recordset($2::jsonb) as x(id text, kind text, changes jsonb)
      -- Row by row: without statistics, as at the first sync, a join would read all of the account each time, and so would the
      -- plan of a named statement.
      cross join lateral (select * from resources y where y.account = $1 and y.id = x.id offset 0) r
      left join lateral (select v.version, v.at from resource_versions v
        where v.account = $1 and v.id = x.id order by v.version desc limit 1) l on true
      where x.kind <> 'created' or l.version is not null or exists (select from sync_types t
        where t.account = $1 and t.region = $4 and t.service = r.service and t.type in ($5, t.service) and t.swept_at is not null)`,
    values: [group.account, JSON.stringify(versions), at, group.region, group.type],
  })
}

export type VersionRow = {
  account: string
  id: string
  version: number
  at: Date
  kind: VersionKind
  type: string
  region: string
  name: string | null
  changes: Change[]
}
const columns = 'v.account, v.id, v.version, v.at, v.kind, v.type, v.region, v.name, v.changes'

/** Versions of one resource, the newest first. */
export const listVersions = (
  sql: Sql,
  { account, id }: { account: string; id: string },
  page: { from: Date | null; to: Date | null; below: number | null; limit: number },
): Promise<VersionRow[]> =>
  sql.query<VersionRow>({
    name: 'versions.list',
    text: `select ${columns} from resource_versions v
      where v.account = $1 and v.id = $2 and ($3::timestamptz is null or v.at >= $3) and ($4::timestamptz is null or v.at < $4)
        and ($5::int is null or v.version < $5)
      order by v.version desc limit $6`,
    values: [account, id, page.from, page.to, page.below, page.limit],
  })

export const countVersions = async (
  sql: Sql,
  { account, id }: { account: string; id: string },
  time: { from: Date | null; to: Date | null },
  most: number,
): Promise<number> => {
  const rows = await sql.query<{ count: number }>({
    name: 'versions.count',
    text: `select count(*)::int as count from (select 1 from resource_versions v
        where v.account = $1 and v.id = $2 and ($3::timestamptz is null or v.at >= $3) and ($4::timestamptz is null or v.at < $4)
        limit $5) x`,
    values: [account, id, time.from, time.to, most],
  })
  return rows[0]?.count ?? 0
}

/** How many versions of a resource came after the one time, up to and with the other. */
export const countNewer = async (
  sql: Sql,
  { account, id }: { account: string; id: string },
  { from, to }: { from: Date; to: Date },
): Promise<number> => {
  const rows = await sql.query<{ count: number }>({
    name: 'versions.count-newer',
    text: `select count(*)::int as count from resource_versions v
      where v.account = $1 and v.id = $2 and v.at > $3 and v.at <= $4`,
    values: [account, id, from, to],
  })
  return rows[0]?.count ?? 0
}

/** A version on the way back to a moment; `state` where it is known as a whole, which the last one's always is. */
export type Step = { version: number; at: Date; kind: VersionKind; changes: Change[]; state: State | null }

/**
 * For each of these resources the version that was valid at a moment and those after it, the oldest first, up to the first whose
 * state is known as a whole: it was kept, or it is the newest and the resource's row has it. All in one statement, so that
 * none is missing.
 */
export const stepsOfMany = async (
  sql: Sql,
  keys: readonly { account: string; id: string }[],
  at: Date,
): Promise<Step[][]> => {
  const rows = await sql.query<Step & { n: number }>({
    name: 'versions.steps',
    text: `select k.n::int as n, v.version, v.at, v.kind, v.changes,
        coalesce(v.state, case when v.version = b.last then jsonb_build_object(
          'name', r.name, 'state', r.state, 'tags', r.tags, 'summary', r.summary, 'config', r.config) end) as state
      from unnest($1::text[], $2::text[]) with ordinality k(account, id, n)
      cross join lateral (select coalesce(max(v.version) filter (where v.at <= $3), 0) as first, max(v.version) as last
        from resource_versions v where v.account = k.account and v.id = k.id) b
      join resource_versions v on v.account = k.account and v.id = k.id and v.version >= b.first
        and v.version <= coalesce((select min(w.version) from resource_versions w
          where w.account = k.account and w.id = k.id and w.version >= b.first and w.state is not null), b.last)
      left join resources r on r.account = k.account and r.id = k.id
      order by k.n, v.version`,
    values: [keys.map(({ account }) => account), keys.map(({ id }) => id), at],
  })
  const byNumber = Map.groupBy(rows, ({ n }) => n)
  return keys.map((_, index) => (byNumber.get(index + 1) ?? []).map(({ n: _n, ...step }) => step))
}

/** The same of one resource. */
export const stepsSince = async (sql: Sql, account: string, id: string, at: Date): Promise<Step[]> =>
  (await stepsOfMany(sql, [{ account, id }], at))[0] ?? []

/** Removes versions that are older than that, the oldest first. Returns how many. */
export const deleteOldVersions = async (sql: Sql, before: Date, limit: number): Promise<number> => {
  const rows = await sql.query({
    name: 'versions.delete-old',
    text: `delete from resource_versions where ctid = any(array(
        select ctid from resource_versions where at < $1 order by at limit $2)) returning 1`,
    values: [before, limit],
  })
  return rows.length
}

/** What is known of a resource that is there, is gone, or whose row was forgotten: its history has what it was in the end. */
export type EverRow = Row & { config: Record<string, unknown>; is_gone: boolean; is_forgotten: boolean }

export const readEver = async (sql: Sql, accounts: readonly string[], id: string): Promise<EverRow | undefined> => {
  const rows = await sql.query<EverRow>({
    name: 'resources.ever',
    text: `select * from (
        select ${rowColumns}, r.config, r.deleted_at is not null as is_gone, false as is_forgotten
        from resources r where r.account = any($1::text[]) and r.id = $2
        union all
        select v.account, v.id, v.type, split_part(v.type, '.', 1) as service, v.region, v.id as aws_id, v.name, v.state->>'state' as state,
          v.state->'tags' as tags, null as cost_monthly_usd, null as cost_source, v.state->'summary' as summary,
          v.at as first_seen_at, v.at as last_seen_at, v.state->'config' as config, true as is_gone, true as is_forgotten
        from resource_versions v where v.account = any($1::text[]) and v.id = $2 and v.kind = 'gone') x
      order by is_forgotten, last_seen_at desc limit 1`,
    values: [accounts, id],
  })
  return rows[0]
}

/** Where a page of changes ended. */
export type ChangesAfter = { at: Date; account: string; id: string; version: number }

/** Versions of many resources, the newest first. `where` is a condition over the resources `r` as they are now. */
export const listChanges = (
  sql: Sql,
  filter: {
    accounts: readonly string[]
    from: Date
    to: Date
    type: string | undefined
    region: string | undefined
    kind: VersionKind | undefined
    where: Condition | undefined
  },
  after: ChangesAfter | undefined,
  limit: number,
): Promise<VersionRow[]> => {
  const { text, bind, values } = changesQuery(filter)
  const a = after && {
    at: bind(after.at),
    account: bind(after.account),
    id: bind(after.id),
    version: bind(after.version),
  }
  const isAfter =
    a === undefined
      ? ''
      : `and v.at <= ${a.at} and (v.at < ${a.at} or (v.account, v.id) > (${a.account}, ${a.id})
          or ((v.account, v.id) = (${a.account}, ${a.id}) and v.version < ${a.version}))`
  return sql.query<VersionRow>({
    text: `select ${columns} ${text} ${isAfter} order by v.at desc, v.account, v.id, v.version desc limit ${bind(limit)}`,
    values,
  })
}

/** How many there are, counted no further than `most`. */
export const countChanges = async (
  sql: Sql,
  filter: Parameters<typeof listChanges>[1],
  most: number,
): Promise<number> => {
  const { text, bind, values } = changesQuery(filter)
  const rows = await sql.query<{ count: number }>({
    text: `select count(*)::int as count from (select 1 ${text} limit ${bind(most)}) x`,
    values,
  })
  return rows[0]?.count ?? 0
}

const changesQuery = ({ accounts, from, to, type, region, kind, where }: Parameters<typeof listChanges>[1]) => {
  const values: unknown[] = [...(where?.values ?? [])]
  const bind = (value: unknown): string => `$${values.push(value)}`
  const text = `from resource_versions v
    ${where === undefined ? '' : 'join resources r on r.account = v.account and r.id = v.id'}
    where v.at >= ${bind(from)}::timestamptz and v.at < ${bind(to)}::timestamptz and v.account = any(${bind(accounts)}::text[])
      ${type === undefined ? '' : `and v.type = ${bind(type)}`} ${region === undefined ? '' : `and v.region = ${bind(region)}`}
      ${kind === undefined ? '' : `and v.kind = ${bind(kind)}`}
      ${where === undefined ? '' : `and ${where.text}`}`
  return { text, bind, values }
}
