/**
 * The value below which `percent` of the sorted values lie, in a straight line between neighbours (definition 7 of Hyndman and Fan, The American
 * Statistician 50, 1996; what NumPy and spreadsheets do). NaN for none.
 */
export const percentile = (sorted: ArrayLike<number>, percent: number): number => {
  const at = ((sorted.length - 1) * percent) / 100
  const below = Math.floor(at)
  const low = sorted[below] ?? Number.NaN
  return low + (at - below) * ((sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN) - low)
}

/** Ascending, without what is not a number. */
export const sortedFinite = (values: ArrayLike<number>): Float64Array =>
  Float64Array.from(Array.from(values).filter(Number.isFinite)).sort()
