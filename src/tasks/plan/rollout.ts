import type { OnBudget, RolloutRequest, WatchedAlarm } from '#contracts/bulk.ts'
import { defaultBudget, waveSizes } from '#contracts/wave-sizes.ts'

/** How a plan goes through its targets, with the defaults filled in: what its hash covers and what is filed. */
export type Rollout = {
  /** Targets in each wave; fewer than two are no waves. */
  sizes: number[]
  /** Seconds of cloud time between two waves. */
  soakSeconds: number
  /** Null: no budget. */
  errorBudget: number | null
  onBudget: OnBudget
  /** Alarms that pause it; none when left out. */
  watchAlarms?: readonly WatchedAlarm[]
}

/** Fills in what a request leaves open. Without waves there is nothing to soak between. */
export const rolloutOf = (
  request: RolloutRequest,
  targets: number,
  watchAlarms: readonly WatchedAlarm[] = [],
): Rollout => {
  const sizes = waveSizes(request.waves, targets)
  const hasWaves = sizes.length > 1
  const errorBudget = request.errorBudget === undefined ? (hasWaves ? defaultBudget : null) : request.errorBudget
  return {
    sizes,
    soakSeconds: hasWaves ? (request.soakSeconds ?? 0) : 0,
    errorBudget,
    onBudget: errorBudget === null ? 'stop' : (request.onBudget ?? 'stop'),
    ...(watchAlarms.length === 0 ? {} : { watchAlarms }),
  }
}

/**
 * With so many targets released, the most that may fail; null without a budget. A share is one of those released, so that
 * the failure of a wave of one target is a failure of all of it.
 */
export const mostFailures = (errorBudget: number | null, released: number): number | null => {
  if (errorBudget === null) return null
  // 0.07 * 100 is a little more than 7: rounded before it is cut off, as for the sizes of waves.
  return Number.isInteger(errorBudget) ? errorBudget : Math.floor(Number((errorBudget * released).toFixed(6)))
}
