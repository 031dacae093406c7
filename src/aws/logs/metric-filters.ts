import type { MetricFilter as SdkMetricFilter } from '@aws-sdk/client-cloudwatch-logs'
import { toJson } from '../ec2/json.ts'
import type { Logs, MetricFilter } from '../logs.ts'
import { orNone } from '../send/or-none.ts'
import { paged } from '../send/paged.ts'
import type { LogsContext } from './context.ts'

/** The API's largest page. */
const pageSize = 50

/** Metric filters of one log group, or of all: without a group AWS lists every one of the account and Region. */
export const listMetricFilters = (context: LogsContext): Logs['listMetricFilters'] =>
  async function* (call, logGroupName) {
    const { sdk, client, send } = context
    const ask = (token: string | undefined) => {
      const command = new sdk.DescribeMetricFiltersCommand({
        limit: pageSize,
        ...(logGroupName === undefined ? {} : { logGroupName }),
        ...(token === undefined ? {} : { nextToken: token }),
      })
      // A group that is gone has none.
      return orNone(
        send({ action: 'DescribeMetricFilters', effect: 'read', call }, command, (options) =>
          client.send(command, options),
        ),
        'ResourceNotFoundException',
      )
    }
    for await (const page of paged(ask, (output) => output?.nextToken))
      yield (page?.metricFilters ?? []).map((filter) => toMetricFilter(context, filter))
  }

const toMetricFilter = ({ account, region, partition }: LogsContext, filter: SdkMetricFilter): MetricFilter => {
  const name = filter.filterName ?? ''
  const logGroupName = filter.logGroupName ?? ''
  return {
    name,
    logGroupName,
    // AWS gives metric filters no ARN of their own; this one is in the form of those that log streams have.
    arn: `arn:${partition}:logs:${region}:${account}:log-group:${logGroupName}:metric-filter:${name}`,
    account,
    region,
    pattern: filter.filterPattern ?? '',
    metrics: (filter.metricTransformations ?? []).map(({ metricNamespace, metricName, metricValue }) => ({
      namespace: metricNamespace ?? '',
      name: metricName ?? '',
      value: metricValue ?? '',
    })),
    createdAt: filter.creationTime === undefined ? null : new Date(filter.creationTime).toISOString(),
    raw: toJson(filter),
  }
}
