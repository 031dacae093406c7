import type { Sql } from '#platform/db/database.ts'
import type { Condition } from './list.ts'
import type { VersionKind } from './versions.ts'

/** Which versions are summed up: those after `from`, up to and with `to`. `where` is a condition over `resources r`. */
export type NetFilter = {
  accounts: readonly string[]
  from: Date
  to: Date
  type: string | undefined
  region: string | undefined
  where: Condition | undefined
}

/** Of so many versions the net difference is reckoned. */
export const mostVersions = 100_000

/** A resource of which versions lie between the two times. */
export type NetRow = {
  account: string
  id: string
  type: string
  region: string
  name: string | null
  versions: number
  first_at: Date
  last_at: Date
  known_since: Date | null
  /** What follows from the first and the last version; a `changed` of more than one version may have cancelled itself out. */
  kind: VersionKind
}

/** Where a page ended. */
export type NetAfter = { at: Date; account: string; id: string }

/** Some of them, those with the newest last change first. With `isOpen` only those that may have cancelled themselves out. */
export const listNet = (
  sql: Sql,
  filter: NetFilter,
  page: { kind: VersionKind | undefined; isOpen?: true; after: NetAfter | undefined; limit: number },
): Promise<NetRow[]> => {
  const { text, bind, values } = netQuery(filter)
  const { kind, isOpen, after, limit } = page
  const isAfter = (a: NetAfter): string => {
    const at = bind(a.at)
    return `and n.last_at <= ${at} and (n.last_at < ${at} or (n.account, n.id) > (${bind(a.account)}, ${bind(a.id)}))`
  }
  return sql.query<NetRow>({
    text: `${text}
      select n.account, n.id, l.type, l.region, l.name, n.versions, n.first_at, n.last_at, n.kind,
        case when n.first_version = 1 and n.first_kind in ('changed', 'gone') and r.first_seen_at > ${bind(filter.from)}
          then r.first_seen_at end as known_since
      from net n
      join resource_versions l on l.account = n.account and l.id = n.id and l.version = n.last_version
      left join resources r on r.account = n.account and r.id = n.id
      where n.kind is not null ${kind === undefined ? '' : `and n.kind = ${bind(kind)}`} ${isOpen === true ? 'and n.is_open' : ''}
        ${after === undefined ? '' : isAfter(after)}
      order by n.last_at desc, n.account, n.id limit ${bind(limit)}`,
    values,
  })
}

/** How many there are of each kind, how many of those may have cancelled themselves out, and of how many versions. */
export const countNet = async (
  sql: Sql,
  filter: NetFilter,
): Promise<{ counts: Map<VersionKind, number>; open: number; versions: number }> => {
  const { text, values } = netQuery(filter)
  const rows = await sql.query<{ kind: VersionKind | null; count: number; open: number; versions: number }>({
    text: `${text} select n.kind, count(*)::int as count, count(*) filter (where n.is_open)::int as open, sum(n.versions)::int as versions
      from net n group by n.kind`,
    values,
  })
  return {
    counts: new Map(rows.flatMap(({ kind, count }) => (kind === null ? [] : [[kind, count] as const]))),
    open: rows.reduce((sum, row) => sum + row.open, 0),
    versions: rows.reduce((sum, row) => sum + row.versions, 0),
  }
}

/** What came and went in between is of no kind. */
const netQuery = ({ accounts, from, to, type, region, where }: NetFilter) => {
  const values: unknown[] = [...(where?.values ?? [])]
  const bind = (value: unknown): string => `$${values.push(value)}`
  const text = `with found as (
      select v.account, v.id, v.version, v.at, v.kind from resource_versions v
      ${where === undefined ? '' : 'join resources r on r.account = v.account and r.id = v.id'}
      where v.at > ${bind(from)}::timestamptz and v.at <= ${bind(to)}::timestamptz and v.account = any(${bind(accounts)}::text[])
        ${type === undefined ? '' : `and v.type = ${bind(type)}`} ${region === undefined ? '' : `and v.region = ${bind(region)}`}
        ${where === undefined ? '' : `and ${where.text}`}
      limit ${mostVersions + 1}
    ), grouped as (
      select account, id, count(*)::int as versions, min(at) as first_at, max(at) as last_at,
        min(version) as first_version, max(version) as last_version,
        (array_agg(kind order by version))[1] as first_kind, (array_agg(kind order by version desc))[1] as last_kind
      from found group by account, id
    ), net as (
      select *, first_kind in ('changed', 'gone') and last_kind <> 'gone' and versions > 1 as is_open, case
        when first_kind in ('created', 'back') then case when last_kind <> 'gone' then first_kind end
        when last_kind = 'gone' then 'gone' else 'changed' end as kind
      from grouped)`
  return { text, bind, values }
}
