import type { Alarm } from '#aws/cloudwatch.ts'
import { monthlyUsdOfAlarm, priceSource } from '#aws/prices.ts'
import type { Observed, ResourceType } from './resource-type.ts'

const type = 'cloudwatch.alarm'
const resourcePart = 'alarm:'

export const observeAlarm = (alarm: Alarm): Observed => ({
  id: alarm.arn,
  awsId: alarm.name,
  type,
  service: 'cloudwatch',
  account: alarm.account,
  region: alarm.region,
  name: alarm.name,
  state: alarm.state,
  // DescribeAlarms doesn't tell them, and asking costs a call for each alarm.
  tags: {},
  cost: costOf(alarm),
  summary: {
    kind: alarm.definition === null ? 'composite' : 'metric',
    namespace: alarm.definition?.namespace ?? null,
    metricName: alarm.definition?.metricName ?? null,
    instanceIds: instancesOf(alarm),
    threshold: alarm.definition?.threshold ?? null,
    comparisonOperator: alarm.definition?.comparisonOperator ?? null,
    periodSeconds: alarm.definition?.period ?? null,
    actionsEnabled: alarm.definition?.actionsEnabled ?? null,
    actions: actionsOf(alarm),
    updatedAt: alarm.updatedAt,
  },
  config: alarm.raw,
})

/** Of alarms on one metric; metric math and composite alarms are charged otherwise. */
const costOf = ({ definition }: Alarm): Observed['cost'] => {
  if (definition === null || definition.metricName === null) return null
  return {
    monthlyUsd: monthlyUsdOfAlarm({ periodSeconds: definition.period ?? 60, metrics: 1 }),
    source: priceSource,
  }
}

const instancesOf = ({ definition }: Alarm): string[] => {
  const id = definition?.dimensions['InstanceId']
  return id === undefined ? [] : [id]
}

const actionsOf = ({ definition }: Alarm): string[] =>
  definition === null
    ? []
    : [...new Set([...definition.alarmActions, ...definition.okActions, ...definition.insufficientDataActions])]

export const cloudwatchAlarm: ResourceType = {
  type,
  service: 'cloudwatch',
  iamActions: ['cloudwatch:DescribeAlarms'],
  // A name may be almost anything, but an ARN is meant as one.
  isAwsId: (awsId) => awsId.length <= 255 && /^(?!arn:)[^\p{Cc}]+$/u.test(awsId),
  awsIdOf: (resource) => (resource.startsWith(resourcePart) ? resource.slice(resourcePart.length) : null),
  list: async function* ({ aws, account, region, call }) {
    const cloudwatch = await aws.cloudwatch(account, region)
    for await (const page of cloudwatch.listAlarms(call)) yield page.map(observeAlarm)
  },
  describe: async ({ aws, account, region, call }, awsIds) => {
    const cloudwatch = await aws.cloudwatch(account, region)
    return (await cloudwatch.describeAlarms(call, awsIds)).map(observeAlarm)
  },
  // Why an alarm is in its state is told anew with every evaluation.
  noise: ['config.StateReason', 'config.StateReasonData', 'config.StateUpdatedTimestamp', 'config.EvaluationState'],
  transitionalStates: [],
}
