/** A bounded number of values kept in order, for quantiles and nearest neighbours. */
export type Sorted = { values: Float32Array; count: number }

export const createSorted = (capacity: number, from: Float32Array = new Float32Array()): Sorted => {
  const values = new Float32Array(capacity + 1)
  values.set(from.toSorted())
  return { values, count: from.length }
}

/** How many are smaller. */
const rank = ({ values, count }: Sorted, value: number): number => {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

export const insert = (sorted: Sorted, value: number): void => {
  const at = rank(sorted, value)
  sorted.values.copyWithin(at + 1, at, sorted.count)
  sorted.values[at] = value
  sorted.count++
}

/** Takes out one that is there. */
export const remove = (sorted: Sorted, value: number): void => {
  const at = rank(sorted, value)
  sorted.values.copyWithin(at, at + 1, sorted.count)
  sorted.count--
}

export const quantile = ({ values, count }: Sorted, share: number): number =>
  values[Math.min(count - 1, Math.floor(share * count))]!

/** Distance to the nearest; 0 while there is none. */
export const nearest = (sorted: Sorted, value: number): number => {
  if (sorted.count === 0) return 0
  const at = rank(sorted, value)
  const above = at < sorted.count ? sorted.values[at]! - value : Infinity
  const below = at > 0 ? value - sorted.values[at - 1]! : Infinity
  return Math.min(above, below)
}
