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

/**
 * Everything that PutMetricAlarm sets, so that a definition that was read can be put back exactly. Null where AWS has no
 * value; actions sorted, because their order means nothing.
 */
export type AlarmDefinition = {
  description: string | null
  actionsEnabled: boolean
  alarmActions: string[]
  okActions: string[]
  insufficientDataActions: string[]
  namespace: string | null
  metricName: string | null
  dimensions: Record<string, string>
  statistic: string | null
  extendedStatistic: string | null
  /** In seconds. */
  period: number | null
  unit: string | null
  evaluationPeriods: number | null
  datapointsToAlarm: number | null
  threshold: number | null
  comparisonOperator: string | null
  treatMissingData: string
  /** What few alarms have (metric math, anomaly detection, PromQL, windows), in AWS's own words. */
  advanced: Record<string, unknown>
}

export type Alarm = {
  name: string
  arn: string
  account: string
  region: string
  state: string
  stateReason: string | null
  stateUpdatedAt: string | null
  updatedAt: string | null
  /** Null for a composite alarm, which has a rule over other alarms instead. */
  definition: AlarmDefinition | null
  raw: Record<string, unknown>
}
/** An alarm that rings, on metrics of EC2 instances. */
export type FiringAlarm = { name: string; instanceIds: string[]; since: string | null }

/** CloudWatch of one account and Region. Everything is paged inside and takes its quota. */
export type CloudWatch = {
  /** Metrics of one EC2 instance, one series for each name, in that order. `periodSeconds` is a multiple of 60. */
  getMetrics: (
    call: Call,
    query: { id: string; names: readonly InstanceMetric[]; from: Date; to: Date; periodSeconds: number },
  ) => Promise<MetricSeries[]>
  /** Alarms by name, composite ones too; names that AWS doesn't know are left out. */
  describeAlarms: (call: Call, names: readonly string[]) => Promise<Alarm[]>
  /** Every alarm whose name begins like that, or every alarm, page by page (100 each). */
  listAlarms: (call: Call, prefix?: string) => AsyncIterable<Alarm[]>
  /** Makes a metric alarm or replaces its whole definition. Tags of an alarm that exists stay as they are. */
  putMetricAlarm: (call: Call, name: string, definition: AlarmDefinition) => Promise<void>
  /** At most 100 names a call; with an unknown one among them AWS deletes none. */
  deleteAlarms: (call: Call, names: readonly string[]) => Promise<void>
  /** Metric alarms in the state ALARM that watch an instance, by themselves or in a metric expression. */
  firingAlarms: (call: Call) => Promise<FiringAlarm[]>
}
