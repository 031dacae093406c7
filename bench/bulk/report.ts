import type { Machine } from '../tasks/machine.ts'
import type { Result } from './run-scenario.ts'

export type Report = { machine: Machine; loadAfter: number; results: Result[]; notes: string[] }

/** A section for the README. */
export const toMarkdown = ({ machine, loadAfter, results, notes }: Report): string => {
  const row = (cells: string[]): string => `| ${cells.join(' | ')} |`
  const head = [
    '',
    'speed',
    'seconds',
    'floor',
    'ratio',
    'expected',
    'of actual',
    'lost',
    'done twice',
    'calls',
    'throttled',
    'reads throttled',
    'plan ms',
    'CPU ms/target',
  ]
  return [
    `### ${machine.date} UTC`,
    '',
    `${machine.cpu}, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}, load ${machine.load.toFixed(1)} before and ` +
      `${loadAfter.toFixed(1)} after; ${results[0]?.targets ?? 0} targets in one account and Region.`,
    '',
    ...notes.flatMap((note) => [`**${note}**`, '']),
    row(head),
    row(head.map(() => '---')),
    ...results.map((result) => row(cellsOf(result))),
  ].join('\n')
}

const cellsOf = (result: Result): string[] => {
  const { seconds, floorSeconds, expectedSeconds, calls, throttled, reads, readsThrottled } = result
  return [
    result.title + (result.neighbour ? ` (it got ${result.neighbour.got} of ${result.neighbour.asked} calls)` : ''),
    String(result.speed),
    fixed(seconds, 1),
    fixed(floorSeconds, 0),
    // All of a script that gives most of its targets up is no time to compare.
    floorSeconds === 0 || result.lost > result.targets / 100 ? '-' : fixed(seconds / floorSeconds, 3),
    fixed(expectedSeconds, 1),
    expectedSeconds === undefined || seconds < 1 ? '-' : percent(expectedSeconds, seconds),
    String(result.lost),
    String(result.doneTwice),
    String(calls),
    percent(throttled, calls),
    percent(readsThrottled, reads),
    fixed(result.planMs, 0),
    fixed(result.cpuMsPerTarget, 2),
  ]
}

const fixed = (value: number | undefined, digits: number): string => (value === undefined ? '-' : value.toFixed(digits))
const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)} %`)

/** What fails the bar: within 1.10 of the floor, nothing lost or done twice, hardly anything throttled, an honest estimate. */
export const misses = (result: Result, isOurs: boolean): string[] => {
  if (!isOurs) return []
  const { seconds, floorSeconds, expectedSeconds, calls, throttled, neighbour } = result
  const mostThrottled = neighbour === undefined ? 0.01 : 0.1
  return [
    ...(floorSeconds > 0 && seconds > floorSeconds * 1.1
      ? [`took ${(seconds / floorSeconds).toFixed(3)} of the floor`]
      : []),
    ...(result.lost > 0 ? [`${result.lost} lost`] : []),
    ...(result.doneTwice > 0 ? [`${result.doneTwice} done twice`] : []),
    ...(throttled / calls > mostThrottled ? [`${percent(throttled, calls)} throttled`] : []),
    // A neighbour isn't in the plan.
    ...(neighbour === undefined && floorSeconds > 0 && Math.abs((expectedSeconds ?? 0) / seconds - 1) > 0.1
      ? [`expected ${percent(expectedSeconds ?? 0, seconds)} of what it took`]
      : []),
  ].map((miss) => `${result.title}: ${miss}.`)
}
