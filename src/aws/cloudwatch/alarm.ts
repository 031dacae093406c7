import type { CompositeAlarm, MetricAlarm, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'
import type { Alarm, AlarmDefinition } from '../cloudwatch.ts'
import { toJson } from '../ec2/json.ts'

type Place = { account: string; region: string; partition: string }

/** What is carried through in AWS's own words: the same fields with the same meaning in the answer and in the call. */
const advancedFields = [
  'ActionConfiguration',
  'EvaluateLowSampleCountPercentile',
  'EvaluationCriteria',
  'EvaluationInterval',
  'EvaluationWindow',
  'Metrics',
  'ThresholdMetricId',
  'WarmUpConfiguration',
] as const satisfies readonly (keyof MetricAlarm & keyof PutMetricAlarmInput)[]

/** What is meant where an alarm says nothing else. */
const treatMissingDataDefault = 'missing'

/** A metric alarm as AWS describes it, in our words. */
export const toMetricAlarm = (place: Place, alarm: MetricAlarm): Alarm => ({
  ...common(place, alarm),
  definition: toDefinition(alarm),
})

/** A composite alarm: its rule is in `raw`. */
export const toCompositeAlarm = (place: Place, alarm: CompositeAlarm): Alarm => ({
  ...common(place, alarm),
  definition: null,
})

const common = ({ account, region, partition }: Place, alarm: MetricAlarm | CompositeAlarm) => {
  // AWS describes no alarm without a name.
  const name = alarm.AlarmName ?? ''
  return {
    name,
    arn: alarm.AlarmArn ?? `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`,
    account,
    region,
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    stateReason: alarm.StateReason ?? null,
    stateUpdatedAt: alarm.StateUpdatedTimestamp?.toISOString() ?? null,
    updatedAt: alarm.AlarmConfigurationUpdatedTimestamp?.toISOString() ?? null,
    raw: toJson(alarm),
  }
}

const toDefinition = (alarm: MetricAlarm): AlarmDefinition => ({
  description: alarm.AlarmDescription ?? null,
  actionsEnabled: alarm.ActionsEnabled ?? true,
  alarmActions: (alarm.AlarmActions ?? []).toSorted(),
  okActions: (alarm.OKActions ?? []).toSorted(),
  insufficientDataActions: (alarm.InsufficientDataActions ?? []).toSorted(),
  namespace: alarm.Namespace ?? null,
  metricName: alarm.MetricName ?? null,
  dimensions: Object.fromEntries((alarm.Dimensions ?? []).map(({ Name, Value }) => [Name ?? '', Value ?? ''])),
  statistic: alarm.Statistic ?? null,
  extendedStatistic: alarm.ExtendedStatistic ?? null,
  period: alarm.Period ?? null,
  unit: alarm.Unit ?? null,
  evaluationPeriods: alarm.EvaluationPeriods ?? null,
  datapointsToAlarm: alarm.DatapointsToAlarm ?? null,
  threshold: alarm.Threshold ?? null,
  comparisonOperator: alarm.ComparisonOperator ?? null,
  treatMissingData: alarm.TreatMissingData ?? treatMissingDataDefault,
  advanced: toJson(
    Object.fromEntries(
      advancedFields
        .filter((field) => alarm[field] !== undefined && !isEmpty(alarm[field]))
        .map((field) => [field, alarm[field]]),
    ),
  ),
})

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0

/** The call that sets exactly this definition. What is null is left out: AWS then has none. */
export const toPutInput = (name: string, definition: AlarmDefinition): PutMetricAlarmInput => {
  const { dimensions, advanced } = definition
  const given = {
    AlarmDescription: definition.description,
    Namespace: definition.namespace,
    MetricName: definition.metricName,
    Statistic: definition.statistic,
    ExtendedStatistic: definition.extendedStatistic,
    Period: definition.period,
    Unit: definition.unit,
    EvaluationPeriods: definition.evaluationPeriods,
    DatapointsToAlarm: definition.datapointsToAlarm,
    Threshold: definition.threshold,
    ComparisonOperator: definition.comparisonOperator,
    ...advanced,
  }
  return {
    AlarmName: name,
    ActionsEnabled: definition.actionsEnabled,
    AlarmActions: definition.alarmActions,
    OKActions: definition.okActions,
    InsufficientDataActions: definition.insufficientDataActions,
    // An alarm of a query says itself what missing data means.
    ...('EvaluationCriteria' in advanced ? {} : { TreatMissingData: definition.treatMissingData }),
    ...(Object.keys(dimensions).length === 0
      ? {}
      : { Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })) }),
    // Statistic, Unit and ComparisonOperator are AWS's own words, checked where the definition came in or read from AWS.
    ...(Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== null),
    ) as Partial<PutMetricAlarmInput>),
  }
}
