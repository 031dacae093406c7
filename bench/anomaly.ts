import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { createDetector } from '../src/ai/anomaly.ts'
import type { Settings } from '../src/ai/models/anomaly/settings.ts'
import { csvFilesBelow, readRows, seriesFolderOf } from './anomaly/read.ts'

// npm run bench anomaly -- --data DIR --out DIR [--settings SETTINGS.json]
// For every CSV below --data (of a NAB checkout: below its data/) a CSV at the same path below --out, with the columns
// timestamp, value and anomaly_score, a row for each row. A column of labels is not looked at.
const { values: given } = parseArgs({
  options: { data: { type: 'string' }, out: { type: 'string' }, settings: { type: 'string' } },
})
if (given.data === undefined || given.out === undefined) {
  console.error('Say what to judge and where to write it: --data DIR --out DIR')
  process.exit(2)
}
const settings =
  given.settings === undefined ? undefined : (JSON.parse(readFileSync(given.settings, 'utf8')) as Settings)

const folder = seriesFolderOf(given.data)
let points = 0
let spentMicros = 0
let largest = 0
const files = csvFilesBelow(folder)
for (const file of files) {
  const rows = readRows(join(folder, file))
  const detector = createDetector(settings === undefined ? {} : { settings })
  const before = process.cpuUsage()
  const scores = rows.map((row) => detector.push(row).score)
  const spent = process.cpuUsage(before)
  spentMicros += spent.user + spent.system
  points += rows.length
  largest = Math.max(largest, detector.store().length)
  const target = join(given.out, file)
  mkdirSync(dirname(target), { recursive: true })
  const lines = rows.map((row, i) => `${row.timestamp},${row.text},${Number(scores[i]!.toPrecision(6))}`)
  writeFileSync(target, `timestamp,value,anomaly_score\n${lines.join('\n')}\n`)
}
console.log(
  `${files.length} series, ${points} points, ${(spentMicros / Math.max(1, points)).toFixed(1)} µs of processor time a point, at most ${largest} bytes stored a series`,
)
