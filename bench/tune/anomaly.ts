import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import {
  aboveBar,
  contributions,
  createBar,
  scoreOfDistance,
  scoreOfNovelty,
} from '../../src/ai/models/anomaly/alert.ts'
import { defaultSettings } from '../../src/ai/models/anomaly/default-settings.ts'
import { noveltyNames } from '../../src/ai/models/anomaly/evidence.ts'
import { observe } from '../../src/ai/models/anomaly/observe.ts'
import type { Series } from '../../src/ai/models/anomaly/series.ts'
import type { Settings } from '../../src/ai/models/anomaly/settings.ts'
import { createWarmUp, warmUp } from '../../src/ai/models/anomaly/warm-up.ts'
import { eventScores, nabScores, thresholds } from '../anomaly/objective.ts'
import type { Labelled } from '../anomaly/objective.ts'
import { readLabels, readRows, windowsOf } from '../anomaly/read.ts'

// npm run tune anomaly -- --files LIST --out SETTINGS.json [--data DIR] [--rounds 500]
// LIST is a file with a path on each line, or the paths themselves with commas between them; they are looked for below --data
// as well. Chooses the weights of what is new and where an anomaly begins on these files alone, starting from equal weights; of files that have only a
// column of labels, the threshold as well. The same files give the same settings. The times and shapes of the model are constants.
const { values: given } = parseArgs({
  options: {
    files: { type: 'string' },
    out: { type: 'string' },
    data: { type: 'string' },
    rounds: { type: 'string', default: '500' },
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

/** What is new at the rows where something is new enough, which doesn't depend on the weights; and how far each value is. */
type Prepared = Labelled & {
  surprises: Float64Array[]
  counts: Int32Array
  stepMs: number
  distances: [row: number, distance: number][]
}
const prepare = (file: string): Prepared => {
  const rows = readRows(file)
  const early = createWarmUp()
  let series: Series | undefined
  const open: [row: number, count: number, surprises: Float64Array][] = []
  const distances: Prepared['distances'] = []
  const note = (of: Series, row: number, ms: number, value: number): void => {
    const { surprises, distance } = observe(of, ms, value)
    distances.push([row, distance])
    if (contributions(surprises, of.count, defaultSettings) !== undefined) open.push([row, of.count, surprises])
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
    counts: Int32Array.from(open, ([, count]) => count),
    surprises: open.map(([, , surprises]) => surprises),
    distances,
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

const { cap } = defaultSettings
/** A strength above the bar as a score from 0 to 1, whatever an anomaly is, and back. */
const scoreOf = (above: number): number => (above > 0 ? above / (above + cap / 4) : 0)
const aboveOf = (score: number): number => ((score / (1 - score)) * cap) / 4

const fillScores = (settings: Settings): void => {
  for (const { surprises, scores, counts, stepMs } of all) {
    const bar = createBar()
    for (const [i, these] of surprises.entries()) {
      const total = contributions(these, counts[i]!, settings)?.reduce((sum, part) => sum + part, 0) ?? 0
      scores[i] = total > 0 ? scoreOf(aboveBar(bar, total, counts[i]!, stepMs, settings)) : 0
    }
  }
}

/** A threshold has to earn it by its neighbours as well. */
const best = (values: readonly number[], ownShare: number): { value: number; threshold: number } => {
  let found = { value: -Infinity, threshold: 0.5 }
  for (const [i, own] of values.entries()) {
    const near = values.slice(Math.max(0, i - 4), i + 5)
    const value = ownShare * own + ((1 - ownShare) * near.reduce((a, b) => a + b, 0)) / near.length
    if (value > found.value) found = { value, threshold: thresholds[i]! }
  }
  return found
}

/** How good the weights are, in points of NAB (or of F1); a weight that strays has to earn it. */
const costOfStraying = 0.5
const valuesOf = (weights: readonly number[]): number[] => {
  fillScores(settingsOf(weights))
  return hasWindows ? nabScores(all) : eventScores(all).map((f1) => 100 * f1)
}
const judge = (logs: readonly number[]): number =>
  best(valuesOf(logs), 0.3).value - costOfStraying * logs.reduce((sum, log) => sum + log ** 2, 0)

/** Geometric mean of the weights, so that the other settings fit. */
const middle = Math.exp(
  noveltyNames.reduce((sum, name) => sum + Math.log(defaultSettings.weights[name]), 0) / noveltyNames.length,
)
const settingsOf = (logs: readonly number[]): Settings => {
  const weights = { ...defaultSettings.weights }
  for (const [k, name] of noveltyNames.entries()) weights[name] = middle * Math.exp(logs[k]!)
  return { ...defaultSettings, weights }
}

// The best weights fit the files they were chosen on, more so the fewer there are. What is taken is the mean of a walk among the good ones instead
// (Metropolis et al., J. Chem. Phys. 21, 1953), with numbers that are the same each time.
let state = 1
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const temperature = 0.3
const stride = 0.35

/** The threshold for labelled events, which may lie among what is far but not new. */
const thresholdOf = (settings: Settings): number => {
  const scored = all.map((one) => {
    const above = new Map(Array.from(one.rows, (row, i) => [row, aboveOf(one.scores[i]!)]))
    const bar = createBar()
    const scores = one.distances.map(([row, distance]) =>
      Math.max(scoreOfNovelty(above.get(row) ?? 0, settings), scoreOfDistance(bar, distance, one.stepMs)),
    )
    return { ...one, rows: Int32Array.from(one.distances, ([row]) => row), scores: Float64Array.from(scores) }
  })
  return best(eventScores(scored), 0.3).threshold
}

const rounds = Number(given.rounds)
let logs = noveltyNames.map(() => 0)
let current = judge(logs)
const sums = noveltyNames.map(() => 0)
let taken = 0
for (let round = 1; round <= rounds; round++) {
  const moved = logs.map((log) => (random() < 0.5 ? log + stride * normal() : log))
  const mean = moved.reduce((a, b) => a + b, 0) / moved.length
  const other = moved.map((log) => log - mean)
  const value = judge(other)
  if (value > current || Math.exp((value - current) / temperature) > random()) {
    logs = other
    current = value
  }
  if (round > rounds / 5) {
    for (const [k, log] of logs.entries()) sums[k]! += log
    taken++
  }
  if (round % 100 === 0) console.error(`round ${round}: ${current.toFixed(2)}`)
}
const means = sums.map((sum) => sum / Math.max(1, taken))
const found = best(valuesOf(means), 0)
const settings = { ...settingsOf(means), anomalyAt: aboveOf(found.threshold) }
if (!hasWindows) settings.threshold = thresholdOf(settings)
writeFileSync(given.out, `${JSON.stringify(settings, null, 2)}\n`)
console.log(`chosen on ${all.length} files: ${found.value.toFixed(2)}, threshold ${settings.threshold.toFixed(3)}`)
