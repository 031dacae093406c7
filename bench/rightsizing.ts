import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ownNeed, ruleNeed } from '../src/ai/rightsizing.ts'

// npm run bench rightsizing -- --data USAGE.csv --out RECOMMENDATIONS.csv [--split 0.6] [--mode own|compute-optimizer]
// USAGE.csv has rows `id,v1,v2,...`: usage in percent of the present capacity, oldest first. RECOMMENDATIONS.csv gets rows
// `id,capacity`, as a share of the present one, decided from the first part of the values only.
const { values: given } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    split: { type: 'string', default: '0.6' },
    mode: { type: 'string', default: 'own' },
  },
})
const split = Number(given.split)
if (given.data === undefined || given.out === undefined || !['own', 'compute-optimizer'].includes(given.mode)) {
  console.error('Say --data USAGE.csv --out RECOMMENDATIONS.csv, and --mode own or compute-optimizer')
  process.exit(2)
}
if (!(split > 0 && split <= 1)) {
  console.error(`--split is a share of more than 0 and at most 1, not ${given.split}`)
  process.exit(2)
}

const rows: string[] = []
let total = 0
let unknown = 0
for (const line of readFileSync(given.data, 'utf8').split(/\r?\n/)) {
  const [id, ...fields] = line.split(',')
  if (id === undefined || id === '' || id === 'id') continue
  const values = fields.filter((field) => field !== '').map(Number)
  const first = values.slice(0, Math.floor(values.length * split))
  const need = given.mode === 'own' ? ownNeed(first) : ruleNeed(first, { percent: 99.5, headroomPercent: 20 })
  if (!Number.isFinite(need)) unknown++
  // Where there is nothing to judge by, the capacity stays as it is.
  const capacity = Number.isFinite(need) ? need / 100 : 1
  rows.push(`${id},${capacity}`)
  total += capacity
}
writeFileSync(given.out, `${rows.join('\n')}\n`)
console.log(
  `${rows.length} series, ${unknown} not known, capacity kept ${(total / Math.max(1, rows.length)).toFixed(3)}`,
)
