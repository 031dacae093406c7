import type { KnownSetting } from './model.ts'

/** Kept for the last look, so that no group is left out for having it already. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const longestRetention = 3653

export const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
]

/** An alarm of that name without actions; its threshold tells it from others. */
export const alarmOf = ({ arn }: KnownSetting, threshold: number): object => ({
  name: arn.slice(arn.lastIndexOf(':') + 1),
  namespace: 'AWS/EC2',
  metricName: 'CPUUtilization',
  statistic: 'Average',
  period: 300,
  evaluationPeriods: 3,
  threshold,
  comparisonOperator: 'GreaterThanThreshold',
})
