import type { Sql } from '#platform/db/database.ts'

export type Candidate = { id: string; name: string | null; region: string }

/** What of an account is worth to be asked for its metric together: buckets, and running instances that live on credits; the most expensive ones first. */
export const readCandidates = (
  sql: Sql,
  account: string,
  of: 'buckets' | 'burstable',
  limit: number,
): Promise<Candidate[]> =>
  sql.query<Candidate>({
    name: 'resources.measured-together',
    text: `select id, name, region from resources
      where account = $1 and deleted_at is null and case when $2 = 'buckets' then type = 's3.bucket'
        else type = 'ec2.instance' and state_key = 'running' and summary->>'instanceType' ~ '^t[0-9]' end
      order by cost_monthly_usd desc nulls last, id limit $3`,
    values: [account, of, limit],
  })
