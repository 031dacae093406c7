import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Point } from '../../src/ai/anomaly.ts'

export type Row = Point & { timestamp: string; text: string }

/** `timestamp,value` or `TimeStamp,Value[,Label]`; a label is not read. */
export const readRows = (file: string): Row[] => {
  const [head = '', ...lines] = readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
  const names = cells(head).map((name) => name.toLowerCase())
  const at = names.indexOf('timestamp')
  const value = names.indexOf('value')
  if (at === -1 || value === -1) throw new Error(`${file} has no columns timestamp and value`)
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const fields = cells(line)
      const timestamp = fields[at] ?? ''
      const text = fields[value] ?? ''
      return {
        timestamp,
        text,
        ms: msOf(timestamp),
        value: text === '' ? Number.NaN : Number(text),
      }
    })
}

/** The labels of a file that has them. */
export const readLabels = (file: string): boolean[] | undefined => {
  const [head = '', ...lines] = readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
  const at = cells(head).findIndex((name) => name.toLowerCase() === 'label')
  return at === -1 ? undefined : lines.filter((line) => line !== '').map((line) => Number(cells(line)[at]) > 0)
}

const cells = (line: string): string[] => line.split(',').map((cell) => cell.trim().replaceAll('"', ''))

/** UTC where no zone is given. */
const msOf = (timestamp: string): number =>
  Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(timestamp) ? timestamp : `${timestamp.replace(' ', 'T')}Z`)

/** All CSV files below a folder, sorted, as paths relative to it. */
export const csvFilesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.csv') && statSync(join(folder, file)).isFile())
    .sort()

/** The part of a NAB checkout that holds the series, for others the folder itself. */
export const seriesFolderOf = (folder: string): string =>
  existsSync(join(folder, 'labels', 'combined_windows.json')) ? join(folder, 'data') : folder

export type Windows = Record<string, [string, string][]>

/** The windows of a NAB file, found by walking up to the corpus' labels; undefined for a file of another kind. */
export const windowsOf = (file: string): [number, number][] | undefined => {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const labels = join(folder, 'labels', 'combined_windows.json')
    if (existsSync(labels)) {
      const windows = (JSON.parse(readFileSync(labels, 'utf8')) as Windows)[relative(join(folder, 'data'), file)]
      return windows?.map(([from, to]) => [msOf(from.slice(0, 19)), msOf(to.slice(0, 19))])
    }
    if (dirname(folder) === folder) return undefined
  }
}
