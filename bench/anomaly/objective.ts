/** A labelled series while it is tuned on: the scores of the rows at which the gate is open, all others being 0. */
export type Labelled = {
  rows: Int32Array
  scores: Float64Array
  count: number
  windows: [number, number][] | undefined
  labels: boolean[] | undefined
}

/** Thresholds that are tried, from high to low. */
export const thresholds: readonly number[] = Array.from({ length: 120 }, (_, i) => 0.96 * 0.97 ** i)

/**
 * The score of the Numenta Anomaly Benchmark v1.1 at each threshold, as the mean of its three profiles, by its published rules
 * (Lavin and Ahmad, ICMLA 2015). For choosing settings; figures that are published come from a scorer that is not of this project.
 */
export const nabScores = (all: readonly Labelled[]): number[] => {
  const series = all.filter(({ windows }) => windows !== undefined).map((one) => ({ ...one, parts: partsOf(one) }))
  const windowCount = series.reduce((sum, { windows }) => sum + (windows?.length ?? 0), 0)
  return thresholds.map((threshold) => {
    let total = 0
    for (const [costOfFalse, costOfMissed] of [
      [0.11, 1],
      [0.22, 1],
      [0.11, 2],
    ] as const) {
      let raw = 0
      for (const { rows, scores, count, windows = [], parts } of series) {
        const best = new Float64Array(windows.length).fill(-costOfMissed)
        const probation = Math.min(Math.floor(0.15 * count), 750)
        for (let i = 0; i < rows.length; i++) {
          if (scores[i]! < threshold || rows[i]! < probation) continue
          const { window, unit } = parts[i]!
          if (window === -1) raw += costOfFalse * unit
          else best[window] = Math.max(best[window]!, unit)
        }
        raw += best.reduce((sum, value) => sum + value, 0)
      }
      total += (100 * (raw + costOfMissed * windowCount)) / (windowCount * (1 + costOfMissed)) / 3
    }
    return total
  })
}

const squash = (x: number): number => (x > 3 ? -1 : 2 / (1 + Math.exp(5 * x)) - 1)

/** For each row: the window it is in, and what a detection there is worth. */
const partsOf = ({ rows, windows = [] }: Labelled): { window: number; unit: number }[] =>
  Array.from(rows, (row) => {
    const window = windows.findIndex(([from, to]) => row >= from && row <= to)
    if (window !== -1) {
      const [from, to] = windows[window]!
      return { window, unit: squash(-(to - row + 1) / (to - from + 1)) / squash(-1) }
    }
    const previous = windows.filter(([, to]) => to < row).at(-1)
    return {
      window,
      unit: previous === undefined ? -1 : squash((row - previous[1]) / (previous[1] - previous[0])),
    }
  })

/** F1 over labelled events at each threshold: an alert has none in the 10 rows before it, and may come 3 rows late. */
export const eventScores = (all: readonly Labelled[]): number[] =>
  thresholds.map((threshold) => {
    let alerts = 0
    let found = 0
    let events = 0
    for (const { rows, scores, count, labels } of all) {
      if (labels === undefined) continue
      const from = Math.floor(0.15 * count)
      const runs = runsOf(labels, from)
      const raised: number[] = []
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!
        if (row >= from && scores[i]! >= threshold && row - (raised.at(-1) ?? -11) > 10) raised.push(row)
      }
      const isIn = (row: number, [a, b]: [number, number]): boolean => row >= a && row <= b + 3
      const hit = runs.filter((run) => raised.some((row) => isIn(row, run))).length
      alerts += hit + raised.filter((row) => !runs.some((run) => isIn(row, run))).length
      found += hit
      events += runs.length
    }
    return found === 0 ? 0 : (2 * found) / (alerts + events)
  })

const runsOf = (labels: readonly boolean[], from: number): [number, number][] => {
  const runs: [number, number][] = []
  for (const [i, isLabelled] of labels.entries()) {
    if (!isLabelled) continue
    const last = runs.at(-1)
    if (last !== undefined && i - last[1] === 1) last[1] = i
    else runs.push([i, i])
  }
  return runs.filter(([, to]) => to >= from).map(([a, b]) => [Math.max(a, from), b])
}
