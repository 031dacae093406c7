import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch'
import type { CloudWatch, UsageMetric } from '../cloudwatch.ts'
import type { CloudWatchContext } from './context.ts'

/** Usage is measured every five minutes and comes a little later. */
const periodSeconds = 300
const backMs = 30 * 60_000

/**
 * Usage metrics with the quota that each counts against: CloudWatch reads that from Service Quotas by itself.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Quotas-Visualize-Alarms.html
 */
export const serviceUsage =
  ({ sdk, client, send }: CloudWatchContext): CloudWatch['serviceUsage'] =>
  async (call, metrics, now) => {
    if (metrics.length === 0) return []
    const command = new sdk.GetMetricDataCommand({
      StartTime: new Date(now.getTime() - backMs),
      EndTime: now,
      ScanBy: 'TimestampDescending',
      MetricDataQueries: metrics.flatMap(queriesOf),
    })
    const output = await send({ action: 'GetMetricData', effect: 'read', call }, command, (options) =>
      client.send(command, options),
    )
    const newest = new Map((output.MetricDataResults ?? []).map((result) => [result.Id, newestOf(result)]))
    return metrics.map((_, index) => {
      const used = newest.get(`used${index}`)
      const quota = newest.get(`quota${index}`)
      return used === undefined || quota === undefined ? null : { used, quota }
    })
  }

const queriesOf = ({ service, type, resource, class: kind }: UsageMetric, index: number): MetricDataQuery[] => [
  {
    Id: `used${index}`,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/Usage',
        MetricName: 'ResourceCount',
        Dimensions: Object.entries({ Service: service, Type: type, Resource: resource, Class: kind }).map(
          ([Name, Value]) => ({ Name, Value }),
        ),
      },
      Period: periodSeconds,
      Stat: 'Maximum',
    },
  },
  { Id: `quota${index}`, Expression: `SERVICE_QUOTA(used${index})` },
]

const newestOf = ({ Values: values }: MetricDataResult): number | undefined => values?.[0]
