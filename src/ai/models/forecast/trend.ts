/** A line with the interval in which a single value lies 95 times of 100. */
export type Trend = {
  points: { value: number; low: number; high: number }[]
  /** How many of the last values it is the line of. */
  used: number
  /** The longest stretch that is about a line, and by how much it rose or fell; the line may have begun within it. */
  stretch: { length: number; change: number }
}

/** Windows that are tried, the longest first: the longest stretch that is a line says most about it. */
const windows = [72, 48, 36, 24, 18, 14, 12, 10, 8, 6]
/** Share of the variance that a line has to explain for the stretch to be one. */
const straightness = 0.97

/**
 * Continues the line of the last values by `horizon` steps; undefined where the last values are none. The interval is that of ordinary
 * least squares for a single value (Draper and Smith, Applied Regression Analysis, chapter 1.4), widened by how much the slopes of the
 * two halves differ: a line that bends is believed less the further it goes.
 */
export const continueLine = (values: readonly number[], horizon: number): Trend | undefined => {
  const lines = windows.flatMap((width) => {
    const last = values.slice(-width)
    if (last.length < width || !last.every(Number.isFinite)) return []
    const line = fitLine(last)
    return line.explained < straightness ? [] : [{ last, width, line }]
  })
  const smoothest = Math.min(...lines.map(({ line }) => line.deviation))
  // A longer stretch that scatters much more begins before the line does.
  const chosen = lines.find(({ line }) => line.deviation <= 2 * smoothest)
  if (chosen === undefined) return undefined
  const { last, width, line } = chosen
  // The first one is the longest.
  const longest = lines[0]!
  const half = width >> 1
  const bend = Math.abs(fitLine(last.slice(-half)).slope - fitLine(last.slice(0, half)).slope) / 2
  const points = Array.from({ length: horizon }, (_, index) => {
    const x = width + index
    const value = line.at(x)
    const wide =
      tQuantile(width - 2) * line.deviation * Math.sqrt(1 + 1 / width + (x - line.middle) ** 2 / line.spread) +
      bend * (index + 1)
    return { value, low: value - wide, high: value + wide }
  })
  return {
    points,
    used: width,
    stretch: { length: longest.width, change: longest.line.slope * (longest.width - 1) },
  }
}

const fitLine = (y: readonly number[]) => {
  const n = y.length
  const middle = (n - 1) / 2
  const mean = y.reduce((sum, value) => sum + value, 0) / n
  let spread = 0
  let joint = 0
  let total = 0
  for (const [x, value] of y.entries()) {
    spread += (x - middle) ** 2
    joint += (x - middle) * (value - mean)
    total += (value - mean) ** 2
  }
  const slope = joint / spread
  const left = Math.max(0, total - slope * joint)
  return {
    slope,
    middle,
    spread,
    at: (x: number): number => mean + slope * (x - middle),
    deviation: Math.sqrt(left / Math.max(1, n - 2)),
    explained: total > 0 ? 1 - left / total : 0,
  }
}

/** Of Student's t at 97.5 %, to two percent from four degrees of freedom on: 2.78 at 4, 2.23 at 10, 1.96 without end. */
const tQuantile = (freedom: number): number => 1.96 + 2.37 / freedom + 2.8 / freedom ** 2
