import type {
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  MetricDataResult,
  MetricStat,
} from '@aws-sdk/client-cloudwatch'
import { awsError } from '../aws-error.ts'
import type { Handler } from './context.ts'
import { measureOf } from '../metrics/families.ts'
import { quotaOf } from '../metrics/usage.ts'
import { dailyDatapoints, datapoints } from '../metrics/read.ts'

const mostQueries = 500
const mostPoints = 100_800

/** Metrics by MetricStat; of metric math and Metrics Insights the sandbox has SERVICE_QUOTA only. Always answers in one page. */
export const getMetricData: Handler<GetMetricDataCommandInput, GetMetricDataCommandOutput> = (input, context) => {
  const queries = input.MetricDataQueries ?? []
  const fromMs = input.StartTime?.getTime() ?? Number.NaN
  const toMs = input.EndTime?.getTime() ?? Number.NaN
  if (!(fromMs < toMs))
    throw awsError('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.')
  if (queries.length > mostQueries)
    throw awsError(
      'ValidationError',
      `The collection MetricDataQueries must not have a size greater than ${mostQueries}.`,
    )
  /** The quota that a usage metric counts against, for each period that has data. */
  const quotaResult = (Id: string | undefined, stat: MetricStat | undefined): MetricDataResult => {
    const periodMs = (stat?.Period ?? 300) * 1000
    const atMs = Math.floor(Math.min(toMs, context.nowMs) / periodMs) * periodMs - periodMs
    const quota = stat?.Metric?.Namespace === 'AWS/Usage' ? quotaOf(context, dimensionsOf(stat)) : undefined
    return {
      ...(Id === undefined ? {} : { Id }),
      Label: 'SERVICE_QUOTA',
      Timestamps: quota === undefined ? [] : [new Date(atMs)],
      Values: quota === undefined ? [] : [quota],
      StatusCode: 'Complete',
    }
  }
  let points = 0
  const results = queries.map(({ Id, MetricStat, Expression }): MetricDataResult => {
    const quoted = /^SERVICE_QUOTA\((\w+)\)$/.exec(Expression ?? '')?.[1]
    if (quoted !== undefined) return quotaResult(Id, queries.find((query) => query.Id === quoted)?.MetricStat)
    if (Expression !== undefined || MetricStat === undefined) {
      throw awsError('ValidationError', `Error in expression '${Id ?? ''}': the sandbox knows no metric math`)
    }
    const period = MetricStat.Period ?? 0
    if (period <= 0 || period % 60 !== 0) {
      throw awsError(
        'ValidationError',
        `The value ${period} for parameter Period is not valid: it must be a multiple of 60.`,
      )
    }
    points += (toMs - fromMs) / 1000 / period
    if (points > mostPoints)
      throw awsError('ValidationError', `The query would return more than ${mostPoints} data points.`)
    const { Namespace: namespace = '', MetricName: name = '' } = MetricStat.Metric ?? {}
    const dimensions = dimensionsOf(MetricStat)
    const known = measureOf(context, { namespace, name, dimensions })
    // Nothing is known of the future.
    const query = {
      fromMs,
      toMs: Math.min(toMs, context.nowMs),
      periodSeconds: period,
      statistic: MetricStat.Stat ?? 'Average',
    }
    const found =
      known === undefined
        ? []
        : known.isDaily
          ? dailyDatapoints(known.measure, query, context.nowMs)
          : datapoints(known.measure, query)
    // Newest first unless asked otherwise.
    if (input.ScanBy !== 'TimestampAscending') found.reverse()
    return {
      ...(Id === undefined ? {} : { Id }),
      Label: name,
      Timestamps: found.map(({ atMs }) => new Date(atMs)),
      Values: found.map(({ value }) => value),
      StatusCode: 'Complete',
    }
  })
  return { MetricDataResults: results, Messages: [] }
}

const dimensionsOf = ({ Metric: metric }: MetricStat): Record<string, string> =>
  Object.fromEntries((metric?.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value]))
