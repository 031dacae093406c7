import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'
import { measureOf } from './families.ts'
import type { MeasureContext } from './measure.ts'
import { datapoints } from './read.ts'

export type Evaluation = { state: 'OK' | 'ALARM'; reason: string; sinceMs: number }

/** So many periods back it is looked for when the state began, and twice as many while it isn't found. */
const firstPeriodsBack = 30
/** Before that it counts as always. */
const mostPeriodsBack = 1_920

/**
 * The state of an alarm on one metric by its latest data: ALARM where at least `DatapointsToAlarm` of the last `EvaluationPeriods` cross the
 * threshold. Undefined where there is no data, and for metric math and anomaly detection, which the sandbox doesn't have.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export const evaluate = (definition: PutMetricAlarmInput, context: MeasureContext): Evaluation | undefined => {
  const { Namespace, MetricName, Dimensions = [], Period = 60, EvaluationPeriods = 1, Threshold } = definition
  const crosses = comparisons[definition.ComparisonOperator ?? '']
  if (Namespace === undefined || MetricName === undefined || Threshold === undefined || crosses === undefined)
    return undefined
  const known = measureOf(context, {
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value])),
  })
  if (known === undefined || known.isDaily) return undefined
  const periodMs = Math.max(60, Period) * 1000
  const toMs = Math.floor(context.nowMs / periodMs) * periodMs
  const read = (periods: number) =>
    datapoints(known.measure, {
      fromMs: toMs - periods * periodMs,
      toMs,
      periodSeconds: periodMs / 1000,
      statistic: definition.Statistic ?? definition.ExtendedStatistic ?? 'Average',
    })
  const needed = definition.DatapointsToAlarm ?? EvaluationPeriods
  const isAlarm = (window: readonly { value: number }[]): boolean =>
    window.filter(({ value }) => crosses(value, Threshold)).length >= needed
  const last = read(EvaluationPeriods)
  const latest = last.at(-1)
  if (latest === undefined) return { state: 'OK', reason: 'Threshold not crossed.', sinceMs: 0 }
  if (!isAlarm(last)) return { state: 'OK', reason: 'Threshold not crossed.', sinceMs: 0 }
  /** The end of the period with which it began; it stays what it is while the alarm goes on ringing. */
  const sinceMs = (): number => {
    for (let back = firstPeriodsBack; back <= mostPeriodsBack; back *= 2) {
      const all = read(EvaluationPeriods + back)
      let begin = all.length
      while (begin > EvaluationPeriods && isAlarm(all.slice(begin - 1 - EvaluationPeriods, begin - 1))) begin--
      if (begin > EvaluationPeriods) return (all[begin - 1] ?? latest).atMs + periodMs
    }
    return 0
  }
  const count = last.filter(({ value }) => crosses(value, Threshold)).length
  return {
    state: 'ALARM',
    reason: `Threshold Crossed: ${count} out of the last ${EvaluationPeriods} datapoints crossed the threshold (${Threshold}), the latest was ${latest.value.toFixed(2)}.`,
    sinceMs: sinceMs(),
  }
}

const comparisons: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
}
