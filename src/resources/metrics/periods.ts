const daySeconds = 86_400

/**
 * The finest points that CloudWatch still has of data so old: minutes for 15 days, five minutes for 63 days, hours for 455.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html
 */
export const shortestPeriodAt = (ageMs: number): number => {
  const days = ageMs / 1000 / daySeconds
  return days <= 15 ? 60 : days <= 63 ? 300 : 3600
}

/** Lengths that are usual on a time axis. */
const steps = [60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, daySeconds]

/** The period for a chart about `points` wide, no finer than what there is. */
export const fittingPeriod = (spanSeconds: number, points: number, shortest: number): number =>
  steps.find((step) => step >= spanSeconds / points && step % shortest === 0) ?? daySeconds
