import type { LogGroup } from '#aws/logs.ts'
import { monthlyUsdOfStoredLogs, priceSource } from '#aws/prices.ts'
import type { Observed, ResourceType } from './resource-type.ts'

const type = 'logs.group'
const resourcePart = 'log-group:'

export const observeLogGroup = (group: LogGroup): Observed => ({
  id: group.arn,
  awsId: group.name,
  type,
  service: 'logs',
  account: group.account,
  region: group.region,
  name: group.name,
  // Log groups have none.
  state: null,
  // DescribeLogGroups doesn't tell them, and asking costs a call for each group.
  tags: {},
  cost:
    group.storedBytes === null
      ? null
      : { monthlyUsd: monthlyUsdOfStoredLogs(group.storedBytes, group.region), source: priceSource },
  summary: {
    retentionDays: group.retentionDays,
    retentionPolicy: group.retentionPolicy,
    logClass: group.logClass,
    storedBytes: group.storedBytes,
    createdAt: group.createdAt,
    isDeletionProtected: group.isDeletionProtected,
    kmsKeyId: group.kmsKeyId,
  },
  config: group.raw,
})

export const logsGroup: ResourceType = {
  type,
  service: 'logs',
  iamActions: ['logs:DescribeLogGroups'],
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
  isAwsId: (awsId) => /^[\w./#-]{1,512}$/.test(awsId),
  awsIdOf: (resource) =>
    // The ARNs of metric filters begin like those of their groups.
    resource.startsWith(resourcePart) && !resource.includes(':metric-filter:')
      ? withoutStar(resource.slice(resourcePart.length))
      : null,
  list: async function* ({ aws, account, region, call }) {
    const logs = await aws.logs(account, region)
    for await (const page of logs.listGroups(call)) yield page.map(observeLogGroup)
  },
  describe: async ({ aws, account, region, call }, awsIds) => {
    const logs = await aws.logs(account, region)
    return (await logs.describeGroups(call, awsIds)).map(observeLogGroup)
  },
  // Their stored bytes change all the time and matter little; a task that changes one has it read again at once.
  lifetime: { sweptEverySeconds: 300 },
  noise: ['summary.storedBytes', 'config.storedBytes'],
  transitionalStates: [],
}

/** Half of AWS's answers have an ARN that ends with it; ours never does, and such an ARN names nothing here. */
const withoutStar = (name: string): string | null => (name.endsWith(':*') ? null : name)
