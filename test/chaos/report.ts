import type { Injected } from './faults.ts'
import type { Ended } from './verify.ts'

type Table = (string | number)[][]

const lines = (table: Table): string => {
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => String(row[column] ?? '').length))) ?? []
  return table
    .map((row) => row.map((cell, column) => String(cell).padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n')
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1)

/** By kind: how often, how many calls it hit, and how long after its end the last task that it met was over. */
const faultTable = (injected: readonly Injected[], ended: readonly Ended[], endOf: (one: Ended) => number): string => {
  const rows = [...Map.groupBy(injected, ({ kind }) => kind)].map(([kind, faults]): Table[number] => {
    const slowest = faults.flatMap((fault) =>
      ended
        .filter((one) => one.accepted.atMs < fault.endedMs && endOf(one) > fault.endedMs)
        .map((one) => endOf(one) - fault.endedMs),
    )
    const hits = faults.flatMap((fault) => fault.hits ?? [])
    return [
      kind,
      faults.length,
      hits.length === 0 ? '-' : hits.reduce((sum, count) => sum + count, 0),
      seconds(Math.max(...faults.map(({ startedMs, endedMs }) => endedMs - startedMs))),
      slowest.length === 0 ? '-' : seconds(Math.max(...slowest)),
    ]
  })
  return lines([
    ['fault', 'times', 'calls hit', 'longest, s', 'slowest end of a task that it met, s after it'],
    ...rows.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  ])
}

const outcomeTable = (ended: readonly Ended[]): string => {
  const statuses = [...new Set(ended.map(({ task }) => task.status))].sort()
  const rows = [...Map.groupBy(ended, ({ task }) => task.operation)].sort(([a], [b]) => (a < b ? -1 : 1))
  const row = (name: string, of: readonly Ended[]): Table[number] => [
    name,
    of.length,
    ...statuses.map((status) => of.filter(({ task }) => task.status === status).length),
    of.reduce((sum, { items }) => sum + items.length, 0),
  ]
  return lines([
    ['operation', 'tasks', ...statuses, 'items'],
    ...rows.map(([operation, of]) => row(operation, of)),
    row('all', ended),
  ])
}

/** The tables that a run ends with. `faultsEndedMs` is when the last fault was over, on the run's own clock. */
export const reportOf = (run: {
  injected: readonly Injected[]
  ended: readonly Ended[]
  refusals: ReadonlyMap<string, number>
  reconnections: number
  faultsEndedMs: number
  startedAtMs: number
}): { text: string; drainSeconds: number } => {
  const endOf = ({ task }: Ended): number => Date.parse(task.finishedAt ?? '') - run.startedAtMs
  const lastMs = Math.max(0, ...run.ended.map((one) => endOf(one) - run.faultsEndedMs))
  const slowest = run.ended.toSorted((a, b) => endOf(b) - b.accepted.atMs - (endOf(a) - a.accepted.atMs))[0]
  const refused = [...run.refusals].map(([what, times]) => `${times} x ${what}`).join(', ')
  return {
    drainSeconds: lastMs / 1000,
    text: [
      faultTable(run.injected, run.ended, endOf),
      outcomeTable(run.ended),
      `  Answers that said "try again": ${refused || 'none'}. The live feed was opened again ${run.reconnections} times.`,
      `  The last task was over ${seconds(lastMs)} s after the last fault.` +
        (slowest === undefined
          ? ''
          : ` The slowest took ${seconds(endOf(slowest) - slowest.accepted.atMs)} s: ${slowest.task.operation} ${slowest.task.id}.`),
    ].join('\n\n'),
  }
}
