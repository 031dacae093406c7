import type {
  DescribeMetricFiltersCommandInput,
  DescribeMetricFiltersCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import { awsError } from '../aws-error.ts'
import { fromToken, toToken } from '../names.ts'
import type { Handler } from './context.ts'

const most = 50

/** Metric filters of a log group, by the metric that they feed, or all, in the order of groups and names. */
export const describeMetricFilters: Handler<DescribeMetricFiltersCommandInput, DescribeMetricFiltersCommandOutput> = (
  input,
  { world, partition },
) => {
  const { logGroupName, filterNamePrefix = '', metricName, metricNamespace, limit = most } = input
  if (!Number.isInteger(limit) || limit < 1 || limit > most) throw invalid(`limit must be 1 to ${most}.`)
  if ((metricName === undefined) !== (metricNamespace === undefined))
    throw invalid('metricName and metricNamespace must be given together.')
  if (logGroupName !== undefined && world.logGroups(partition).get(logGroupName) === undefined)
    throw awsError('ResourceNotFoundException', 'The specified log group does not exist.')
  const from = input.nextToken === undefined ? 0 : Number(fromToken(input.nextToken) ?? Number.NaN)
  if (!Number.isSafeInteger(from)) throw invalid('The specified nextToken is invalid.')
  const matching = world
    .metricFilters(partition)
    .filter(
      (filter) =>
        (logGroupName === undefined || filter.logGroupName === logGroupName) &&
        filter.name.startsWith(filterNamePrefix) &&
        (metricName === undefined ||
          (filter.metric.name === metricName && filter.metric.namespace === metricNamespace)),
    )
  const next = from + limit
  return {
    metricFilters: matching.slice(from, next).map((filter) => ({
      filterName: filter.name,
      filterPattern: filter.pattern,
      logGroupName: filter.logGroupName,
      creationTime: filter.createdMs,
      metricTransformations: [
        { metricName: filter.metric.name, metricNamespace: filter.metric.namespace, metricValue: '1', defaultValue: 0 },
      ],
    })),
    ...(next < matching.length ? { nextToken: toToken(String(next)) } : {}),
  }
}

const invalid = (message: string): Error => awsError('InvalidParameterException', message)
