/**
 * How unusual a value is against all earlier ones: -ln of the probability of one at least as far out, on its side of zero. Up
 * to the 2 % furthest out the probability is the share that was seen; beyond, a generalised Pareto distribution goes on from there
 * (peaks over threshold: Pickands, Annals of Statistics 3, 1975; for streams Siffer et al., KDD 2017), with a fixed shape and the
 * mean excess as its scale. What was seen is kept as counts in bins of a quarter octave and forgotten slowly.
 */
export type Tail = {
  bins: Float32Array
  count: number
  added: number
}

const binsPerSide = 112
const binsPerOctave = 4
const lowestOctave = -12
const shape = 0.25
const beyond = 0.02
/** Values after which one counts for 1/e. */
const memory = 6000
const forgetEvery = 64
const forget = (1 - 1 / memory) ** forgetEvery

export const tailSize = 2 * binsPerSide

export const createTail = (bins: Float32Array = new Float32Array(tailSize)): Tail => ({
  bins,
  count: 0,
  added: 0,
})

/** Where the bins begin, and their middles. */
const edges = Float64Array.from({ length: binsPerSide + 1 }, (_, i) => 2 ** (lowestOctave + (i - 1) / binsPerOctave))
const middles = Float64Array.from({ length: binsPerSide }, (_, i) => 2 ** (lowestOctave + (i - 0.5) / binsPerOctave))
const lowest = 2 ** lowestOctave

const binOf = (size: number): number =>
  size > lowest ? Math.min(binsPerSide - 1, 1 + Math.floor((Math.log2(size) - lowestOctave) * binsPerOctave)) : 0

/** -ln of the probability that a value of this side is at least as large; 0 for what is too small to matter. */
export const surprise = ({ bins, count }: Tail, value: number): number => {
  const size = Math.abs(value)
  const bin = binOf(size)
  if (bin === 0 || count < 1) return 0
  const offset = value >= 0 ? 0 : binsPerSide
  const need = Math.max(beyond * count, 6)
  let above = 0
  let threshold = binsPerSide - 1
  while (threshold > 1) {
    const here = bins[offset + threshold]!
    if (above + here >= need) break
    above += here
    threshold--
  }
  const exceeding = above + bins[offset + threshold]!
  if (exceeding < 0.5) return Math.log(count + 1) + Math.log1p((shape * size) / 0.5) / shape
  if (bin <= threshold) {
    let further = above
    for (let k = threshold; k >= bin; k--) further += bins[offset + k]!
    return Math.log((count + 1) / (further + 0.5))
  }
  const from = edges[threshold]!
  let excess = 0
  let further = 0
  let furthest = threshold
  for (let k = threshold; k < binsPerSide; k++) {
    const here = bins[offset + k]!
    if (here > 0) {
      excess += here * (middles[k]! - from)
      if (k >= bin) further += here
      if (here > 0.1) furthest = k
    }
  }
  const scale = (excess + 0.5 * from) / (exceeding + 1)
  const extrapolated = Math.log((count + 1) / (exceeding + 0.5)) + Math.log1p((shape * (size - from)) / scale) / shape
  // What recurs is no news, however far from the rest: no more surprise than the share that was as far out, and beyond the
  // furthest only as much more as it is further.
  const recurring =
    Math.log((count + 1) / (further + 0.5)) + (bin > furthest ? Math.log(size / edges[furthest + 1]!) / shape : 0)
  return Math.min(extrapolated, Math.max(0, recurring))
}

export const learn = (tail: Tail, value: number): void => {
  tail.bins[(value >= 0 ? 0 : binsPerSide) + binOf(Math.abs(value))]! += 1
  tail.count += 1
  tail.added += 1
  if (tail.added % forgetEvery === 0) {
    const { bins } = tail
    for (let k = 0; k < tailSize; k++) bins[k]! *= forget
    tail.count *= forget
  }
}

/** How far 99 of 100 values of all reach on this side; what was rarer than that is beyond. */
export const reachOf = ({ bins, count }: Tail, side: 'above' | 'below'): number => {
  const offset = side === 'above' ? 0 : binsPerSide
  let beyondIt = 0
  for (let k = binsPerSide - 1; k > 0; k--) {
    beyondIt += bins[offset + k]!
    if (beyondIt > 0.01 * count) return edges[k + 1]!
  }
  return 0
}
