import { contenders, ours } from './contenders.ts'
import type { Machine } from './machine.ts'
import type { Figures } from './measure.ts'
import type { RawLimit } from './raw-limit.ts'
import { median } from './statistics.ts'

/** Rounds in the order they were run, by the contender's name. */
export type Results = {
  machine: Machine
  loadAfter: number
  versions: Record<string, string>
  rounds: Record<string, Figures[]>
  raw: RawLimit[]
  notes: string[]
}

type Column = {
  title: string
  of: (figures: Figures) => number | undefined
  isBetter: 'more' | 'less'
  digits: number
}

const bestThreeStep = (figures: Figures): number =>
  Math.max(figures.threeStepPerSecond, figures.threeStepChainedPerSecond ?? 0)

const columns: Column[] = [
  { title: 'single enqueues/s', of: (f) => f.singleEnqueuesPerSecond, isBetter: 'more', digits: 0 },
  { title: 'tasks/s', of: (f) => f.tasksPerSecond, isBetter: 'more', digits: 0 },
  { title: '3-step tasks/s', of: bestThreeStep, isBetter: 'more', digits: 0 },
  { title: 'with a job a step', of: (f) => f.threeStepChainedPerSecond, isBetter: 'more', digits: 0 },
  { title: 'many in one call', of: (f) => f.threeStepMergedPerSecond, isBetter: 'more', digits: 0 },
  { title: 'idle start p50 ms', of: (f) => f.idleStartP50Ms, isBetter: 'less', digits: 1 },
  { title: 'p99', of: (f) => f.idleStartP99Ms, isBetter: 'less', digits: 1 },
  { title: 'start at 1,000/s p50 ms', of: (f) => f.loadedStartP50Ms, isBetter: 'less', digits: 1 },
  { title: 'p99', of: (f) => f.loadedStartP99Ms, isBetter: 'less', digits: 1 },
  { title: 'of 1,000/s', of: (f) => f.loadedPerSecond, isBetter: 'more', digits: 0 },
  { title: 'CPU ms/task', of: (f) => f.processCpuMsPerTask, isBetter: 'less', digits: 2 },
  { title: 'its server', of: (f) => f.serverCpuMsPerTask, isBetter: 'less', digits: 2 },
]

const format = (value: number | undefined, digits: number): string =>
  value === undefined || Number.isNaN(value)
    ? '-'
    : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

const medianOf = (column: Column, rounds: readonly Figures[]): number | undefined => {
  const values = rounds.map(column.of).filter((value) => value !== undefined)
  return values.length === 0 ? undefined : median(values)
}

/** How many times better this engine is than the best peer of equal durability; below 1 it is worse. Medians of rounds. */
export const ratiosOf = ({ rounds }: Pick<Results, 'rounds'>): { column: string; ratio: number; against: string }[] =>
  columns.flatMap((column) => {
    const own = medianOf(column, rounds[ours] ?? [])
    const peers = Object.entries(rounds).flatMap(([name, figures]) => {
      const value = medianOf(column, figures)
      return name === ours || value === undefined || !contenders[name]?.isDurable
        ? []
        : [{ title: contenders[name].title, value }]
    })
    if (own === undefined || peers.length === 0) return []
    const [best] = peers.sort((a, b) => (column.isBetter === 'more' ? b.value - a.value : a.value - b.value))
    if (!best) return []
    const ratio = column.isBetter === 'more' ? own / best.value : best.value / own
    return [{ column: column.title, ratio, against: best.title }]
  })

/** What only this engine has: one task of many items. */
const bulkLine = (figures: readonly Figures[]): string[] => {
  const of = (key: 'bulkItemsPerSecond' | 'processCpuMsPerItem' | 'serverCpuMsPerItem'): number[] =>
    figures.flatMap((round) => round[key] ?? [])
  const perSecond = of('bulkItemsPerSecond')
  if (perSecond.length === 0) return []
  const [own, server] = [of('processCpuMsPerItem'), of('serverCpuMsPerItem')]
  return [
    `One task of many items, each of three steps: ${format(median(perSecond), 0)} items/s; an item takes ` +
      `${format(median(own), 2)} ms of the engine's processor time` +
      `${server.length === 0 ? '' : ` and ${format(median(server), 2)} ms of PostgreSQL's`}.`,
    '',
  ]
}

/** A section for the README: what it ran on, every engine's medians with their spread, the ratios, the raw limit. */
export const toMarkdown = (results: Results): string => {
  const { machine, versions, rounds, raw, notes } = results
  const names = Object.keys(rounds).filter((name) => (rounds[name] ?? []).length > 0)
  const cell = (column: Column, figures: readonly Figures[]): string => {
    const values = figures.map(column.of).filter((value) => value !== undefined)
    const middle = format(medianOf(column, figures), column.digits)
    if (values.length < 2) return middle
    return `${middle} (${format(Math.min(...values), column.digits)}-${format(Math.max(...values), column.digits)})`
  }
  const table = (head: string[], rows: string[][]): string =>
    [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
  const roundCount = Math.max(0, ...Object.values(rounds).map((figures) => figures.length))

  return [
    `### ${machine.date} UTC`,
    '',
    `${machine.cpu}, ${machine.memoryGb} GB, Linux ${machine.kernel}, fdatasync ${machine.fdatasyncMs.toFixed(2)} ms, ` +
      `load ${machine.load.toFixed(1)} before and ${results.loadAfter.toFixed(1)} after; ` +
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ') +
      `. ${roundCount} interleaved rounds: median (least-most).`,
    '',
    ...notes.flatMap((note) => [`**${note}**`, '']),
    table(
      ['', ...columns.map((column) => column.title)],
      names.map((name) => [
        contenders[name]?.title ?? name,
        ...columns.map((column) => cell(column, rounds[name] ?? [])),
      ]),
    ),
    '',
    table(
      ['this engine against', 'times better', 'best peer of equal durability'],
      ratiosOf(results).map(({ column, ratio, against }) => [column, ratio.toFixed(2), against]),
    ),
    '',
    ...bulkLine(rounds[ours] ?? []),
    `Raw limit of this PostgreSQL: ${format(median(raw.map((r) => r.batchedRowsPerSecond)), 0)} rows/s by \`unnest\` in batches ` +
      `of 1,000, ${format(median(raw.map((r) => r.singleCommitsPerSecond)), 0)} single durable commits/s with 50 in flight.`,
  ].join('\n')
}
