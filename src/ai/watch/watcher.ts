import { randomUUID } from 'node:crypto'
import type { Account, Aws } from '#aws/cloud.ts'
import type { MetricPoint } from '#aws/cloudwatch.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database, Transaction } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import type { Log } from '#platform/log.ts'
import type { MetricSource, Watchable, WatchableQuery } from '#resources/watchable.ts'
import { failureText } from '../failure-text.ts'
import type { Sighting } from './anomaly-store.ts'
import { followedSources, kinOf } from './choice.ts'
import { beginWatching, judge, stateOf } from './judge.ts'
import type { Watched } from './judge.ts'
import { recordSightings } from './record.ts'
import type { FindNear, News } from './record.ts'
import { settleIncidents } from './settle.ts'
import {
  claimPlace,
  dropOldAnomalies,
  dropOldBands,
  finishPlace,
  followSeries,
  holdsPlace,
  keepLeases,
  readPins,
  readStates,
  reconcilePlaces,
  releaseLeases,
  writeBands,
  writeStates,
} from './store.ts'
import type { BandPoint, Place, Series } from './store.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Metrics are judged by five minutes: what EC2 sends without detailed monitoring. */
const periodSeconds = 300
const periodMs = periodSeconds * 1000
/** A period's value is final some minutes after its end. */
const settlesMs = 5 * minuteMs
const everySeconds = 300
const afterFailureSeconds = 120
const leaseSeconds = 60
const lookEveryMs = 5_000
/** What a new series learns from: two weeks, so that a Monday is not the first one. */
const historyMs = 14 * 24 * hourMs
/** Of that the last day is told, too: who begins to follow something sees what has just been. */
const toldMs = 24 * hourMs
/** 1 % of what GetMetricData allows: 5 calls a second in an account and Region. */
const betweenCallsMs = 200
/** Metrics of one call while two weeks are read, and afterwards; the answers are taken apart in one go. */
const seriesOfACall = { learning: 2, following: 250 }
/** Resources in an account and Region. */
const mostResources = 100
const mostByCost = 10
/** A state has up to 64 kB, so it is written once an hour; what came since is read and judged again after a process died. */
const storeEveryMs = hourMs
const statesOfATransaction = 10
const emptyForMs = hourMs
const bandDays = 8
const anomalyDays = 90
/** An incident is over when nothing of it was seen for so long: as long as something new would still be part of it. */
const overAfterMs = 35 * minuteMs

export type Watcher = {
  start: () => void
  /** Looks at one place that is due; false when none is. */
  lookNext: () => Promise<boolean>
  /** Ends without giving its places back, as a process that is killed does; for tests. */
  abandon: () => void
  stop: () => Promise<void>
}

export type WatcherDeps = {
  db: Database
  aws: Aws
  clock: Clock
  log: Log
  watchable: (query: WatchableQuery) => Promise<Watchable[]>
  /** What lies within two relations of resources. */
  near: FindNear
  /** People are told of an anomaly that nobody knew of, in the commit that keeps it, and in another one that its incident is over. */
  tell: (news: News, tx: Transaction) => Promise<void>
  resolve: (incidentId: string, tx: Transaction) => Promise<void>
  /** What else is done for a place by whoever watches it. */
  advise: (place: Place, account: Account, signal: AbortSignal) => Promise<void>
}

type Followed = { series: Series; source: MetricSource }

/**
 * Follows the metrics of chosen resources, judges each value by its own past as it comes, and keeps what was expected and what was
 * unusual. A place (an account and Region) belongs to one process at a time. What a detector knows is kept in the database hourly; whoever
 * takes a place over reads the values since then again, judges them again, and comes to the same.
 */
const keyOf = ({ account, region }: Place): string => `${account}/${region}`

export const createWatcher = ({
  db,
  aws,
  clock,
  log,
  watchable,
  near,
  tell,
  resolve,
  advise,
}: WatcherDeps): Watcher => {
  const stopping = new AbortController()
  const token = randomUUID()
  /** The detectors of each place that is held, by series. */
  const watched = new Map<string, Map<string, Watched>>()
  const ownOf = (place: Place): Map<string, Watched> => {
    const own = watched.get(keyOf(place)) ?? new Map<string, Watched>()
    watched.set(keyOf(place), own)
    return own
  }
  let looping: Promise<void> | undefined
  let keeping: Promise<void> | undefined
  let droppedMs = Number.NEGATIVE_INFINITY

  const follow = async (place: Place): Promise<Followed[]> => {
    const pinned = await readPins(db, place.account)
    const resources = await watchable({ ...place, pinned, topByCost: mostByCost, limit: mostResources })
    const sources = new Map<string, MetricSource>()
    const wanted = resources.flatMap((resource) =>
      followedSources(resource).map((source) => {
        sources.set(`${resource.id} ${source.name}`, source)
        const { id: resourceId, name: resourceName, reasons } = resource
        return { id: uuidv7(), resourceId, resourceName, metric: source.name, kin: kinOf(resource), reasons }
      }),
    )
    const all = await followSeries(db, place, wanted)
    return all.flatMap((series) => {
      const source = sources.get(`${series.resourceId} ${series.metric}`)
      return source === undefined ? [] : [{ series, source }]
    })
  }

  /** The detectors of a place: those in memory, else as the database has them, else new ones. */
  const recall = async (own: Map<string, Watched>, all: readonly Followed[], untilMs: number): Promise<void> => {
    const missing = all.filter(({ series }) => !own.has(series.id)).map(({ series }) => series)
    for (let from = 0; from < missing.length; from += 20) {
      const chunk = missing.slice(from, from + 20)
      const states = await readStates(
        db,
        chunk.map(({ id }) => id),
      )
      for (const { id, judgedUntil, hasData } of chunk) {
        const state = states.get(id)
        const isKnown = state !== undefined && judgedUntil !== null
        const judgedMs = isKnown ? judgedUntil.getTime() : untilMs - historyMs
        own.set(id, beginWatching(isKnown ? state : undefined, judgedMs, isKnown ? hasData : true))
      }
    }
  }

  const read = async (
    account: Account,
    region: string,
    group: readonly Followed[],
    fromMs: number,
    toMs: number,
  ): Promise<MetricPoint[][]> => {
    const { getMetricData } = await aws.cloudwatch(account, region)
    const points = await getMetricData(
      { priority: 'sweep', signal: stopping.signal },
      {
        queries: group.map(({ source: { namespace, name, dimensions, statistic } }) => ({
          namespace,
          name,
          dimensions,
          statistic,
          periodSeconds,
        })),
        from: new Date(fromMs),
        to: new Date(toMs),
      },
    )
    await clock.sleep(betweenCallsMs, stopping.signal)
    return points
  }

  /** Judges what is new of some series, and writes it down. */
  const lookAt = async (place: Place, account: Account, group: readonly Followed[], untilMs: number): Promise<void> => {
    const detectors = ownOf(place)
    const known = (id: string): Watched => detectors.get(id)! // `recall` made one for each
    const fromMs = Math.min(...group.map(({ series }) => known(series.id).judgedMs))
    if (fromMs >= untilMs) return
    const answers = await read(account, place.region, group, fromMs, untilMs)
    const sightings: Sighting[] = []
    const bands: { seriesId: string; hour: string; points: BandPoint[] }[] = []
    for (const [index, { series }] of group.entries()) {
      const points = answers[index] ?? []
      const own = known(series.id)
      if (points.length === 0 && own.judgedMs <= untilMs - historyMs) own.hasData = false
      const begunMs = clock.monotonicMs()
      const { found, bands: expected } = judge(own, points, untilMs, untilMs - toldMs)
      for (const { beganMs, atMs, value, score, expected: at, evidence } of found) {
        sightings.push({
          seriesId: series.id,
          account: place.account,
          region: place.region,
          resourceId: series.resourceId,
          resourceName: series.resourceName,
          metric: series.metric,
          kin: series.kin,
          beganAt: new Date(beganMs),
          at: new Date(atMs),
          score,
          value,
          expected: at.value,
          low: at.low,
          high: at.high,
          evidence,
        })
      }
      for (const [ms, of] of expected) bands.push({ seriesId: series.id, hour: new Date(ms).toISOString(), points: of })
      // Two weeks of values take a fifth of a second: the rest of the process goes first.
      const tookMs = clock.monotonicMs() - begunMs
      if (tookMs > 5) await clock.sleep(tookMs * 3, stopping.signal)
    }
    const tellRecent = async (news: News, tx: Transaction): Promise<void> => {
      if (news.at.getTime() >= untilMs - hourMs) await tell(news, tx)
    }
    await recordSightings({ db, near, tell: tellRecent }, place, sightings)
    if (bands.length > 0 && (await holdsPlace(db, place))) await writeBands(db, bands)
  }

  const keep = async (place: Place, all: readonly Followed[], force: boolean): Promise<void> => {
    const detectors = ownOf(place)
    const due = all.flatMap(({ series: { id } }) => {
      const own = detectors.get(id)
      const isDue =
        own !== undefined && (force ? own.judgedMs > own.storedMs : own.judgedMs - own.storedMs >= storeEveryMs)
      return isDue ? [{ id, own }] : []
    })
    for (let from = 0; from < due.length; from += statesOfATransaction) {
      const chunk = due.slice(from, from + statesOfATransaction)
      const states = chunk.map(({ id, own }) => ({
        id,
        state: stateOf(own),
        judgedUntil: new Date(own.judgedMs),
        hasData: own.hasData,
      }))
      const isOurs = await db.transaction(async (tx) => {
        if (!(await holdsPlace(tx, place))) return false
        await writeStates(tx, states)
        return true
      })
      if (!isOurs) return
      for (const { own } of chunk) own.storedMs = own.judgedMs
    }
  }

  const look = async (place: Place): Promise<void> => {
    const account = await aws.accounts.get(place.account)
    const untilMs = Math.floor((clock.now().getTime() - settlesMs) / periodMs) * periodMs
    const all = await follow(place)
    const own = ownOf(place)
    await recall(own, all, untilMs)
    const isQuiet = ({ series }: Followed): boolean => {
      const one = own.get(series.id)
      return one !== undefined && !one.hasData && one.judgedMs > untilMs - emptyForMs
    }
    const due = all.filter((one) => !isQuiet(one))
    const isLearning = ({ series }: Followed): boolean => untilMs - (own.get(series.id)?.judgedMs ?? 0) > toldMs
    for (const [isNew, size] of [
      [false, seriesOfACall.following],
      [true, seriesOfACall.learning],
    ] as const) {
      const some = due.filter((one) => isLearning(one) === isNew)
      for (let from = 0; from < some.length && !stopping.signal.aborted; from += size) {
        const group = some.slice(from, from + size)
        await lookAt(place, account, group, untilMs)
        // What took two weeks to learn is kept at once.
        if (isNew) await keep(place, group, true)
      }
    }
    await keep(place, all, false)
    if (await holdsPlace(db, place)) await settleIncidents(db, place, new Date(untilMs - overAfterMs), resolve)
    await advise(place, account, stopping.signal)
    // What is no longer followed is forgotten.
    const followed = new Set(all.map(({ series }) => series.id))
    for (const id of own.keys()) if (!followed.has(id)) own.delete(id)
  }

  const lookNext = async (): Promise<boolean> => {
    const accounts = await aws.accounts.list()
    await reconcilePlaces(
      db,
      accounts.flatMap(({ id, regions }) => regions.map((region) => ({ account: id, region }))),
    )
    const place = await claimPlace(db, token, leaseSeconds)
    if (place === undefined) return false
    // Another process may have had it meanwhile: what is in memory here may be older than what that one kept.
    if (!place.wasHeld) watched.delete(keyOf(place))
    try {
      await look(place)
      await finishPlace(db, place, null, everySeconds)
    } catch (error) {
      if (!stopping.signal.aborted)
        log.warn({ err: error, account: place.account, region: place.region }, 'metrics could not be watched')
      await finishPlace(db, place, failureText(error), afterFailureSeconds)
    }
    return true
  }

  const keepLoop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.sleep((leaseSeconds / 3) * 1000, stopping.signal)
      if (stopping.signal.aborted) return
      try {
        await keepLeases(db, token, leaseSeconds)
      } catch (error) {
        log.debug({ err: error }, 'the leases of watched places could not be kept')
      }
    }
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        if (clock.monotonicMs() - droppedMs > hourMs) {
          droppedMs = clock.monotonicMs()
          await dropOldBands(db, bandDays)
          await dropOldAnomalies(db, anomalyDays)
        }
        if (!(await lookNext())) await clock.sleep(lookEveryMs, stopping.signal)
      } catch (error) {
        log.warn({ err: error }, 'the watching of metrics pauses for a moment')
        await clock.sleep(lookEveryMs, stopping.signal)
      }
    }
  }

  return {
    start: () => {
      keeping ??= keepLoop()
      looping ??= loop()
    },
    lookNext,
    abandon: () => stopping.abort(),
    stop: async () => {
      stopping.abort()
      await Promise.all([looping, keeping])
      await releaseLeases(db, token).catch((error: unknown) => log.debug({ err: error }, 'leases end by themselves'))
    },
  }
}
