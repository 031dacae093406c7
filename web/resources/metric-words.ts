import { bytesWords, count, usd } from '../design/words.ts'

const measured =
  /:(?:instance\/|volume\/|loadbalancer\/(?:app|net)\/|targetgroup\/|function:|log-group:|alarm:)|:autoScalingGroupName\/|:s3:::[^/]+$/

/** Whether CloudWatch has metrics of a resource, by the form of its ARN. */
export const hasMetrics = (id: string): boolean => measured.test(id)

const small = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })

/** A value in its unit, short enough for an axis: "12.5 %", "3.2 MB", "240 ms", "1.2K". */
export const metricValue = (value: number, unit: string): string => {
  switch (unit) {
    case 'Percent':
      return `${small.format(value)} %`
    case 'USD':
      return Math.abs(value) < 1000 ? usd(value) : `$${compact.format(value)}`
    case 'Bytes':
      return bytesWords(value)
    case 'Seconds':
      return value < 1 ? `${small.format(value * 1000)} ms` : `${small.format(value)} s`
    case 'Milliseconds':
      return value < 1000 ? `${small.format(value)} ms` : `${small.format(value / 1000)} s`
    default:
      return Math.abs(value) < 1000 ? small.format(value) : compact.format(value)
  }
}

const named: Record<string, string> = {
  CPUUtilization: 'CPU',
  mem_used_percent: 'Memory used',
  disk_used_percent: 'Disk used',
  TargetResponseTime: 'Response time of targets',
  HTTPCode_Target_5XX_Count: 'Errors of targets (5xx)',
  HTTPCode_ELB_5XX_Count: 'Errors of the load balancer (5xx)',
  TCP_Target_Reset_Count: 'Resets by targets',
  UnHealthyHostCount: 'Unhealthy hosts',
}

/** "NetworkIn" -> "Network in". */
export const metricName = (name: string): string => {
  const words = named[name] ?? name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/CPU(?=[A-Z])/g, 'CPU ')
  return (
    named[name] ?? words.charAt(0) + words.slice(1).replaceAll(/\b[A-Z](?=[a-z])/g, (letter) => letter.toLowerCase())
  )
}

/** "a point for each 5 minutes". */
export const periodWords = (seconds: number): string => {
  const [value, unit] =
    seconds < 3600 ? [seconds / 60, 'minute'] : seconds < 86_400 ? [seconds / 3600, 'hour'] : [seconds / 86_400, 'day']
  return value === 1 ? `each ${unit}` : `each ${count(value)} ${unit}s`
}

const statistics: Record<string, string> = { Average: 'Average', Sum: 'Sum', Maximum: 'Highest', Minimum: 'Lowest' }
export const statisticWords = (statistic: string): string => statistics[statistic] ?? statistic
