/**
 * Solves (A + λI) w = b for a symmetric positive definite A by Cholesky's decomposition, in place: `a` (row by row) is
 * overwritten. Undefined if A is not positive definite to machine precision.
 */
export const solveRidge = (a: Float64Array, b: Float64Array, lambda: number): Float64Array | undefined => {
  const n = b.length
  for (let i = 0; i < n; i++) a[i * n + i]! += lambda
  for (let j = 0; j < n; j++) {
    const rowJ = j * n
    let pivot = a[rowJ + j]!
    for (let k = 0; k < j; k++) pivot -= a[rowJ + k]! ** 2
    if (!(pivot > 0)) return undefined
    const root = Math.sqrt(pivot)
    a[rowJ + j] = root
    for (let i = j + 1; i < n; i++) {
      const rowI = i * n
      let sum = a[rowI + j]!
      for (let k = 0; k < j; k++) sum -= a[rowI + k]! * a[rowJ + k]!
      a[rowI + j] = sum / root
    }
  }
  const w = Float64Array.from(b)
  for (let i = 0; i < n; i++) {
    let sum = w[i]!
    for (let k = 0; k < i; k++) sum -= a[i * n + k]! * w[k]!
    w[i] = sum / a[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = w[i]!
    for (let k = i + 1; k < n; k++) sum -= a[k * n + i]! * w[k]!
    w[i] = sum / a[i * n + i]!
  }
  return w
}
