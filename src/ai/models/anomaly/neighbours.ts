/**
 * Root mean square distance from the latest `width` values to the most similar earlier stretch that doesn't overlap them: the left
 * nearest neighbour, the novelty of a "left" matrix profile (Yeh et al., ICDM 2016; Lu et al., KDD 2022), with the levels left as they are.
 * `history[end]` is the latest value, `history[start]` the oldest. Most candidates are given up after one or two differences, and the search
 * ends, from the latest backwards, with a distance of no more than `enough`: how ordinary the ordinary is makes no difference.
 */
export const novelty = (options: {
  history: Float32Array
  start: number
  end: number
  width: number
  enough: number
}): number => {
  const { history, start, end, width } = options
  if (end - start < 2 * width + 8) return 0
  const enough = options.enough ** 2 * width
  const reach = width - 1
  const latest = history[end]!
  let best = Infinity
  for (let j = end - width; j >= start + reach; j--) {
    const first = latest - history[j]!
    let sum = first * first
    for (let k = 1; sum < best && k <= reach; k++) {
      const difference = history[end - k]! - history[j - k]!
      sum += difference * difference
    }
    if (sum < best) {
      best = sum
      if (best <= enough) break
    }
  }
  return best === Infinity ? 0 : Math.sqrt(best / width)
}

/**
 * The same for the latest four values among those of the same time of day, give or take twenty minutes, of up to 14 days before: what is usual at
 * another time is new here. 0 while there is no such day.
 */
export const noveltyForTime = (history: Float32Array, start: number, end: number, day: number): number => {
  const slack = Math.max(2, Math.round(day / 72))
  let best = Infinity
  for (let d = 1; d <= 14; d++) {
    const centre = end - d * day
    if (centre - slack - 4 < start) break
    for (let j = centre - slack; j <= centre + slack && j <= end - 4; j++) {
      let sum = 0
      for (let k = 0; sum < best && k < 4; k++) {
        const difference = history[end - k]! - history[j - k]!
        sum += difference * difference
      }
      if (sum < best) best = sum
    }
  }
  return best === Infinity ? 0 : Math.sqrt(best / 4)
}
