import type { MetricFilter } from '#aws/logs.ts'
import type { Observed, ResourceType } from './resource-type.ts'

const type = 'logs.metric-filter'

export const observeMetricFilter = (filter: MetricFilter): Observed => ({
  id: filter.arn,
  awsId: `${filter.logGroupName}:${filter.name}`,
  type,
  service: 'logs',
  account: filter.account,
  region: filter.region,
  name: filter.name,
  state: null,
  tags: {},
  // What its metrics cost depends on how much of the month they have data.
  cost: null,
  summary: {
    logGroupName: filter.logGroupName,
    pattern: filter.pattern,
    metrics: filter.metrics.map(({ namespace, name }) => `${namespace}/${name}`),
    createdAt: filter.createdAt,
  },
  config: filter.raw,
})

const apart = /^([\w./#-]{1,512}):([^:*]{1,512})$/

export const logsMetricFilter: ResourceType = {
  type,
  service: 'logs',
  iamActions: ['logs:DescribeMetricFilters'],
  isAwsId: (awsId) => apart.test(awsId),
  awsIdOf: (resource) => {
    const [, group, name] = /^log-group:([^:]+):metric-filter:([^:]+)$/.exec(resource) ?? []
    return group === undefined || name === undefined ? null : `${group}:${name}`
  },
  list: async function* ({ aws, account, region, call }) {
    const logs = await aws.logs(account, region)
    for await (const page of logs.listMetricFilters(call)) yield page.map(observeMetricFilter)
  },
  describe: async ({ aws, account, region, call }, awsIds) => {
    const logs = await aws.logs(account, region)
    const wanted = new Set(awsIds)
    const found: Observed[] = []
    for (const group of new Set(awsIds.flatMap((awsId) => apart.exec(awsId)?.[1] ?? []))) {
      for await (const page of logs.listMetricFilters(call, group))
        found.push(...page.map(observeMetricFilter).filter((one) => wanted.has(one.awsId)))
    }
    return found
  },
  lifetime: { sweptEverySeconds: 600 },
  transitionalStates: [],
}
