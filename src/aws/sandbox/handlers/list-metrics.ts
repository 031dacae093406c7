import type { ListMetricsCommandInput, ListMetricsCommandOutput } from '@aws-sdk/client-cloudwatch'
import { stateAt } from '../power.ts'
import type { Handler } from './context.ts'
import { instanceFamily } from '../metrics/instances.ts'
import { pageOf } from './page.ts'

/** The API's page, which can't be chosen. */
const pageSize = 500

/** Metrics that have data: those of the instances that run. */
export const listMetrics: Handler<ListMetricsCommandInput, ListMetricsCommandOutput> = (
  input,
  { world, partition, nowMs },
) => {
  const wanted = input.Dimensions?.find(({ Name }) => Name === 'InstanceId')?.Value
  const names = instanceFamily.names.filter((name) => input.MetricName === undefined || input.MetricName === name)
  const isEc2 = input.Namespace === undefined || input.Namespace === 'AWS/EC2'
  const count = isEc2 ? (wanted === undefined ? partition.instances : 1) * names.length : 0
  const { items, NextToken } = pageOf(
    count,
    (position) => {
      const at = Math.floor(position / names.length)
      const instance =
        wanted === undefined ? world.estate.instance(partition, at) : world.estate.findInstance(partition, wanted)
      if (instance === undefined || stateAt(world.power(instance), nowMs) !== 'running') return undefined
      const name = names[position % names.length]!
      if (instanceFamily.of({ world, partition, nowMs }, { InstanceId: instance.id }, name) === undefined)
        return undefined
      // The remainder is below the list's length.
      return {
        Namespace: 'AWS/EC2',
        MetricName: name,
        Dimensions: [{ Name: 'InstanceId', Value: instance.id }],
      }
    },
    { MaxResults: pageSize, NextToken: input.NextToken },
  )
  return { Metrics: items, ...(NextToken === undefined ? {} : { NextToken }) }
}
