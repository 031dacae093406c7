import type { Sql } from '#platform/db/database.ts'

/** Target groups and alarms that refer to one of these instances, by name. */
export const referrersOf = (
  sql: Sql,
  accounts: readonly string[],
  awsIds: readonly string[],
): Promise<{ to: string; account: string; id: string; type: string; name: string }[]> =>
  sql.query({
    name: 'exposure.referrers',
    text: `select e.to_ref as "to", e.account, e.from_id as id, e.from_type as type, coalesce(r.name, r.aws_id) as name
      from resource_edges e
      join resources r on r.account = e.account and r.id = e.from_id and r.deleted_at is null
      where e.to_ref = any($2::text[]) and e.to_type = 'ec2.instance' and e.account = any($1::text[])
        and e.from_type in ('elb.target-group', 'cloudwatch.alarm')
      order by e.to_ref, name limit 50000`,
    values: [accounts, awsIds],
  })

/** Target groups by ARN, with the AWS ids of their healthy targets and the ARNs of their load balancers. */
export const readTargetGroups = (
  sql: Sql,
  accounts: readonly string[],
  ids: readonly string[],
): Promise<{ id: string; name: string; balancers: string[]; healthy: string[] }[]> =>
  sql.query({
    name: 'exposure.groups',
    text: `select r.id, coalesce(r.name, r.aws_id) as name,
        array(select jsonb_array_elements_text(case when jsonb_typeof(r.summary->'loadBalancerArns') = 'array'
          then r.summary->'loadBalancerArns' else '[]' end)) as balancers,
        array(select t->>'id' from jsonb_array_elements(case when jsonb_typeof(r.summary->'targets') = 'array'
          then r.summary->'targets' else '[]' end) as t where t->>'health' = 'healthy' and t->>'id' is not null) as healthy
      from resources r where r.account = any($1::text[]) and r.id = any($2::text[]) and r.deleted_at is null`,
    values: [accounts, ids],
  })
