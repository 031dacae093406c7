import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { forecast } from '../src/ai/forecast.ts'

// npm run bench forecast -- --data TRAIN.csv --out FORECASTS.csv [--horizon 48] [--step 3600]
// TRAIN.csv has a header and rows `id,v1,v2,...` of equally spaced values; FORECASTS.csv gets rows `id,kind,v1,...` of the kinds
// point, lo and hi.
const { values: given } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    horizon: { type: 'string', default: '48' },
    step: { type: 'string', default: '3600' },
  },
})
if (given.data === undefined || given.out === undefined) {
  console.error('Say what to forecast and where to write it: --data TRAIN.csv --out FORECASTS.csv')
  process.exit(2)
}
const horizon = Number(given.horizon)
const stepSeconds = Number(given.step)

const rows: string[] = []
let count = 0
let unknown = 0
const before = process.cpuUsage()
for (const line of readFileSync(given.data, 'utf8').split(/\r?\n/).slice(1)) {
  const [id, ...fields] = line.split(',').map((field) => field.replaceAll('"', ''))
  if (id === undefined || id === '') continue
  while (fields.length > 0 && isAbsent(fields.at(-1))) fields.pop()
  const result = forecast({
    values: fields.map((field) => (isAbsent(field) ? Number.NaN : Number(field))),
    stepSeconds,
    horizon,
  })
  count++
  if (result.status === 'unknown') {
    unknown++
    console.error(`${id}: not known (${result.reason})`)
    continue
  }
  for (const [kind, of] of [
    ['point', 'value'],
    ['lo', 'low'],
    ['hi', 'high'],
  ] as const) {
    rows.push([id, kind, ...result.points.map((point) => point[of])].join(','))
  }
}
const spent = process.cpuUsage(before)
writeFileSync(given.out, `${rows.join('\n')}\n`)
console.log(
  `${count} series, ${unknown} not known, ${((spent.user + spent.system) / 1000 / Math.max(1, count)).toFixed(1)} ms of processor time a series`,
)

function isAbsent(field: string | undefined): boolean {
  return field === undefined || field === '' || field === 'NA'
}
