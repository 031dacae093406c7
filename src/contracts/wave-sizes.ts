import type { Waves } from './bulk.ts'

/** More targets than this go in waves unless the request says otherwise, and raise the risk of a plan. */
export const manyTargets = 100

/** Of what has begun, so many may fail before the rest isn't begun any more: unless the request says otherwise, with waves. */
export const defaultBudget = 0.05

/** One target, 5 %, 25 %, the rest. */
const defaultWaves: readonly number[] = [1, 0.05, 0.25]

/**
 * How many targets each wave has. Whole numbers are targets; fractions are shares of all, rounded up; what is left is the
 * last wave. A 1 at the end of a longer list means "the rest", not one more target. Waves for which nothing is left are
 * dropped; one wave is as good as none.
 *
 * Left out, it is the default above 100 targets (where the risk rises, too) and none below.
 */
export const waveSizes = (waves: Waves | undefined, targets: number): number[] => {
  const sizes: number[] = []
  let left = targets
  for (const wave of wavesOf(waves, targets)) {
    // Shares like 0.07 aren't exact in binary: 0.07 * 100 is a little more than 7 and must not become 8.
    const size = Math.min(left, wave < 1 ? Math.ceil(Number((wave * targets).toFixed(6))) : wave)
    if (size > 0) sizes.push(size)
    left -= size
  }
  if (left > 0) sizes.push(left)
  return sizes
}

const wavesOf = (waves: Waves | undefined, targets: number): readonly number[] => {
  if (waves === undefined) return targets > manyTargets ? defaultWaves : []
  if (waves === 'none') return []
  if (waves === 'default') return defaultWaves
  return waves.length > 1 && waves.at(-1) === 1 ? waves.slice(0, -1) : waves
}
