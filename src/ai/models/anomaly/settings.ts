import type { NoveltyName } from './evidence.ts'

/** One setting for all series. */
export type Settings = {
  weights: Record<NoveltyName, number>
  /** Surprise (-ln of a probability) below which novelty counts for nothing, and by how much this rises with the logarithm of the number of values. */
  from: number
  perLogCount: number
  /** The least that the most surprising of them has to be. */
  gate: number
  /** The most that all of them together can amount to. */
  cap: number
  /** Share of the strongest recent novelty that a new one has to surpass, and the steps (of 5 minutes) in which it fades to 1/e. */
  repeat: number
  repeatSteps: number
  /** What is above the bar by more than `alertAt` raises it by the share `perAlert` of that; it fades within `budgetSteps` (of 5 minutes). */
  alertAt: number
  perAlert: number
  budgetSteps: number
  /** How far above the bar an anomaly is, which makes the score 0.5. */
  anomalyAt: number
  /** A score of at least this is an anomaly. */
  threshold: number
}
