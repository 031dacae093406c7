/** Unless its type says otherwise, a partition is swept once a minute. */
const usualSeconds = 60
/** What is on the way to another state is looked at that often. */
export const movingSeconds = 15
/** A sweep may take up at most this part of the time: a type that takes 30 s to read is read every ten minutes. */
export const shareOfTime = 1 / 20
const longestSeconds = 3600
const firstRetrySeconds = 15
const longestRetrySeconds = 900

/** How often resources of a type are swept, and for how long what a sweep saw counts as fresh: twice that, unless it says more. */
export type Lifetime = { sweptEverySeconds: number; freshForSeconds?: number }

/**
 * When a type is due again after a complete sweep, and for how long what it saw counts as fresh: until twice the interval has
 * passed, so that one late sweep doesn't turn everything stale.
 */
export const nextSweep = (sweep: {
  seconds: number
  lifetime?: Lifetime | undefined
}): { nextInSeconds: number; freshForSeconds: number } => {
  const wanted = sweep.lifetime?.sweptEverySeconds ?? usualSeconds
  const nextInSeconds = Math.min(Math.max(wanted, sweep.seconds / shareOfTime), Math.max(wanted, longestSeconds))
  return { nextInSeconds, freshForSeconds: Math.max(2 * nextInSeconds, sweep.lifetime?.freshForSeconds ?? 0) }
}

/** When to try again after so many failures in a row: 15 s, 30 s, 1 min, ... at most 15 min. */
export const nextTry = (failures: number): number =>
  Math.min(firstRetrySeconds * 2 ** Math.max(0, failures - 1), longestRetrySeconds)
