import type { Machine } from '../tasks/machine.ts'
import { median, percentile } from '../tasks/statistics.ts'
import type { Figure } from './measure.ts'

export const toMarkdown = (report: {
  machine: Machine
  loadAfter: number
  postgres: string
  rows: number
  rounds: number
  tasks: number
  sizeGb: number
  figures: readonly Figure[]
}): string => {
  const { machine, loadAfter, rows, figures } = report
  return [
    `### ${machine.date} UTC, ${rows.toLocaleString('en-US')} finished tasks`,
    '',
    `${machine.cpu}, ${machine.memoryGb} GB, fdatasync ${machine.fdatasyncMs.toFixed(2)} ms, load ${machine.load.toFixed(1)} before and ` +
      `${loadAfter.toFixed(1)} after; Node ${machine.node}, PostgreSQL ${report.postgres}; a database of ${report.sizeGb.toFixed(1)} GB; ` +
      `${report.rounds} rounds of ${report.tasks.toLocaleString('en-US')} tasks.`,
    '',
    '| | without | with them | ratio |',
    '|---|---|---|---|',
    ...figures.filter(({ unit }) => unit === '/s').map(rate),
    '',
    '| ms | p50 without | p95 | p50 with them | p95 | p50, times as long |',
    '|---|---|---|---|---|---|',
    ...figures.filter(({ unit }) => unit === 'ms').map(latency),
  ].join('\n')
}

const rate = ({ title, without, having }: Figure): string =>
  `| ${title}/s | ${range(without)} | ${range(having)} | ${(median(having) / median(without)).toFixed(2)} |`

const range = (values: readonly number[]): string =>
  `${whole(median(values))} (${whole(Math.min(...values))}-${whole(Math.max(...values))})`

const whole = (value: number): string => Math.round(value).toLocaleString('en-US')

const latency = ({ title, without, having }: Figure): string => {
  const [before, after] = [percentile(without, 50), percentile(having, 50)]
  const cells = [before, percentile(without, 95), after, percentile(having, 95)].map((value) => value.toFixed(1))
  return `| ${title} | ${cells.join(' | ')} | ${(after / before).toFixed(1)} |`
}
