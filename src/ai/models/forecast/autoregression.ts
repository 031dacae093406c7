import { solveRidge } from './ridge.ts'

/** A linear autoregression: y(t) - mean = Σ weight(k) (y(t - lag(k)) - mean). */
export type Autoregression = { lags: readonly number[]; weights: Float64Array; mean: number }

/**
 * Fits an autoregression by ridge regression (Hoerl and Kennard, Technometrics 12, 1970) on the last `window` values of `y`.
 * `ridge` is relative to the mean variance of the regressors, so that the fit follows the series' unit. Undefined if there are fewer rows than would
 * determine anything (a third of the lags) or the series doesn't vary.
 */
export const fitAutoregression = (
  y: Float64Array,
  lags: readonly number[],
  ridge: number,
  window = Infinity,
): Autoregression | undefined => {
  const p = lags.length
  const maxLag = Math.max(...lags)
  const from = Math.max(maxLag, y.length - window)
  const rows = y.length - from
  if (rows < Math.max(8, p / 3)) return undefined
  let mean = 0
  for (let t = from; t < y.length; t++) mean += y[t]! / rows
  const z = y.map((value) => value - mean)
  const gram = gramOf(z, lags, from)
  const right = new Float64Array(p)
  let trace = 0
  for (let i = 0; i < p; i++) {
    let sum = 0
    const lag = lags[i]!
    for (let t = from; t < z.length; t++) sum += z[t]! * z[t - lag]!
    right[i] = sum
    trace += gram[i * p + i]!
  }
  if (!(trace > 0)) return undefined
  const weights = solveRidge(gram, right, (ridge * trace) / p)
  return weights === undefined || !weights.every(Number.isFinite) ? undefined : { lags, weights, mean }
}

/** Σ z(t - lag i) z(t - lag j); where both lags are one more than those of an entry that is known, in two steps from it. */
const gramOf = (z: Float64Array, lags: readonly number[], from: number): Float64Array => {
  const p = lags.length
  const n = z.length
  const gram = new Float64Array(p * p)
  for (let i = 0; i < p; i++) {
    const a = lags[i]!
    for (let j = 0; j <= i; j++) {
      const b = lags[j]!
      let sum: number
      if (j > 0 && lags[i - 1] === a - 1 && lags[j - 1] === b - 1) {
        sum = gram[(i - 1) * p + j - 1]! + z[from - a]! * z[from - b]! - z[n - a]! * z[n - b]!
      } else {
        sum = 0
        for (let t = from; t < n; t++) sum += z[t - a]! * z[t - b]!
      }
      gram[i * p + j] = sum
      gram[j * p + i] = sum
    }
  }
  return gram
}

/** The next `horizon` values after `y`, each forecast being taken for a fact by the next. */
export const iterate = ({ lags, weights, mean }: Autoregression, y: Float64Array, horizon: number): Float64Array => {
  const n = y.length
  const all = new Float64Array(n + horizon)
  all.set(y)
  for (let t = n; t < n + horizon; t++) {
    let sum = mean
    for (let k = 0; k < lags.length; k++) sum += weights[k]! * (all[t - lags[k]!]! - mean)
    all[t] = sum
  }
  return all.subarray(n)
}
