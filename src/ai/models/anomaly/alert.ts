import { evidenceNames, tailCount } from './evidence.ts'
import type { Settings } from './settings.ts'

/**
 * What the alerts so far leave behind: the strongest recent evidence, which a repetition has to surpass, and what each alert added to the bar. Both
 * fade with time.
 */
export type Bar = { strongest: number; budget: number; lastIndex: number }

export const createBar = (): Bar => ({ strongest: 0, budget: 0, lastIndex: 0 })

/** Only evidence that comes at once opens the gate; what builds up over hours adds to it but can't raise an alert alone. */
const isSudden = evidenceNames.map(
  (name, k) => k < tailCount && !['mean12', 'mean72', 'mean144', 'spread'].includes(name),
)
const suddenFrom = 4
const suddenAtLeast = 1

/** How much each evidence adds, given the surprises and how many values came before; undefined while the gate is closed. */
export const contributions = (
  surprises: Float64Array,
  index: number,
  { weights, from, perLogCount }: Settings,
): Float64Array | undefined => {
  let sudden = 0
  for (let k = 0; k < tailCount; k++) {
    if (isSudden[k] === true && surprises[k]! > suddenFrom) sudden += surprises[k]! - suddenFrom
  }
  if (!(sudden > suddenAtLeast)) return undefined
  // Among more values there are more far ones: the bar for what is unusual rises with the logarithm of their number.
  const least = from + perLogCount * Math.log(Math.min(6000, Math.max(500, index)) / 500)
  return surprises.map((surprise, k) => Math.max(0, surprise - least) * weights[evidenceNames[k]!])
}

/** The sum of the evidence above the bar, from 0 to 1; moves the bar. */
export const scoreAgainstBar = (bar: Bar, total: number, index: number, stepMs: number, settings: Settings): number => {
  const pace = (300_000 / stepMs) ** settings.paceExponent
  const passed = index - bar.lastIndex
  const strength = total / (1 + total / settings.cap)
  bar.lastIndex = index
  bar.strongest *= Math.exp(-passed / Math.max(1, settings.repeatSteps * pace))
  bar.budget *= Math.exp(-passed / (settings.budgetSteps * pace))
  const above = strength - settings.repeat * bar.strongest - bar.budget
  bar.strongest = Math.max(bar.strongest, strength)
  if (above > settings.alertAt) bar.budget += settings.perAlert * settings.alertAt
  return above > 0 ? above / (above + settings.cap / 4) : 0
}
