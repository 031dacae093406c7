import { noveltyNames } from './evidence.ts'
import type { Settings } from './settings.ts'

/**
 * What the alerts so far leave behind: the strongest recent novelty, which a repetition has to surpass, and what each alert added to the bar for what
 * is new and to that for what is far. All of it fades with time.
 */
export type Bar = { strongest: number; budget: number; lastIndex: number; outliers: number }

export const createBar = (): Bar => ({ strongest: 0, budget: 0, lastIndex: 0, outliers: 0 })

/** Among so few values everything is new. */
const fewest = 150

/** How much each novelty adds, given the surprises and how many values came before; undefined while nothing is new enough. */
export const contributions = (
  surprises: Float64Array,
  index: number,
  { weights, from, perLogCount, gate }: Settings,
): Float64Array | undefined => {
  if (index < fewest || !noveltyNames.some((_, k) => surprises[k]! >= gate)) return undefined
  // Among more values there are more far ones: the bar for what is unusual rises with the logarithm of their number.
  const least = from + perLogCount * Math.log(Math.min(6000, Math.max(500, index)) / 500)
  return Float64Array.from(noveltyNames, (name, k) => Math.max(0, surprises[k]! - least) * weights[name])
}

/** How far the sum of the novelty is above the bar; moves the bar. */
export const aboveBar = (bar: Bar, total: number, index: number, stepMs: number, settings: Settings): number => {
  const pace = 300_000 / stepMs
  const passed = index - bar.lastIndex
  const strength = total / (1 + total / settings.cap)
  bar.lastIndex = index
  bar.strongest *= Math.exp(-passed / Math.max(1, settings.repeatSteps * pace))
  bar.budget *= Math.exp(-passed / (settings.budgetSteps * pace))
  const above = strength - settings.repeat * bar.strongest - bar.budget
  bar.strongest = Math.max(bar.strongest, strength)
  if (above > settings.alertAt) bar.budget += settings.perAlert * settings.alertAt
  return above
}

/** What is new has a score of 0.5 and more if it is far enough above the bar for an anomaly, else one that stays below an outlier's. */
export const scoreOfNovelty = (above: number, { anomalyAt, cap }: Settings): number =>
  above < anomalyAt
    ? (outlierScore * Math.max(0, above)) / anomalyAt
    : 0.5 + (0.5 * (above - anomalyAt)) / (above - anomalyAt + cap / 4)

/** What is far has at least this score, new or not, and 0.5 where it is very far. Each time takes more for a week. */
export const outlierScore = 0.25
const outlierFrom = 4
const outlierAt = 5
const veryFarAt = 8.9
const perOutlier = 0.5
const outlierFadesMs = 7 * 86_400_000

/** Score of a distance, of every value in turn; moves its bar. */
export const scoreOfDistance = (bar: Bar, distance: number, stepMs: number): number => {
  bar.outliers *= Math.exp(-stepMs / outlierFadesMs)
  const above = distance - bar.outliers
  if (above > outlierAt) bar.outliers += perOutlier
  if (above <= outlierFrom) return 0
  if (above < outlierAt) return (outlierScore * (above - outlierFrom)) / (outlierAt - outlierFrom)
  return Math.min(1, outlierScore + (0.25 * (above - outlierAt)) / (veryFarAt - outlierAt))
}
