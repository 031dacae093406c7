import type { Machine } from '../tasks/machine.ts'
import type { PlanFigures } from './measure.ts'

export const toMarkdown = (report: {
  machine: Machine
  loadAfter: number
  size: number
  rounds: number
  figures: readonly PlanFigures[]
}): string => {
  const { machine, loadAfter, size, rounds, figures } = report
  const rows = figures.map(
    (one) =>
      `| ${one.title} | ${one.planned} | ${one.excluded} | ${ms(one.firstMs)} | ${ms(one.medianMs)} | ${ms(one.slowestMs)} | ${one.cpuMs === undefined ? '-' : ms(one.cpuMs)} | ${Math.round(one.answerKb)} |`,
  )
  return [
    `${machine.date} UTC, ${machine.cpu}, ${machine.memoryGb} GB, Node ${machine.node}, fdatasync ${machine.fdatasyncMs.toFixed(1)} ms, load ${machine.load.toFixed(1)} before and ${loadAfter.toFixed(1)} after; ${size} resources, ${rounds} rounds after the first.`,
    '',
    '| plan | targets | excluded | first ms | median ms | slowest ms | server CPU ms | answer kB |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

const ms = (value: number): string => value.toFixed(0)
