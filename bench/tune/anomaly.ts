import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { contributions, createBar, scoreAgainstBar } from '../../src/ai/models/anomaly/alert.ts'
import { defaultSettings } from '../../src/ai/models/anomaly/default-settings.ts'
import { evidenceNames } from '../../src/ai/models/anomaly/evidence.ts'
import { observe } from '../../src/ai/models/anomaly/observe.ts'
import type { Series } from '../../src/ai/models/anomaly/series.ts'
import type { Settings } from '../../src/ai/models/anomaly/settings.ts'
import { createWarmUp, warmUp } from '../../src/ai/models/anomaly/warm-up.ts'
import { eventScores, nabScores, thresholds } from '../anomaly/objective.ts'
import type { Labelled } from '../anomaly/objective.ts'
import { readLabels, readRows, windowsOf } from '../anomaly/read.ts'

// npm run tune anomaly -- --files LIST --out SETTINGS.json [--data DIR] [--rounds 30]
// LIST is a file with a path on each line, or the paths themselves with commas between them; they are looked for below --data
// as well. Chooses the weights of the evidence and the threshold on these files alone, from equal weights, and by a search without chance: the
// same files give the same settings. The times and shapes of the model are constants of the code.
const { values: given } = parseArgs({
  options: {
    files: { type: 'string' },
    out: { type: 'string' },
    data: { type: 'string' },
    rounds: { type: 'string', default: '30' },
  },
})
if (given.files === undefined || given.out === undefined) {
  console.error('Say which files to choose on and where to write the settings: --files LIST --out SETTINGS.json')
  process.exit(2)
}

const find = (name: string): string => {
  const places = [name, ...(given.data === undefined ? [] : [join(given.data, name), join(given.data, 'data', name)])]
  const place = places.map((path) => resolve(path)).find(existsSync)
  if (place === undefined) throw new Error(`There is no ${name}; say with --data below which folder it is`)
  return place
}
const names = (existsSync(given.files) ? readFileSync(given.files, 'utf8') : given.files)
  .split(/[\n,]/)
  .map((name) => name.trim())
  .filter((name) => name !== '')

/** What each evidence says at the rows where the gate is open; this doesn't depend on the weights. */
type Prepared = Labelled & { surprises: Float64Array[]; stepMs: number }
const prepare = (file: string): Prepared => {
  const rows = readRows(file)
  const early = createWarmUp()
  let series: Series | undefined
  const open: [number, Float64Array][] = []
  const note = (of: Series, row: number, ms: number, value: number): void => {
    const { surprises } = observe(of, ms, value)
    if (contributions(surprises, of.count, defaultSettings) !== undefined) open.push([row, surprises])
  }
  for (const [i, { ms, value }] of rows.entries()) {
    if (!Number.isFinite(value) || !Number.isFinite(ms)) continue
    if (series === undefined) {
      const begun = warmUp(early, ms, value)
      if (begun === undefined) continue
      series = begun.series
      for (const [k, [at, other]] of begun.first.entries()) note(series, i - begun.first.length + 1 + k, at, other)
      continue
    }
    note(series, i, ms, value)
  }
  const rowOf = (ms: number): number => rows.findIndex((row) => row.ms === ms)
  return {
    rows: Int32Array.from(open, ([i]) => i),
    surprises: open.map(([, surprises]) => surprises),
    scores: new Float64Array(open.length),
    count: rows.length,
    stepMs: series?.stepMs ?? 300_000,
    windows: windowsOf(file)?.map(([from, to]): [number, number] => [rowOf(from), rowOf(to)]),
    labels: readLabels(file),
  }
}
const all = names.map((name) => prepare(find(name)))
const hasWindows = all.some(({ windows }) => windows !== undefined)
const hasLabels = all.some(({ labels }) => labels !== undefined)
if (!hasWindows && !hasLabels) throw new Error('None of these files has labels to choose by')

/** Of NAB points; a weight that strays from 1 has to earn it, and a threshold its neighbours. */
const costOfStraying = 1
const reachOfThreshold = 4

const judge = (settings: Settings): { objective: number; threshold: number } => {
  for (const one of all) {
    const bar = createBar()
    for (const [i, surprises] of one.surprises.entries()) {
      const total = contributions(surprises, one.rows[i]!, settings)?.reduce((sum, part) => sum + part, 0) ?? 0
      one.scores[i] = total === 0 ? 0 : scoreAgainstBar(bar, total, one.rows[i]!, one.stepMs, settings)
    }
  }
  const nab = hasWindows ? nabScores(all) : thresholds.map(() => 0)
  const events = hasLabels ? eventScores(all) : thresholds.map(() => 0)
  const sums = thresholds.map((_, i) => nab[i]! + 60 * events[i]!)
  let objective = -Infinity
  let threshold = 0.5
  for (const [i, sum] of sums.entries()) {
    const near = sums.slice(Math.max(0, i - reachOfThreshold), i + reachOfThreshold + 1)
    const value = 0.3 * sum + (0.7 * near.reduce((a, b) => a + b, 0)) / near.length
    if (value > objective) {
      objective = value
      threshold = thresholds[i]!
    }
  }
  const straying = evidenceNames.reduce((sum, name) => {
    const weight = settings.weights[name]
    return weight > 0 ? sum + (weight - 1) ** 2 : sum
  }, 0)
  return { objective: objective - costOfStraying * straying, threshold }
}

let best: Settings = {
  ...defaultSettings,
  weights: { ...defaultSettings.weights },
}
for (const name of evidenceNames) best.weights[name] = best.weights[name] > 0 ? 1 : 0
let found = judge(best)
let factor = 1.6
for (let round = 0; round < Number(given.rounds) && factor > 1.05; round++) {
  let isBetter = false
  for (const name of evidenceNames) {
    for (const by of [factor, 1 / factor]) {
      const weight = best.weights[name] * by
      if (weight === 0 || weight > 3 || weight < 0.05) continue
      const other = { ...best, weights: { ...best.weights, [name]: weight } }
      const result = judge(other)
      if (result.objective > found.objective) {
        best = other
        found = result
        isBetter = true
      }
    }
  }
  console.error(`round ${round + 1}: ${found.objective.toFixed(2)}`)
  if (!isBetter) factor = Math.sqrt(factor)
}
best.threshold = found.threshold
writeFileSync(given.out, `${JSON.stringify(best, null, 2)}\n`)
console.log(`chosen on ${all.length} files: ${found.objective.toFixed(2)}, threshold ${found.threshold.toFixed(3)}`)
