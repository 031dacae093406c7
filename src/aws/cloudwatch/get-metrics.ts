import type { MetricDataResult } from '@aws-sdk/client-cloudwatch'
import type { CloudWatch, InstanceMetric, MetricSeries } from '../cloudwatch.ts'
import type { CloudWatchContext } from './context.ts'

/** How each metric is put together over a period: load is averaged, traffic added up, a failed check shows at all. */
const kinds: Record<InstanceMetric, Pick<MetricSeries, 'statistic' | 'unit'>> = {
  CPUUtilization: { statistic: 'Average', unit: 'Percent' },
  NetworkIn: { statistic: 'Sum', unit: 'Bytes' },
  NetworkOut: { statistic: 'Sum', unit: 'Bytes' },
  DiskReadOps: { statistic: 'Sum', unit: 'Count' },
  DiskWriteOps: { statistic: 'Sum', unit: 'Count' },
  StatusCheckFailed: { statistic: 'Maximum', unit: 'Count' },
}

/** Metrics of one instance by GetMetricData: all names in one call, page by page. */
export const getMetrics =
  ({ sdk, client, send }: CloudWatchContext): CloudWatch['getMetrics'] =>
  async (call, { id, names, from, to, periodSeconds }) => {
    const results = new Map<string, MetricDataResult[]>()
    let token: string | undefined
    do {
      const command = new sdk.GetMetricDataCommand({
        StartTime: from,
        EndTime: to,
        ScanBy: 'TimestampAscending',
        MetricDataQueries: names.map((name, index) => ({
          Id: `m${index}`,
          MetricStat: {
            Metric: { Namespace: 'AWS/EC2', MetricName: name, Dimensions: [{ Name: 'InstanceId', Value: id }] },
            Period: periodSeconds,
            Stat: kinds[name].statistic,
          },
        })),
        ...(token === undefined ? {} : { NextToken: token }),
      })
      const output = await send({ action: 'GetMetricData', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      for (const result of output.MetricDataResults ?? []) {
        const key = result.Id ?? ''
        results.set(key, [...(results.get(key) ?? []), result])
      }
      token = output.NextToken
    } while (token)
    return names.map((name, index) => ({
      name,
      ...kinds[name],
      points: (results.get(`m${index}`) ?? []).flatMap(toPoints),
    }))
  }

const toPoints = ({ Timestamps, Values }: MetricDataResult): { at: string; value: number }[] =>
  (Timestamps ?? []).flatMap((timestamp, index) => {
    const value = Values?.[index]
    return value === undefined ? [] : [{ at: timestamp.toISOString(), value }]
  })
