import { riskSchema } from '#contracts/task.ts'
import type { Risk } from '#contracts/task.ts'

const classes = riskSchema.options
const rank = (risk: Risk): number => classes.indexOf(risk)

/** More targets than this raise the class by one. */
export const manyTargets = 100

/** Whether a class is not above another. */
export const isRiskAtMost = (risk: Risk, highest: Risk): boolean => rank(risk) <= rank(highest)

export const highestRisk = (risks: readonly Risk[]): Risk =>
  risks.reduce((highest, risk) => (rank(risk) > rank(highest) ? risk : highest), 'R0')

/**
 * The class of a plan: the highest that its targets call for, raised by one when there are more than 100. It follows from
 * operation, parameters and targets alone.
 */
export const riskOfPlan = (risks: readonly Risk[]): Risk => {
  const highest = highestRisk(risks)
  if (risks.length <= manyTargets) return highest
  return classes[Math.min(rank(highest) + 1, classes.length - 1)] ?? 'R4'
}
