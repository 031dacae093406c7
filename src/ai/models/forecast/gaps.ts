/**
 * Fills what is missing or not a number from the same time of the season before or after, else from the line between its
 * neighbours. Undefined if more than a third is missing.
 */
export const fillGaps = (values: ArrayLike<number>, season: number): Float64Array | undefined => {
  const y = Float64Array.from({ length: values.length }, (_, i) => values[i]!)
  const isKnown = Array.from(y, Number.isFinite)
  const known = isKnown.filter(Boolean).length
  if (known === 0 || known * 3 < y.length * 2) return undefined
  for (let i = 0; i < y.length; i++) {
    if (isKnown[i]) continue
    let before = i - 1
    while (before >= 0 && !isKnown[before]) before--
    let after = i + 1
    while (after < y.length && !isKnown[after]) after++
    const isShort = after - before <= Math.max(2, season / 8)
    const others = [i - season, i + season].filter((k) => k >= 0 && k < y.length && isKnown[k])
    if (!isShort && others.length > 0) y[i] = others.reduce((sum, k) => sum + y[k]!, 0) / others.length
    else if (before < 0) y[i] = y[after]!
    else if (after >= y.length) y[i] = y[before]!
    else y[i] = y[before]! + ((y[after]! - y[before]!) * (i - before)) / (after - before)
  }
  return y
}
