import type { Call } from './call.ts'

/**
 * The retention times, in days, that AWS takes; beside them, null for "never expires".
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
export const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const
export type RetentionDays = (typeof retentionDays)[number]

export type LogGroup = {
  name: string
  /** Without the ":*" that some of AWS's answers end with. */
  arn: string
  account: string
  region: string
  /** Null: events never expire. */
  retentionDays: number | null
  /** The account's retention policy that decides instead of the group's own setting, where there is one. */
  retentionPolicy: string | null
  /** STANDARD, INFREQUENT_ACCESS, ESSENTIALS or DELIVERY. */
  logClass: string
  storedBytes: number | null
  createdAt: string | null
  kmsKeyId: string | null
  isDeletionProtected: boolean
  raw: Record<string, unknown>
}

/** What counts events of a log group into metrics. */
export type MetricFilter = {
  name: string
  logGroupName: string
  arn: string
  account: string
  region: string
  pattern: string
  metrics: { namespace: string; name: string; value: string }[]
  createdAt: string | null
  raw: Record<string, unknown>
}
/** One line of a log. */
export type LogEvent = { id: string; at: string; stream: string; message: string }

/** CloudWatch Logs of one account and Region. Everything is paged inside and takes its quota. */
export type Logs = {
  /** Log groups by name; those that AWS doesn't know are left out. */
  describeGroups: (call: Call, names: readonly string[]) => Promise<LogGroup[]>
  /** Every log group, page by page (50 each). */
  listGroups: (call: Call) => AsyncIterable<LogGroup[]>
  /** Metric filters of one log group, or of every one, page by page (50 each). */
  listMetricFilters: (call: Call, logGroupName?: string) => AsyncIterable<MetricFilter[]>
  /**
   * Events of a log group, oldest first; `next` is where to go on, and may be there after a page with nothing: a long search
   * comes in parts. `pattern` is AWS's filter pattern.
   */
  filterEvents: (
    call: Call,
    search: {
      group: string
      from: Date
      to: Date
      pattern: string | undefined
      /** 1 to 10,000. */
      limit: number
      token: string | undefined
    },
  ) => Promise<{ events: LogEvent[]; next: string | null }>
  putRetention: (call: Call, name: string, days: number) => Promise<void>
  /** Events never expire from then on. */
  deleteRetention: (call: Call, name: string) => Promise<void>
}
