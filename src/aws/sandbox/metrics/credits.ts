/**
 * CPU credits that a burstable type earns an hour, and the CPU in percent that they last for without end.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
 */
const table: Record<string, { perHour: number; baselinePercent: number }> = {
  't2.micro': { perHour: 6, baselinePercent: 10 },
  't2.small': { perHour: 12, baselinePercent: 20 },
  't2.medium': { perHour: 24, baselinePercent: 20 },
  't2.large': { perHour: 36, baselinePercent: 30 },
  't3.micro': { perHour: 12, baselinePercent: 10 },
  't3.small': { perHour: 24, baselinePercent: 20 },
  't3.medium': { perHour: 24, baselinePercent: 20 },
  't3.large': { perHour: 36, baselinePercent: 30 },
  't3.xlarge': { perHour: 96, baselinePercent: 40 },
  't3.2xlarge': { perHour: 192, baselinePercent: 40 },
  't4g.micro': { perHour: 12, baselinePercent: 10 },
  't4g.small': { perHour: 24, baselinePercent: 20 },
  't4g.medium': { perHour: 24, baselinePercent: 20 },
  't4g.large': { perHour: 36, baselinePercent: 30 },
  't4g.xlarge': { perHour: 96, baselinePercent: 40 },
}

export const creditsPerHour = (instanceType: string): number | undefined => table[instanceType]?.perHour
export const baselineOf = (instanceType: string): number | undefined => table[instanceType]?.baselinePercent
