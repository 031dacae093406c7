/**
 * Root mean square distance from the latest `width` values to the most similar stretch of the same time of day, give or take twenty minutes, of up to 14 days before: the
 * left nearest neighbour (Yeh et al., ICDM 2016), with the levels left as they are, among those that time explains. `history[end]` is the latest
 * value, `history[start]` the oldest, and a day has `day` values. Most candidates are given up after a few differences. 0 while there is no such day.
 */
export const noveltyForTime = (options: {
  history: Float32Array
  start: number
  end: number
  day: number
  width: number
}): number => {
  const { history, start, end, day, width } = options
  const slack = Math.max(2, Math.round(day / 72))
  let best = Infinity
  for (let d = 1; d <= 14; d++) {
    const centre = end - d * day
    if (centre - slack - width < start) break
    const last = Math.min(centre + slack, end - width)
    for (let j = centre - slack; j <= last; j++) {
      let sum = 0
      for (let k = 0; sum < best && k < width; k++) {
        const difference = history[end - k]! - history[j - k]!
        sum += difference * difference
      }
      if (sum < best) best = sum
    }
  }
  return best === Infinity ? 0 : Math.sqrt(best / width)
}
