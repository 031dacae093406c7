import type { Sql } from '#platform/db/database.ts'
import type { Recommendation } from '#contracts/recommendation.ts'

/** What was found of one resource. */
export type Advice = Pick<
  Recommendation,
  'kind' | 'finding' | 'title' | 'because' | 'operation' | 'params' | 'monthlySavingUsd'
> & { resourceId: string; resourceName: string | null; evidence: Record<string, unknown> }

type Row = Omit<Recommendation, 'resource' | 'snoozedUntil' | 'decidedAt' | 'foundAt' | 'seenAt'> & {
  resourceId: string
  resourceName: string | null
  snoozedUntil: Date | null
  decidedAt: Date | null
  foundAt: Date
  seenAt: Date
}

const columns = `id, kind, finding, account, region, resource_id as "resourceId", resource_name as "resourceName", title, because,
  operation, params, monthly_saving_usd as "monthlySavingUsd", evidence,
  case when status = 'snoozed' and snoozed_until <= now() then 'open' else status end as status, reason,
  snoozed_until as "snoozedUntil", decided_by as "decidedBy", decided_at as "decidedAt", plan_hash as "planHash", realised,
  found_at as "foundAt", seen_at as "seenAt"`

const toRecommendation = ({
  resourceId,
  resourceName,
  snoozedUntil,
  decidedAt,
  foundAt,
  seenAt,
  ...row
}: Row): Recommendation => ({
  ...row,
  resource: { id: resourceId, name: resourceName },
  snoozedUntil: snoozedUntil?.toISOString() ?? null,
  decidedAt: decidedAt?.toISOString() ?? null,
  foundAt: foundAt.toISOString(),
  seenAt: seenAt.toISOString(),
})

/** What was found is written over what stood there; what people decided about it stays, and what was done or gone is open again. */
export const writeAdvice = async (
  sql: Sql,
  { account, region }: { account: string; region: string },
  advice: readonly (Advice & { id: string })[],
): Promise<void> => {
  await sql.query({
    name: 'recommendations.write',
    text: `insert into recommendations as r (id, kind, finding, account, region, resource_id, resource_name, title, because, operation,
        params, monthly_saving_usd, evidence)
      select id, kind, finding, $1, $2, "resourceId", "resourceName", title, because, operation, params, "monthlySavingUsd", evidence
      from jsonb_to_recordset($3::jsonb) as x(id uuid, kind text, finding text, "resourceId" text, "resourceName" text, title text,
        because text, operation text, params jsonb, "monthlySavingUsd" double precision, evidence jsonb)
      on conflict (account, resource_id, kind) do update set finding = excluded.finding, resource_name = excluded.resource_name,
        title = excluded.title, because = excluded.because, operation = excluded.operation, params = excluded.params,
        monthly_saving_usd = excluded.monthly_saving_usd, evidence = excluded.evidence, seen_at = now(),
        status = case when r.status in ('applied', 'gone') then 'open' else r.status end`,
    values: [account, region, JSON.stringify(advice)],
  })
}

/** Those of a place that are neither over nor seen since. */
export const readUnseen = async (
  sql: Sql,
  { account, region }: { account: string; region: string },
  since: Date,
): Promise<Recommendation[]> => {
  const rows = await sql.query<Row>({
    name: 'recommendations.unseen',
    text: `select ${columns} from recommendations
      where account = $1 and region = $2 and seen_at < $3 and status <> 'gone' limit 1000`,
    values: [account, region, since],
  })
  return rows.map(toRecommendation)
}

/** What came of one: done, with what that saves, or no longer true. */
export const settle = async (
  sql: Sql,
  id: string,
  status: 'applied' | 'gone',
  realised: Recommendation['realised'],
): Promise<void> => {
  await sql.query({
    name: 'recommendations.settle',
    text: `update recommendations set status = $2, realised = $3 where id = $1`,
    values: [id, status, realised === null ? null : JSON.stringify(realised)],
  })
}

export type Filter = {
  accounts: readonly string[]
  kind: string | undefined
  finding: string | undefined
  status: string
  q: string | undefined
}

// A snooze that is over counts as open.
const matching = `account = any($1::text[]) and ($2::text is null or kind = $2)
  and (case when $3::text is null then finding <> 'unknown' else finding = $3 end)
  and ($4 = 'all' or case when status = 'snoozed' and snoozed_until <= now() then 'open' else status end = $4)
  and ($5::text is null or position(lower($5) in lower(title || ' ' || resource_id)) > 0)`
const valuesOf = ({ accounts, kind, finding, status, q }: Filter): unknown[] => [
  accounts,
  kind ?? null,
  finding ?? null,
  status,
  q ?? null,
]

/** By what they save; those of which that is not known come last. */
export const listRecommendations = async (
  sql: Sql,
  filter: Filter,
  after: { saving: number; id: string } | undefined,
  limit: number,
): Promise<Recommendation[]> => {
  const rows = await sql.query<Row>({
    name: 'recommendations.list',
    text: `select ${columns} from recommendations where ${matching}
        and ($6::double precision is null or (coalesce(monthly_saving_usd, -1e12), id) < ($6, $7::uuid))
      order by coalesce(monthly_saving_usd, -1e12) desc, id desc limit $8`,
    values: [...valuesOf(filter), after?.saving ?? null, after?.id ?? null, limit],
  })
  return rows.map(toRecommendation)
}

export const countRecommendations = async (
  sql: Sql,
  filter: Filter,
  most: number,
): Promise<{ count: number; saving: number; realised: number }> => {
  const rows = await sql.query<{ count: number; saving: number; realised: number }>({
    name: 'recommendations.count',
    text: `select count(*)::int as count, coalesce(sum(greatest(saving, 0)), 0)::double precision as saving,
        coalesce(sum(realised), 0)::double precision as realised
      from (select monthly_saving_usd as saving, (realised->>'monthlyUsd')::double precision as realised
        from recommendations where ${matching} limit $6) found`,
    values: [...valuesOf(filter), most],
  })
  return rows[0] ?? { count: 0, saving: 0, realised: 0 }
}

export const readRecommendation = async (sql: Sql, id: string): Promise<Recommendation | undefined> => {
  const rows = await sql.query<Row>({
    name: 'recommendations.read',
    text: `select ${columns} from recommendations where id = $1`,
    values: [id],
  })
  return rows.map(toRecommendation)[0]
}

export const decide = async (
  sql: Sql,
  id: string,
  decision: { status: 'open' | 'dismissed' | 'snoozed'; reason: string | null; snoozedUntil: Date | null },
  by: { id: string; email: string },
): Promise<void> => {
  await sql.query({
    name: 'recommendations.decide',
    text: `update recommendations set status = $2, reason = $3, snoozed_until = $4, decided_by = $5, decided_at = now() where id = $1`,
    values: [id, decision.status, decision.reason, decision.snoozedUntil, by],
  })
}

export const notePlan = async (sql: Sql, id: string, planHash: string): Promise<void> => {
  await sql.query({
    name: 'recommendations.plan',
    text: `update recommendations set plan_hash = $2 where id = $1`,
    values: [id, planHash],
  })
}

/** Whether a place is due to be looked through, in so many seconds again. */
export const claimAdvising = async (
  sql: Sql,
  { account, region, token }: { account: string; region: string; token: string },
  everySeconds: number,
): Promise<boolean> => {
  const rows = await sql.query({
    name: 'recommendations.claim',
    text: `update watch_places set advise_at = now() + make_interval(secs => $4)
      where account = $1 and region = $2 and lease_token = $3 and advise_at <= now() returning account`,
    values: [account, region, token, everySeconds],
  })
  return rows.length > 0
}
