/**
 * The seasons of a series, in steps: the shorter one (a day, or a week of daily values) and its long one (a week of hours or
 * minutes), if the history is long enough to show it.
 */
export type Seasons = { short: number; long: number | undefined }

/** Undefined for steps that fit neither a day nor a week. */
export const seasonsOf = (stepSeconds: number, count: number): Seasons | undefined => {
  const day = Math.round(86_400 / stepSeconds)
  if (day >= 4) return { short: day, long: count >= 15 * day ? 7 * day : undefined }
  return Math.round(86_400 / stepSeconds) === 1 ? { short: 7, long: undefined } : undefined
}
