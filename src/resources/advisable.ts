import type { Sql } from '#platform/db/database.ts'
import type { Resource } from '#contracts/resource.ts'

/** What recommendations are made of. */
export type Advisable = Pick<Resource, 'id' | 'type' | 'name' | 'state' | 'tags' | 'summary'> & {
  awsId: string
  monthlyUsd: number | null
}

/** The most expensive running instances and log groups without a retention of an account and Region. */
export const readAdvisable = (
  sql: Sql,
  { account, region, limit }: { account: string; region: string; limit: number },
): Promise<Advisable[]> =>
  sql.query<Advisable>({
    name: 'resources.advisable',
    text: `select id, type, name, state, tags, summary, aws_id as "awsId", cost_monthly_usd as "monthlyUsd" from resources
      where account = $1 and region = $2 and deleted_at is null and (
        (type = 'ec2.instance' and state_key = 'running' and cost_monthly_usd > 0)
        or (type = 'logs.group' and cost_monthly_usd >= 1 and summary->>'retentionDays' is null))
      order by cost_monthly_usd desc, id limit $3`,
    values: [account, region, limit],
  })

/** How resources are now; what is gone is left out. */
export const readCurrent = (sql: Sql, account: string, ids: readonly string[]): Promise<Advisable[]> =>
  sql.query<Advisable>({
    name: 'resources.current',
    text: `select id, type, name, state, tags, summary, aws_id as "awsId", cost_monthly_usd as "monthlyUsd" from resources
      where account = $1 and id = any($2::text[]) and deleted_at is null`,
    values: [account, ids],
  })
