/** What the run found to be wrong, and when what happened. */
export type Finding = { what: string; taskId?: string }

export type Record = {
  findings: Finding[]
  timeline: { atMs: number; what: string }[]
  /** A promise is broken. The run goes on: what follows may say more. */
  find: (what: string, taskId?: string) => void
  note: (what: string) => void
  /** Milliseconds since the run began. */
  nowMs: () => number
}

export const createRecord = (print: (line: string) => void): Record => {
  const startedMs = performance.now()
  const findings: Finding[] = []
  const timeline: { atMs: number; what: string }[] = []
  const nowMs = (): number => performance.now() - startedMs
  const note = (what: string): void => {
    const atMs = nowMs()
    timeline.push({ atMs, what })
    print(`${(atMs / 1000).toFixed(1).padStart(7)} s  ${what}`)
  }
  return {
    findings,
    timeline,
    nowMs,
    note,
    find: (what, taskId) => {
      findings.push({ what, ...(taskId === undefined ? {} : { taskId }) })
      note(`FOUND ${what}${taskId === undefined ? '' : ` (task ${taskId})`}`)
    },
  }
}
