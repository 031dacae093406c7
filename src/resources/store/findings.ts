import type { FindingKind } from '#contracts/findings.ts'
import type { Sql } from '#platform/db/database.ts'
import { kindsOfFindings } from '../findings/kinds.ts'
import type { Condition } from './list.ts'

export type FindingRow = {
  kind: FindingKind
  id: string
  type: string
  account: string
  region: string
  name: string | null
  state: string | null
  tags: Record<string, string>
  summary: Record<string, unknown>
  usd: number | null
  since: Date | null
  sort_usd: string
}

export type FindingsAfter = { usd: string; kind: string; account: string; id: string }

const entries = Object.entries(kindsOfFindings)

/** All that is found among the resources `r` that the condition lets through, as a table `found`. */
const foundIn = ({ text }: Condition): string =>
  `found as materialized (${entries
    .map(
      ([kind, { type, when, usd = 'r.cost_monthly_usd', since = 'null::timestamptz' }]) =>
        `select '${kind}' as kind, r.account, r.id, ${usd} as usd, ${since} as since
         from resources r where r.deleted_at is null and r.type = '${type}' and (${text}) and (${when})`,
    )
    .join(' union all ')})`

/** What was found, what costs most first. */
export const listFindings = (
  sql: Sql,
  where: Condition,
  kind: FindingKind | undefined,
  after: FindingsAfter | undefined,
  limit: number,
): Promise<FindingRow[]> => {
  const values = [...where.values]
  const bind = (value: unknown): string => `$${values.push(value)}`
  const isAfter =
    after === undefined
      ? ''
      : `and (-coalesce(f.usd, -1), f.kind, f.account, f.id) >
          (-${bind(after.usd)}::double precision, ${bind(after.kind)}, ${bind(after.account)}, ${bind(after.id)})`
  return sql.query<FindingRow>({
    text: `with ${foundIn(where)}
      select f.kind, r.id, r.type, r.account, r.region, r.name, r.state, r.tags, r.summary, f.usd, f.since,
        coalesce(f.usd, -1)::text as sort_usd
      from found f join resources r on r.account = f.account and r.id = f.id
      where ${kind === undefined ? 'true' : `f.kind = ${bind(kind)}`} ${isAfter}
      order by -coalesce(f.usd, -1), f.kind, f.account, f.id limit ${bind(limit)}`,
    values,
  })
}

/** How many of each kind, and what they cost. */
export const countFindings = (
  sql: Sql,
  where: Condition,
): Promise<{ kind: FindingKind; count: number; usd: number }[]> =>
  sql.query({
    text: `with ${foundIn(where)} select kind, count(*)::int as count, coalesce(sum(usd), 0)::double precision as usd
      from found group by kind`,
    values: where.values,
  })
