import type { Call } from './call.ts'

/** One metric of CloudWatch, put together over periods. */
export type MetricQuery = {
  namespace: string
  name: string
  dimensions: Record<string, string>
  /** For example "Average", "Sum" or "p99". */
  statistic: string
  /** A multiple of 60. */
  periodSeconds: number
}

/** The value of one period, by its beginning. */
export type MetricPoint = { atMs: number; value: number }

/** What one call of GetMetricData takes. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
export const mostMetricsOfACall = 500
export const mostPointsOfACall = 100_800

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

/** What a service counts for a quota, by the dimensions of AWS/Usage. */
export type UsageMetric = { service: string; type: string; resource: string; class: string }

export type Dashboard = {
  name: string
  arn: string
  account: string
  sizeBytes: number | null
  lastModifiedAt: string | null
}

/** CloudWatch of one account and Region. Everything is paged inside and takes its quota. */
export type CloudWatch = {
  /**
   * Metrics between two times, in the order of the queries, points oldest first; a period without data has none. One call takes at
   * most 500 metrics and 100,800 points: what is more goes in several.
   */
  getMetricData: (
    call: Call,
    query: { queries: readonly MetricQuery[]; from: Date; to: Date },
  ) => Promise<MetricPoint[][]>
  /** How much of quotas is used, as of some minutes ago; null where AWS counts nothing, or says no quota. 250 at most. */
  serviceUsage: (
    call: Call,
    metrics: readonly UsageMetric[],
    now: Date,
  ) => Promise<({ used: number; quota: number } | null)[]>
  /** Alarms by name, composite ones too; names that AWS doesn't know are left out. */
  describeAlarms: (call: Call, names: readonly string[]) => Promise<Alarm[]>
  /** Every alarm whose name begins like that, or every alarm, page by page (100 each). */
  listAlarms: (call: Call, prefix?: string) => AsyncIterable<Alarm[]>
  /** Makes a metric alarm or replaces its whole definition. Tags of an alarm that exists stay as they are. */
  putMetricAlarm: (call: Call, name: string, definition: AlarmDefinition) => Promise<void>
  /** At most 100 names a call; with an unknown one among them AWS deletes none. */
  deleteAlarms: (call: Call, names: readonly string[]) => Promise<void>
  /** Dashboards, by the beginning of their name or all; the same ones in every Region. */
  listDashboards: (call: Call, prefix?: string) => AsyncIterable<Dashboard[]>
  /** A dashboard's body; undefined where there is none of that name. */
  getDashboard: (call: Call, name: string) => Promise<Record<string, unknown> | undefined>
  /** Metric alarms in the state ALARM that watch an instance, by themselves or in a metric expression. */
  firingAlarms: (call: Call) => Promise<FiringAlarm[]>
}
