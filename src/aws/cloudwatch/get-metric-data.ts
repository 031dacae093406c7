import type { MetricDataResult } from '@aws-sdk/client-cloudwatch'
import { mostMetricsOfACall, mostPointsOfACall } from '../cloudwatch.ts'
import type { CloudWatch, MetricPoint, MetricQuery } from '../cloudwatch.ts'
import type { Call } from '../call.ts'
import type { CloudWatchContext } from './context.ts'

/** Many metrics by GetMetricData, in as few calls as it takes, each page by page. */
export const getMetricData =
  (context: CloudWatchContext): CloudWatch['getMetricData'] =>
  async (call, { queries, from, to }) => {
    const points: MetricPoint[][] = []
    for (const group of groupsOf(queries, (to.getTime() - from.getTime()) / 1000)) {
      points.push(...(await readGroup(context, call, group, from, to)))
    }
    return points
  }

const readGroup = async (
  { sdk, client, send }: CloudWatchContext,
  call: Call,
  queries: readonly MetricQuery[],
  from: Date,
  to: Date,
): Promise<MetricPoint[][]> => {
  const points = queries.map((): MetricPoint[] => [])
  let token: string | undefined
  do {
    const command = new sdk.GetMetricDataCommand({
      StartTime: from,
      EndTime: to,
      ScanBy: 'TimestampAscending',
      MetricDataQueries: queries.map(({ namespace, name, dimensions, statistic, periodSeconds }, index) => ({
        Id: `m${index}`,
        MetricStat: {
          Metric: {
            Namespace: namespace,
            MetricName: name,
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          },
          Period: periodSeconds,
          Stat: statistic,
        },
      })),
      ...(token === undefined ? {} : { NextToken: token }),
    })
    const output = await send({ action: 'GetMetricData', effect: 'read', call }, command, (options) =>
      client.send(command, options),
    )
    // A long series comes in parts, over pages and within one.
    for (const result of output.MetricDataResults ?? []) {
      points[Number((result.Id ?? '').slice(1))]?.push(...pointsOf(result))
    }
    token = output.NextToken
  } while (token)
  return points
}

const groupsOf = (queries: readonly MetricQuery[], spanSeconds: number): MetricQuery[][] => {
  const groups: MetricQuery[][] = []
  let room = 0
  for (const query of queries) {
    const points = Math.ceil(spanSeconds / query.periodSeconds)
    const last = groups.at(-1)
    if (last === undefined || last.length >= mostMetricsOfACall || points > room) {
      groups.push([query])
      room = mostPointsOfACall - points
    } else {
      last.push(query)
      room -= points
    }
  }
  return groups
}

const pointsOf = ({ Timestamps, Values }: MetricDataResult): MetricPoint[] =>
  (Timestamps ?? []).flatMap((timestamp, index) => {
    const value = Values?.[index]
    return value === undefined ? [] : [{ atMs: timestamp.getTime(), value }]
  })
