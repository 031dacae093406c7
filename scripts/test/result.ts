/** How one test ended. */
export type TestResult = {
  outcome: 'passed' | 'failed' | 'skipped'
  /** Names from the outermost suite to the test. */
  name: string
  file: string
  milliseconds: number
  /** Why it failed, readable. */
  error?: string
}

export type Tally = { passed: number; failed: number; skipped: number }

/** Counts the outcomes. */
export const tally = (results: readonly TestResult[]): Tally => ({
  passed: results.filter(({ outcome }) => outcome === 'passed').length,
  failed: results.filter(({ outcome }) => outcome === 'failed').length,
  skipped: results.filter(({ outcome }) => outcome === 'skipped').length,
})

/** The last line of the test command; tools read it. */
export const summaryLine = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`

/** A run is good when something ran, nothing failed, and under CI nothing was left out. */
export const exitCodeOf = ({ passed, failed }: Tally, leftOut: readonly string[], isCi: boolean): number =>
  failed > 0 || passed === 0 || (isCi && leftOut.length > 0) ? 1 : 0
