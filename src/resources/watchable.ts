import type { Sql } from '#platform/db/database.ts'
import type { Resource } from '#contracts/resource.ts'
import { sourcesOf } from './metrics/source.ts'
import type { MetricSource } from './metrics/source.ts'

export type { MetricSource }

/** A resource whose metrics are worth to be followed, and why. */
export type Watchable = Pick<Resource, 'id' | 'account' | 'region' | 'type' | 'name' | 'state' | 'tags' | 'summary'> & {
  monthlyUsd: number | null
  reasons: ('alarm' | 'pinned' | 'cost')[]
  sources: MetricSource[]
}

export type WatchableQuery = {
  account: string
  region: string
  /** ARNs that somebody asked for. */
  pinned: readonly string[]
  /** How many of the most expensive ones. */
  topByCost: number
  /** Most resources in all: pinned first, then those with alarms, then by cost. */
  limit: number
}

type Row = Omit<Watchable, 'reasons' | 'sources'> & {
  config: Record<string, unknown>
  isPinned: boolean
  hasAlarm: boolean
}

/**
 * The resources of an account and Region that have metrics and are pinned, watched by an alarm, or among the most expensive ones.
 * What an alarm watches follows from its dimensions: their values are the ids of most types.
 */
export const readWatchable = async (sql: Sql, query: WatchableQuery): Promise<Watchable[]> => {
  const rows = await sql.query<Row>({
    name: 'resources.watchable',
    text: `with alarmed as (
        select distinct d->>'Value' as aws_id from resources a, jsonb_array_elements(
          case when jsonb_typeof(a.config->'Dimensions') = 'array' then a.config->'Dimensions' else '[]' end) d
        where a.account = $1 and a.region = $2 and a.type = 'cloudwatch.alarm' and a.deleted_at is null),
      expensive as (
        select id from resources
        where account = $1 and region = $2 and deleted_at is null and cost_monthly_usd > 0
          and type not in ('cloudwatch.alarm', 'ec2.volume', 'ec2.snapshot')
        order by cost_monthly_usd desc, id limit $4)
      select r.id, r.account, r.region, r.type, r.name, r.state, r.tags, r.summary, r.config, r.cost_monthly_usd as "monthlyUsd",
        r.id = any($3::text[]) as "isPinned",
        r.aws_id in (select aws_id from alarmed) as "hasAlarm"
      from resources r
      where r.account = $1 and r.region = $2 and r.deleted_at is null and r.type <> 'cloudwatch.alarm'
        and (r.id = any($3::text[]) or r.aws_id in (select aws_id from alarmed) or r.id in (select id from expensive))
      order by r.id = any($3::text[]) desc, r.aws_id in (select aws_id from alarmed) desc, r.cost_monthly_usd desc nulls last, r.id
      limit $5`,
    values: [query.account, query.region, query.pinned, query.topByCost, query.limit],
  })
  return rows.flatMap(({ config, isPinned, hasAlarm, ...row }) => {
    const sources = sourcesOf({ ...row, config })
    if (sources.length === 0) return []
    return [
      {
        ...row,
        sources,
        reasons: [
          ...(isPinned ? (['pinned'] as const) : []),
          ...(hasAlarm ? (['alarm'] as const) : []),
          ...(isPinned || hasAlarm ? [] : (['cost'] as const)),
        ],
      },
    ]
  })
}
