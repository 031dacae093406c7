import type {
  DeleteAlarmsCommandInput,
  DeleteAlarmsCommandOutput,
  PutMetricAlarmCommandInput,
  PutMetricAlarmCommandOutput,
} from '@aws-sdk/client-cloudwatch'
import { isDeepStrictEqual } from 'node:util'
import { awsError } from '../aws-error.ts'
import { alarmArn } from '../estate/alarm.ts'
import type { Handler } from './context.ts'

const mostActions = 5
const mostDeleted = 100
const dayseconds = 86_400

/** Makes an alarm, or replaces all of its definition but its tags; its state stays. */
export const putMetricAlarm: Handler<PutMetricAlarmCommandInput, PutMetricAlarmCommandOutput> = (input, context) => {
  const { world, partition, account, region, nowMs } = context
  const name = refuseMalformed(input)
  const before = world.alarms(partition).get(name)
  const { Tags: _tags, ...definition } = input
  world.apply('PutMetricAlarm', [
    {
      id: alarmArn(account, region, name),
      change: { alarm: { definition, createdMs: before?.createdMs ?? nowMs, updatedMs: nowMs } },
      hasChanged: before === undefined || !isDeepStrictEqual(plain(before.definition), plain(definition)),
    },
  ])
  return {}
}

/** All or, when one of them doesn't exist, none. */
export const deleteAlarms: Handler<DeleteAlarmsCommandInput, DeleteAlarmsCommandOutput> = (input, context) => {
  const { world, partition, account, region } = context
  const names = [...new Set(input.AlarmNames ?? [])]
  if (names.length === 0) throw invalid('The parameter AlarmNames is required.')
  if (names.length > mostDeleted) throw invalid(`At most ${mostDeleted} alarms can be deleted at once.`)
  const alarms = world.alarms(partition)
  const unknown = names.filter((name) => !alarms.names.has(name))
  if (unknown.length > 0) throw awsError('ResourceNotFound', `Alarms not found: ${unknown.join(', ')}`, 404)
  world.apply(
    'DeleteAlarms',
    names.map((name) => ({ id: alarmArn(account, region, name), change: { alarm: null }, hasChanged: true })),
  )
  return {}
}

const plain = (value: object): unknown => JSON.parse(JSON.stringify(value))
const invalid = (message: string): Error => awsError('ValidationError', message)

/** AWS's rules for an alarm on one metric or on metric math. Returns the name. */
const refuseMalformed = (input: PutMetricAlarmCommandInput): string => {
  const { AlarmName: name, MetricName, Metrics, Namespace, EvaluationPeriods, DatapointsToAlarm } = input
  if (name === undefined || !/^[^\0-\x1f\x7f]{1,255}$/u.test(name))
    throw invalid(
      `Value '${name ?? ''}' at 'alarmName' failed to satisfy constraint: 1 to 255 characters, no control characters`,
    )
  for (const actions of [input.AlarmActions, input.OKActions, input.InsufficientDataActions]) {
    if ((actions?.length ?? 0) > mostActions) throw invalid(`At most ${mostActions} actions can be given for a state.`)
    const strange = actions?.find((arn) => !/^arn:aws[a-z-]*:[a-z0-9-]+:/.test(arn))
    if (strange !== undefined) throw invalid(`Invalid arn syntax: ${strange}`)
  }
  if (input.EvaluationCriteria !== undefined) return name
  if ((MetricName === undefined) === (Metrics === undefined))
    throw invalid('Exactly one of MetricName, Metrics and EvaluationCriteria must be specified.')
  if (input.ComparisonOperator === undefined) throw invalid('The parameter ComparisonOperator is required.')
  if (EvaluationPeriods === undefined || EvaluationPeriods < 1)
    throw invalid('The parameter EvaluationPeriods must be at least 1.')
  if (DatapointsToAlarm !== undefined && (DatapointsToAlarm < 1 || DatapointsToAlarm > EvaluationPeriods))
    throw invalid('The parameter DatapointsToAlarm must be between 1 and EvaluationPeriods.')
  if ((input.Threshold === undefined) === (input.ThresholdMetricId === undefined))
    throw invalid('Exactly one of Threshold and ThresholdMetricId must be specified.')
  if (MetricName === undefined) return name
  if (Namespace === undefined) throw invalid('The parameter Namespace is required.')
  if ((input.Statistic === undefined) === (input.ExtendedStatistic === undefined))
    throw invalid('Exactly one of Statistic and ExtendedStatistic must be specified.')
  refusePeriod(input.Period, EvaluationPeriods)
  return name
}

const refusePeriod = (period: number | undefined, evaluationPeriods: number): void => {
  if (period === undefined || !(period > 0 && ([10, 20, 30].includes(period) || period % 60 === 0)))
    throw invalid(`Invalid period: ${period ?? 'none'}. Valid values are 10, 20, 30 and any multiple of 60.`)
  const longest = period < 3600 ? dayseconds : 7 * dayseconds
  if (period * evaluationPeriods > longest)
    throw invalid(`Metrics cannot be checked across more than ${longest} seconds (EvaluationPeriods * Period).`)
}
