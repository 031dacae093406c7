import type { Call } from './call.ts'

/** The metrics of an EC2 instance that the details page draws. */
export const instanceMetrics = [
  'CPUUtilization',
  'NetworkIn',
  'NetworkOut',
  'DiskReadOps',
  'DiskWriteOps',
  'StatusCheckFailed',
] as const
export type InstanceMetric = (typeof instanceMetrics)[number]

/** One metric over time. CPU in percent, network in bytes and disk in operations for each period. */
export type MetricSeries = {
  name: string
  /** How the values of a period were put together. */
  statistic: 'Average' | 'Sum' | 'Maximum'
  unit: string
  /** Oldest first. A period without data has no point. */
  points: { at: string; value: number }[]
}

/** CloudWatch of one account and Region. Everything is paged inside and takes its quota. */
export type CloudWatch = {
  /** Metrics of one EC2 instance, one series for each name, in that order. `periodSeconds` is a multiple of 60. */
  getMetrics: (
    call: Call,
    query: { id: string; names: readonly InstanceMetric[]; from: Date; to: Date; periodSeconds: number },
  ) => Promise<MetricSeries[]>
}
