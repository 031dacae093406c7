/** A partition is looked at once a minute, and every quarter of one while something in it is on the way to another state. */
const usualSeconds = 60
export const movingSeconds = 15
/** A sweep may take up at most this part of the time: a partition that takes 30 s to read is read every ten minutes. */
export const shareOfTime = 1 / 20
const longestSeconds = 3600
const firstRetrySeconds = 15
const longestRetrySeconds = 900

/**
 * When a partition is due again after a complete sweep, and for how long what it saw counts as fresh: until twice the
 * interval has passed, so that one late sweep doesn't turn everything stale.
 */
export const nextSweep = (sweep: {
  seconds: number
  isMoving: boolean
}): { nextInSeconds: number; freshForSeconds: number } => {
  const wanted = sweep.isMoving ? movingSeconds : usualSeconds
  const nextInSeconds = Math.min(Math.max(wanted, sweep.seconds / shareOfTime), longestSeconds)
  return { nextInSeconds, freshForSeconds: 2 * Math.max(nextInSeconds, usualSeconds) }
}

/** When to try again after so many failures in a row: 15 s, 30 s, 1 min, ... at most 15 min. */
export const nextTry = (failures: number): number =>
  Math.min(firstRetrySeconds * 2 ** Math.max(0, failures - 1), longestRetrySeconds)
