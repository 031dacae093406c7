import type { DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput, MetricAlarm } from '@aws-sdk/client-cloudwatch'
import type { SandboxAlarm } from '../alarms.ts'
import { awsError } from '../aws-error.ts'
import { fromToken, toToken } from '../names.ts'
import { evaluate } from '../metrics/evaluate.ts'
import type { Handler, HandlerContext } from './context.ts'

const mostNames = 100

/**
 * Metric alarms by name, by prefix or all, in the order of their names. The sandbox has no composite alarms. An alarm that was just
 * made has insufficient data for a period, and one on an instance that doesn't run has none either.
 */
export const describeAlarms: Handler<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput> = (input, context) => {
  const { AlarmNames, AlarmNamePrefix, AlarmTypes, MaxRecords = 50 } = input
  if (AlarmNames !== undefined && AlarmNamePrefix !== undefined) {
    throw awsError('InvalidParameterCombination', 'AlarmNames and AlarmNamePrefix can not be given together.')
  }
  if ((AlarmNames?.length ?? 0) > mostNames) throw invalid('AlarmNames', `at most ${mostNames} names`)
  if (!Number.isInteger(MaxRecords) || MaxRecords < 1 || MaxRecords > 100) throw invalid('MaxRecords', '1 to 100')
  const after = input.NextToken === undefined ? undefined : fromToken(input.NextToken)
  if (input.NextToken !== undefined && after === undefined) {
    throw awsError('InvalidNextToken', 'The specified next token is not valid.')
  }
  if (AlarmTypes !== undefined && !AlarmTypes.includes('MetricAlarm')) return { MetricAlarms: [], CompositeAlarms: [] }

  const alarms = context.world.alarms(context.partition)
  const show = (name: string): MetricAlarm | undefined => {
    const alarm = alarms.get(name)
    const shown = alarm && toMetricAlarm(alarm, context)
    if (shown === undefined) return undefined
    if (input.StateValue !== undefined && input.StateValue !== shown.StateValue) return undefined
    const { ActionPrefix: action } = input
    return action === undefined || shown.AlarmActions?.some((arn) => arn.startsWith(action)) ? shown : undefined
  }
  const matches = (name: string): boolean =>
    (input.StateValue === undefined && input.ActionPrefix === undefined) || show(name) !== undefined
  const { names, hasMore } =
    AlarmNames === undefined
      ? alarms.names.page({
          ...(after === undefined ? {} : { after }),
          ...(AlarmNamePrefix === undefined ? {} : { prefix: AlarmNamePrefix }),
          limit: MaxRecords,
          matches,
        })
      : byName([...new Set(AlarmNames)].sort(), after, MaxRecords)
  const last = names.at(-1)
  return {
    MetricAlarms: names.flatMap((name) => show(name) ?? []),
    CompositeAlarms: [],
    ...(hasMore && last !== undefined ? { NextToken: toToken(last) } : {}),
  }
}

const byName = (names: string[], after: string | undefined, limit: number) => {
  const left = after === undefined ? names : names.filter((name) => name > after)
  return { names: left.slice(0, limit), hasMore: left.length > limit }
}

const invalid = (parameter: string, rule: string): Error =>
  awsError('ValidationError', `Value of parameter ${parameter} is not valid: ${rule}.`)

const toMetricAlarm = (alarm: SandboxAlarm, context: HandlerContext): MetricAlarm => {
  const { Tags: _tags, ...definition } = alarm.definition
  const updated = new Date(alarm.updatedMs)
  return {
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    Dimensions: [],
    ActionsEnabled: true,
    ...definition,
    AlarmArn: alarm.arn,
    AlarmConfigurationUpdatedTimestamp: updated,
    ...stateOf(alarm, context),
  }
}

const stateOf = (
  { definition, createdMs }: SandboxAlarm,
  { world, partition, nowMs }: HandlerContext,
): Pick<MetricAlarm, 'StateValue' | 'StateReason' | 'StateUpdatedTimestamp' | 'StateTransitionedTimestamp'> => {
  const evaluatedMs = createdMs + ((definition.Period ?? 60) * 1000) / world.speed
  const id = definition.Dimensions?.find(({ Name }) => Name === 'InstanceId')?.Value
  const instance =
    definition.Namespace === 'AWS/EC2' && id !== undefined ? world.estate.findInstance(partition, id) : undefined
  const power = instance && world.power(instance)
  const evaluated =
    nowMs < evaluatedMs || (power !== undefined && power.target !== 'running')
      ? undefined
      : evaluate(definition, { world, partition, nowMs })
  const sinceMs = Math.max(evaluated === undefined ? createdMs : evaluatedMs, Math.min(power?.askedMs ?? 0, nowMs))
  const since = new Date(Math.max(sinceMs, evaluated?.sinceMs ?? 0))
  return {
    StateValue: evaluated?.state ?? 'INSUFFICIENT_DATA',
    StateReason: evaluated?.reason ?? 'Unchecked: Initial alarm creation',
    StateUpdatedTimestamp: since,
    StateTransitionedTimestamp: since,
  }
}
