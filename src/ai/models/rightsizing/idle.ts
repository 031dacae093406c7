const mb = 1_000_000

export type Day = {
  /** Of the day, in percent. */
  peakCpu: number
  meanCpu: number
  /** In and out together. */
  networkBytes: number
}

/** `unknown` when there is too little to judge by: what was not measured is not idle. */
export type Idleness = { status: 'idle' | 'in_use' | 'unknown'; because: string }

/**
 * AWS Compute Optimizer's rule for idle EC2 instances
 * (https://docs.aws.amazon.com/compute-optimizer/latest/ug/view-idle-recommendations.html): on each of 14 days a peak below 5 % CPU and less than 5 MB of network
 * traffic. Exactly 5 % or 5 MB is in use. `days` are whole days, a day without measurements is NaN or missing.
 */
export const idleInstance = (days: readonly Day[]): Idleness => {
  const recent = days.slice(-14)
  const busy = recent.findIndex((day) => day.peakCpu >= 5 || day.networkBytes >= 5 * mb)
  if (busy !== -1) return { status: 'in_use', because: 'a day with 5 % of CPU or 5 MB of network traffic, or more' }
  const known = recent.filter((day) => Number.isFinite(day.peakCpu) && Number.isFinite(day.networkBytes))
  if (known.length < 14) return { status: 'unknown', because: `${known.length} of 14 days were measured` }
  return { status: 'idle', because: '14 days below 5 % of CPU at the peak and 5 MB of network traffic' }
}

/**
 * AWS Trusted Advisor's check "Low Utilization Amazon EC2 Instances"
 * (https://docs.aws.amazon.com/awssupport/latest/user/cost-optimization-checks.html): a daily mean of at most 10 % CPU and at most 5 MB of network traffic on
 * at least 4 of the last 14 days.
 */
export const lowUtilisation = (days: readonly Day[]): Idleness => {
  const recent = days.slice(-14)
  const low = recent.filter((day) => day.meanCpu <= 10 && day.networkBytes <= 5 * mb).length
  if (low >= 4) return { status: 'idle', because: `${low} of 14 days at most 10 % of CPU and 5 MB of network traffic` }
  const known = recent.filter((day) => Number.isFinite(day.meanCpu) && Number.isFinite(day.networkBytes)).length
  // The days that are missing might have been low ones.
  if (low + 14 - known >= 4) return { status: 'unknown', because: `${known} of 14 days were measured` }
  return { status: 'in_use', because: `${low} of 14 days were low` }
}

/** Compute Optimizer's rule for EBS volumes: not attached for 32 days. */
export const idleVolume = (unattachedDays: number | undefined): Idleness => {
  if (unattachedDays === undefined || !Number.isFinite(unattachedDays)) {
    return { status: 'unknown', because: 'nobody knows since when it is not attached' }
  }
  return unattachedDays >= 32
    ? { status: 'idle', because: `not attached for ${Math.floor(unattachedDays)} days` }
    : { status: 'in_use', because: `attached, or not attached for less than 32 days` }
}

/** Whether Compute Optimizer looks at a Lambda function: at most 1,792 MB of memory and at least 50 invocations in 14 days. */
export const isFunctionJudged = (of: { memoryMb: number; invocationsIn14Days: number }): boolean =>
  of.memoryMb <= 1792 && of.invocationsIn14Days >= 50
