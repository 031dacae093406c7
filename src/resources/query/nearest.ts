/**
 * The name that a misspelt one is closest to, if any is close: at most a third of its letters (and one in any case) are
 * changed, missing, too many or swapped with their neighbour. Capitals don't count.
 */
export const nearest = (misspelt: string, names: readonly string[]): string | undefined => {
  const wanted = misspelt.toLowerCase()
  const most = Math.max(1, Math.floor(wanted.length / 3))
  let best: { name: string; distance: number } | undefined
  for (const name of names) {
    // Longer or shorter by more than that is not close, and needs no table.
    if (Math.abs(name.length - wanted.length) > most) continue
    const distance = distanceOf(wanted, name.toLowerCase())
    if (distance <= most && (best === undefined || distance < best.distance)) best = { name, distance }
  }
  return best?.name
}

/** Optimal string alignment: https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance */
const distanceOf = (a: string, b: string): number => {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const at = (cells: number[], index: number): number => cells[index] ?? Number.POSITIVE_INFINITY
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, at(before, j - 2) + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return last[b.length] ?? Number.POSITIVE_INFINITY
}
