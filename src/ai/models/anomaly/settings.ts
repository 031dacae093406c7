import { evidenceNames } from './evidence.ts'
import type { EvidenceName } from './evidence.ts'

/** One setting for all series. */
export type Settings = {
  weights: Record<EvidenceName, number>
  /** Surprise (-ln of a probability) below which evidence counts for nothing, and by how much this rises with the logarithm of the number of values. */
  from: number
  perLogCount: number
  /** The most that all evidence together can amount to. */
  cap: number
  /** Share of the strongest recent evidence that new evidence has to surpass, and the steps (of 5 minutes) in which it fades to 1/e. */
  repeat: number
  repeatSteps: number
  /** Each step in alert raises the bar by this share of `alertAt`; it fades within `budgetSteps`. */
  alertAt: number
  perAlert: number
  budgetSteps: number
  /** Steps of another length than 5 minutes: how the times above follow it (1: the same time; 0: the same number of steps). */
  paceExponent: number
  /** A score of at least this is an anomaly. */
  threshold: number
}

export const noWeights = Object.fromEntries(evidenceNames.map((name) => [name, 0])) as Record<EvidenceName, number>
