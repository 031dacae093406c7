import type { DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput, MetricAlarm } from '@aws-sdk/client-cloudwatch'
import { fleetSize } from '../estate/fleet.ts'
import { estateEpochMs } from '../estate/instance.ts'
import type { Handler, HandlerContext } from './context.ts'
import { pageOf } from './page.ts'

/** One alarm on the CPU of the first machine of each production fleet. */
export const describeAlarms: Handler<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput> = (input, context) => {
  const { partition } = context
  const { items, NextToken } = pageOf(
    Math.ceil(partition.instances / fleetSize),
    (fleet) => {
      const alarm = alarmOf(fleet, context)
      if (alarm === undefined) return undefined
      if (input.StateValue !== undefined && input.StateValue !== alarm.StateValue) return undefined
      if (input.AlarmNames !== undefined && !input.AlarmNames.includes(alarm.AlarmName ?? '')) return undefined
      return alarm.AlarmName?.startsWith(input.AlarmNamePrefix ?? '') === true ? alarm : undefined
    },
    { MaxResults: Math.max(5, input.MaxRecords ?? 50), NextToken: input.NextToken },
  )
  return { MetricAlarms: items, CompositeAlarms: [], ...(NextToken === undefined ? {} : { NextToken }) }
}

const alarmOf = (fleet: number, { world, partition, account, region }: HandlerContext): MetricAlarm | undefined => {
  const instance = world.estate.instance(partition, fleet * fleetSize)
  if (instance.fleet.env !== 'prod') return undefined
  const name = `${instance.name}-cpu-high`
  return {
    AlarmName: name,
    AlarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`,
    Namespace: 'AWS/EC2',
    MetricName: 'CPUUtilization',
    Dimensions: [{ Name: 'InstanceId', Value: instance.id }],
    Statistic: 'Average',
    Period: 300,
    EvaluationPeriods: 3,
    Threshold: 85,
    ComparisonOperator: 'GreaterThanThreshold',
    ActionsEnabled: true,
    StateValue: world.power(instance).target === 'running' ? 'OK' : 'INSUFFICIENT_DATA',
    StateUpdatedTimestamp: new Date(Math.max(estateEpochMs, world.power(instance).askedMs)),
  }
}
