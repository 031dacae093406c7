import { riskSchema } from '#contracts/task.ts'
import type { Risk } from '#contracts/task.ts'
import { manyTargets } from '#contracts/wave-sizes.ts'

const classes = riskSchema.options
export const riskRank = (risk: Risk): number => classes.indexOf(risk)

/** Whether a class is not above another. */
export const isRiskAtMost = (risk: Risk, highest: Risk): boolean => riskRank(risk) <= riskRank(highest)

export const highestRisk = (risks: readonly Risk[]): Risk =>
  risks.reduce((highest, risk) => (riskRank(risk) > riskRank(highest) ? risk : highest), 'R0')

/**
 * The class of a plan: the highest that its targets call for, raised by one when there are more than 100. It follows from
 * operation, parameters and targets alone.
 */
export const riskOfPlan = (risks: readonly Risk[]): Risk => {
  const highest = highestRisk(risks)
  if (risks.length <= manyTargets) return highest
  return classes[Math.min(riskRank(highest) + 1, classes.length - 1)] ?? 'R4'
}
