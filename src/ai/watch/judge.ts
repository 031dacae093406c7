import type { MetricPoint } from '#aws/cloudwatch.ts'
import { createDetector, restoreDetector } from '../anomaly.ts'
import type { Detector, Verdict } from '../anomaly.ts'
import type { BandPoint } from './store.ts'

type Expected = NonNullable<Verdict['expected']>
type Evidence = NonNullable<Verdict['evidence']>

/** A value that is part of an anomaly. */
export type Judged = {
  beganMs: number
  atMs: number
  value: number
  score: number
  expected: Expected
  evidence: Evidence
}

/** What the detector called an anomaly, and what came of it since. */
type Suspicion = { judged: Judged; looked: number; outside: number }

/** The detector of one series in this process, and how far it has come. */
export type Watched = {
  detector: Detector
  /** It knows all values before this time. */
  judgedMs: number
  /** What of that the database knows. */
  storedMs: number
  hasData: boolean
  suspicion: Suspicion | null
  /** When the anomaly that goes on began, and when it was seen last. */
  open: { beganMs: number; lastMs: number } | null
}

type Stored = Pick<Watched, 'suspicion' | 'open'> & { detector: string }

/** One value may be anything. It is told when of the next four at least two are outside of what was expected as well. */
const lookedAt = 4
const outsideAtLeast = 2
/** An anomaly is over when nothing was outside for so long. */
const overAfterMs = 30 * 60_000

export const beginWatching = (state: string | undefined, judgedMs: number, hasData: boolean): Watched => {
  const fresh = { judgedMs, storedMs: judgedMs, hasData }
  if (state === undefined) return { ...fresh, detector: createDetector(), suspicion: null, open: null }
  // Written by `stateOf` of this version or an earlier one.
  const { detector, suspicion, open } = JSON.parse(state) as Stored
  return { ...fresh, detector: restoreDetector(detector), suspicion, open }
}

export const stateOf = ({ detector, suspicion, open }: Watched): string =>
  JSON.stringify({ detector: detector.store(), suspicion, open } satisfies Stored)

/**
 * Feeds values to a series' detector, in their order, and tells what was expected and what is unusual. Of values before `tellFromMs` it only
 * learns.
 */
export const judge = (
  watched: Watched,
  points: readonly MetricPoint[],
  untilMs: number,
  tellFromMs: number,
): { found: Judged[]; bands: Map<number, BandPoint[]> } => {
  const found: Judged[] = []
  const bands = new Map<number, BandPoint[]>()
  for (const { atMs, value } of points) {
    if (atMs < watched.judgedMs || atMs >= untilMs) continue
    watched.hasData = true
    const verdict = watched.detector.push({ ms: atMs, value })
    const { status, expected, evidence = [], sinceMs = atMs, score, isAnomaly } = verdict
    if (status !== 'judged' || expected === undefined || atMs < tellFromMs) continue
    addBand(bands, atMs, expected)
    const isOutside = value < expected.low || value > expected.high
    const own = { beganMs: sinceMs, atMs, value, score, expected, evidence }
    found.push(...follow(watched, own, isOutside, isAnomaly))
  }
  watched.judgedMs = Math.max(watched.judgedMs, untilMs)
  return { found, bands }
}

/** What one value means for what is suspected or goes on. */
const follow = (watched: Watched, own: Judged, isOutside: boolean, isAnomaly: boolean): Judged[] => {
  if (watched.open !== null && own.atMs - watched.open.lastMs > overAfterMs) watched.open = null
  if (watched.open !== null) {
    if (!isOutside && !isAnomaly) return []
    watched.open.lastMs = own.atMs
    return own.evidence.length === 0 ? [] : [{ ...own, beganMs: watched.open.beganMs }]
  }
  if (watched.suspicion === null) {
    if (isAnomaly) watched.suspicion = { judged: own, looked: 0, outside: 0 }
    return []
  }
  const { judged } = watched.suspicion
  watched.suspicion.looked++
  if (isOutside || isAnomaly) watched.suspicion.outside++
  if (watched.suspicion.outside >= outsideAtLeast) {
    watched.suspicion = null
    watched.open = { beganMs: judged.beganMs, lastMs: own.atMs }
    return own.evidence.length === 0 ? [judged] : [judged, { ...own, beganMs: judged.beganMs }]
  }
  if (watched.suspicion.looked >= lookedAt) watched.suspicion = null
  return []
}

const addBand = (bands: Map<number, BandPoint[]>, atMs: number, { value, low, high }: Expected): void => {
  const hourMs = Math.floor(atMs / 3_600_000) * 3_600_000
  const points = bands.get(hourMs) ?? []
  points.push([(atMs - hourMs) / 60_000, rounded(value), rounded(low), rounded(high)])
  bands.set(hourMs, points)
}

/** Six digits are more than a chart shows. */
const rounded = (value: number): number => Number(value.toPrecision(6))
