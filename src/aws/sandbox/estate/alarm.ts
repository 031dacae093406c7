import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'
import { fleetSize } from './fleet.ts'
import { instanceAt } from './instance.ts'
import type { SeedInstance } from './instance.ts'
import type { Partition } from './partitions.ts'
import { fraction } from './random.ts'

/** An alarm as the seed made it: on the first machine of a fleet. */
export type SeedAlarm = { definition: PutMetricAlarmInput & { AlarmName: string }; instance: SeedInstance }

export const alarmArn = (account: string, region: string, name: string): string =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`

/** Every alarm of a partition, in the order of its fleets. */
export const alarmsOf = (seed: number, partition: Partition): SeedAlarm[] =>
  Array.from({ length: Math.ceil(partition.instances / fleetSize) }, (_, fleet) =>
    alarmsAt(seed, partition, fleet),
  ).flat()

const alarmsAt = (seed: number, partition: Partition, fleet: number): SeedAlarm[] => {
  const instance = instanceAt(seed, partition, fleet * fleetSize)
  const dice = (salt: number): number => fraction(seed, partition.number, fleet, salt)
  const isProduction = instance.fleet.env === 'prod'
  const page = [`arn:aws:sns:${partition.region}:${partition.account}:oncall-${instance.fleet.app.team}`]
  return [
    ...(isProduction ? [cpuAlarm(instance)] : []),
    ...(isProduction || dice(201) < 0.35 ? [statusAlarm(instance, isProduction ? page : [])] : []),
    ...(isProduction && dice(202) < 0.5 ? [networkAlarm(instance)] : []),
  ].map((definition) => ({ definition, instance }))
}

const onInstance = (instance: SeedInstance, metric: string) => ({
  Namespace: 'AWS/EC2',
  MetricName: metric,
  Dimensions: [{ Name: 'InstanceId', Value: instance.id }],
  ActionsEnabled: true,
})

const cpuAlarm = (instance: SeedInstance) => ({
  AlarmName: `${instance.name}-cpu-high`,
  ...onInstance(instance, 'CPUUtilization'),
  Statistic: 'Average' as const,
  Period: 300,
  EvaluationPeriods: 3,
  Threshold: 85,
  ComparisonOperator: 'GreaterThanThreshold' as const,
})

const statusAlarm = (instance: SeedInstance, page: string[]) => ({
  AlarmName: `${instance.name}-status-check-failed`,
  AlarmDescription: `A status check of ${instance.name} fails.`,
  ...onInstance(instance, 'StatusCheckFailed'),
  AlarmActions: page,
  OKActions: page,
  Statistic: 'Maximum' as const,
  Period: 60,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold' as const,
  TreatMissingData: 'notBreaching',
})

const networkAlarm = (instance: SeedInstance) => ({
  AlarmName: `${instance.name}-network-out-p90`,
  ...onInstance(instance, 'NetworkOut'),
  ExtendedStatistic: 'p90',
  Period: 300,
  EvaluationPeriods: 6,
  Threshold: 200_000_000,
  ComparisonOperator: 'GreaterThanThreshold' as const,
})
