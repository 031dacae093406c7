import {
  aboveBar,
  contributions,
  createBar,
  outlierScore,
  scoreOfDistance,
  scoreOfNovelty,
} from './models/anomaly/alert.ts'
import type { Bar } from './models/anomaly/alert.ts'
import { rateOf } from './models/anomaly/counter.ts'
import type { Counter } from './models/anomaly/counter.ts'
import { evidenceMeaning, evidenceNames, noveltyNames } from './models/anomaly/evidence.ts'
import type { EvidenceName } from './models/anomaly/evidence.ts'
import { observe } from './models/anomaly/observe.ts'
import type { Observed } from './models/anomaly/observe.ts'
import type { Series } from './models/anomaly/series.ts'
import type { Settings } from './models/anomaly/settings.ts'
import { defaultSettings } from './models/anomaly/default-settings.ts'
import { restoreSeries, storeSeries } from './models/anomaly/stored.ts'
import type { StoredSeries } from './models/anomaly/stored.ts'
import { reachOf } from './models/anomaly/tail.ts'
import { createWarmUp, warmUp, warmUpSize } from './models/anomaly/warm-up.ts'
import type { WarmUp } from './models/anomaly/warm-up.ts'

export type Point = { ms: number; value: number }

export type Evidence = {
  name: EvidenceName
  meaning: string
  /** How much of the whole, from 0 to 1. */
  share: number
  /** As unusual as one value in so many, by this series' own past. */
  oneIn: number
}

export type Verdict = {
  /** `learning`: too few values so far. `missing`: not a number. `repeated`: the same value of the same moment again. */
  status: 'judged' | 'learning' | 'missing' | 'repeated'
  /** From 0 to 1: an anomaly has 0.5 and more, what is only far from usual 0.25 and more. */
  score: number
  isAnomaly: boolean
  /** Where 98 of 100 values of this time of day (or, where that isn't known, near this level) were. */
  expected?: { value: number; low: number; high: number; from: 'timeOfDay' | 'recentLevel' }
  /** What spoke for an anomaly, the most telling first; and since when something unusual goes on. */
  evidence?: Evidence[]
  sinceMs?: number
}

/** One for each series. Values are judged in the order in which they come, each by those before it only. */
export type Detector = {
  push: (point: Point) => Verdict
  /** Everything it knows, at most 64 kB of JSON. */
  store: () => string
}

type State = {
  kind: 'gauge' | 'counter'
  counter: Counter
  early: WarmUp | undefined
  known: { series: Series; bar: Bar } | undefined
  last: { ms: number; raw: number; verdict: Verdict } | undefined
  unusual: { fromMs: number; lastMs: number } | undefined
}

type Stored = Omit<State, 'known'> & { known: StoredSeries | undefined }

/**
 * Finds what is unusual in a metric by its own past, value by value: how it is done and how well stands in docs/models.md.
 * A `counter` is a value that only grows; its rate is judged, and a fall is a restart.
 */
export const createDetector = (options: { kind?: 'gauge' | 'counter'; settings?: Settings } = {}): Detector =>
  detectorOf(
    {
      kind: options.kind ?? 'gauge',
      counter: undefined,
      early: createWarmUp(),
      known: undefined,
      last: undefined,
      unusual: undefined,
    },
    options.settings ?? defaultSettings,
  )

/** A detector as it was when it was stored: it goes on as if nothing had been. */
export const restoreDetector = (text: string, settings: Settings = defaultSettings): Detector => {
  // Written by `store` of this version or an earlier one.
  const stored = JSON.parse(text) as Stored
  return detectorOf(
    { ...stored, known: stored.known === undefined ? undefined : restoreSeries(stored.known) },
    settings,
  )
}

/** All verdicts on a whole series. */
export const detect = (
  points: Iterable<Point>,
  options: { kind?: 'gauge' | 'counter'; settings?: Settings } = {},
): Verdict[] => {
  const detector = createDetector(options)
  return Array.from(points, (point) => detector.push(point))
}

const learning: Verdict = { status: 'learning', score: 0, isAnomaly: false }
const missing: Verdict = { status: 'missing', score: 0, isAnomaly: false }
/** Steps without anything unusual after which what comes is something new. */
const calmSteps = 12

type Weighed = { score: number; added: number[]; total: number }

/** Holds the evidence against the bar. `added` is what each adds, in the order of `evidenceNames`: nothing where nothing is unusual. */
const weigh = (bar: Bar, { surprises, distance }: Observed, series: Series, settings: Settings): Weighed => {
  const { count, stepMs } = series
  const ofDistance = scoreOfDistance(bar, distance, stepMs)
  const novelty = contributions(surprises, count, settings)
  const sum = novelty?.reduce((a, b) => a + b, 0) ?? 0
  const ofNovelty = sum > 0 ? scoreOfNovelty(aboveBar(bar, sum, count, stepMs, settings), settings) : 0
  const added = [...(novelty ?? noveltyNames.map(() => 0)), ofDistance >= outlierScore ? distance : 0]
  return { score: Math.max(ofNovelty, ofDistance), added, total: added.reduce((a, b) => a + b, 0) }
}

const detectorOf = (state: State, settings: Settings): Detector => {
  const judge = (ms: number, value: number): Verdict => {
    if (state.known === undefined) {
      const early = (state.early ??= createWarmUp())
      const isFirstChange = early.points.length === warmUpSize && early.points[0]![1] !== value
      const begun = warmUp(early, ms, value)
      if (begun === undefined) return learning
      const bar = createBar()
      state.known = { series: begun.series, bar }
      state.early = undefined
      for (const [at, other] of begun.first) {
        weigh(bar, observe(begun.series, at, other), begun.series, settings)
      }
      // The value that ends a constant beginning is not among those from which the unit was taken.
      if (!isFirstChange) return learning
    }
    const { series, bar } = state.known
    const observed = observe(series, ms, value)
    const { expected, surprises } = observed
    const around = series.around[expected.from]
    const band = {
      value: series.origin + series.unit * expected.value,
      low: series.origin + series.unit * (expected.value - reachOf(around, 'below')),
      high: series.origin + series.unit * (expected.value + reachOf(around, 'above')),
      from: expected.from,
    }
    const { score, added, total } = weigh(bar, observed, series, settings)
    if (total === 0) return { status: 'judged', score, isAnomaly: score >= settings.threshold, expected: band }
    const isSame = state.unusual !== undefined && ms - state.unusual.lastMs <= calmSteps * series.stepMs
    state.unusual = { fromMs: isSame && state.unusual !== undefined ? state.unusual.fromMs : ms, lastMs: ms }
    return {
      status: 'judged',
      score,
      isAnomaly: score >= settings.threshold,
      expected: band,
      evidence: evidenceNames
        .map((name, k) => ({
          name,
          meaning: evidenceMeaning[name],
          share: added[k]! / total,
          oneIn: Math.round(Math.exp(surprises[k]!)),
        }))
        .filter(({ share }) => share > 0)
        .sort((a, b) => b.share - a.share),
      sinceMs: state.unusual.fromMs,
    }
  }
  return {
    push: ({ ms, value: raw }) => {
      if (!Number.isFinite(ms) || !Number.isFinite(raw)) return missing
      if (state.last !== undefined && state.last.ms === ms && state.last.raw === raw) {
        return { ...state.last.verdict, status: 'repeated' }
      }
      let value: number | undefined = raw
      if (state.kind === 'counter') {
        value = rateOf(state.counter, ms, raw)
        state.counter = { lastMs: ms, last: raw }
      }
      const verdict = value === undefined ? learning : judge(ms, value)
      state.last = { ms, raw, verdict }
      return verdict
    },
    store: () =>
      JSON.stringify({
        ...state,
        known: state.known === undefined ? undefined : storeSeries(state.known.series, state.known.bar),
      } satisfies Stored),
  }
}
