import type { Clock } from '#platform/clock.ts'
import type { Database, Transaction } from '#platform/db/database.ts'
import { appendEvents } from '#platform/events/append.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import { AwsFailure } from '../failure.ts'
import { claimProbe, closeBreaker, failProbe, openBreaker, readBreakers } from './store.ts'
import type { BreakerKey, BreakerRow } from './store.ts'

/** One service of an account and Region; its cloud's clock runs `speed` times as fast as the wall. */
export type BreakerPlace = BreakerKey & { speed: number }

/** Leave to make one attempt. To be told how it went. */
export type Pass = {
  /** AWS answered, whatever it said: also "no" and "too fast". */
  answered: () => Promise<void>
  /** No answer: 5xx, no connection, a timeout. Resolves with when it is worth trying again, if the way is closed by now. */
  unanswered: (error: { code: string; message: string }) => Promise<Date | undefined>
  /** No attempt was made, or its maker gave it up: that says nothing about AWS. */
  unused: () => void
}

export type BreakerChange = {
  kind: 'opened' | 'closed'
  account: string
  region: string
  service: string
  since: Date
  error: { code: string; message: string }
}

/** Called in the transaction that opens or closes a breaker, so that people are told exactly when it does. */
export type TellOfBreaker = (change: BreakerChange, tx: Transaction) => Promise<void>

export type Breaker = {
  /** Throws as `pass` does, without taking the right to try: before a call waits for its quota. */
  check: (place: BreakerPlace) => Promise<void>
  /** Throws an AwsFailure with `heldUntil` while the way is closed; nothing was sent then. */
  pass: (place: BreakerPlace) => Promise<Pass>
  /** Those that are not closed. */
  list: () => Promise<BreakerRow[]>
  tell: (tell: TellOfBreaker) => void
}

/** So many attempts in a row without an answer, none of them longer ago than that in cloud time, open a breaker. */
const opensAfter = 5
const forgottenAfterSeconds = 60
/**
 * The pause before the first probe and the longest one, in cloud seconds. The longest is a worker's lease: nothing is stuck
 * for longer than that once AWS answers again.
 */
const firstProbeSeconds = 2
const longestProbeSeconds = 15
/** However fast the sandbox's clock runs, a process doesn't ask more often than that. */
const shortestProbeSeconds = 0.1
/** How old this process's view of the others' breakers may be. A call that is too early merely fails by itself. */
const viewLifeMs = 1000
/** Who comes while a probe of this process is under way waits for it, at most that long. */
const probeWaitMs = 1000

type View = { row: BreakerRow; probeAtMs: number }

/**
 * Circuit breakers, one for each account, Region and service. Closed: attempts pass, and failures in a row are counted in
 * the process that makes them. Open: nothing passes, callers are told when to come again. Half-open, which is an open one
 * whose next probe is due: one attempt among all processes passes; if AWS answers, the breaker closes for all, else the
 * pause doubles.
 *
 * That a breaker is open is shared through PostgreSQL and read at most once a second by each process; failures are not,
 * since every process that calls meets its own.
 */
export const createBreaker = (options: { db: Database; clock: Clock; notifier: Notifier | undefined }): Breaker => {
  const { db, clock, notifier } = options
  const counts = new Map<string, { failures: number; lastMs: number }>()
  const probes = new Map<string, Promise<void>>()
  let views = new Map<string, View>()
  let viewedMs = Number.NEGATIVE_INFINITY
  let viewing: Promise<void> | undefined
  let told: TellOfBreaker = async () => {}

  const keep = (row: BreakerRow): View => {
    const view = { row, probeAtMs: clock.monotonicMs() + row.probeInSeconds * 1000 }
    views.set(keyOf(row), view)
    return view
  }

  const look = (): Promise<void> => {
    viewing ??= readBreakers(db)
      .then((rows) => {
        views = new Map()
        for (const row of rows) keep(row)
        viewedMs = clock.monotonicMs()
      })
      // The database is away: what was known last still holds.
      .catch(() => void (viewedMs = clock.monotonicMs()))
      .finally(() => (viewing = undefined))
    return viewing
  }

  const change = async (kind: BreakerChange['kind'], write: (tx: Transaction) => Promise<BreakerRow | undefined>) =>
    db.transaction(async (tx) => {
      const row = await write(tx)
      if (row === undefined) return undefined
      const { account, region, service, openedAt } = row
      const error = { code: row.errorCode, message: row.errorMessage }
      await appendEvents(tx, [
        { topics: ['tasks'], type: `breaker.${kind}`, accounts: [account], data: { account, region, service } },
      ])
      await told({ kind, account, region, service, since: openedAt, error }, tx)
      tx.afterCommit(() => notifier?.nudge('events'))
      return row
    })

  const answered = async (place: BreakerPlace): Promise<void> => {
    const key = keyOf(place)
    counts.delete(key)
    if (!views.has(key)) return
    views.delete(key)
    // If that can't be written now, the next answer does it.
    await change('closed', (tx) => closeBreaker(tx, place)).catch(() => {})
  }

  const unanswered = async (
    place: BreakerPlace,
    isProbe: boolean,
    { code, message }: { code: string; message: string },
  ): Promise<Date | undefined> => {
    const key = keyOf(place)
    const nowMs = clock.monotonicMs()
    const count = counts.get(key)
    const isOld = count === undefined || ((nowMs - count.lastMs) / 1000) * place.speed > forgottenAfterSeconds
    const failures = (isOld ? 0 : count.failures) + 1
    counts.set(key, { failures, lastMs: nowMs })
    const seconds = (cloud: number): number => Math.max(shortestProbeSeconds, cloud / place.speed)
    try {
      if (isProbe) {
        const row = await failProbe(db, place, { longestSeconds: seconds(longestProbeSeconds), code, message })
        return row === undefined ? undefined : keep(row).row.nextProbeAt
      }
      if (!views.has(key) && failures >= opensAfter) {
        const why = { failures, probeSeconds: seconds(firstProbeSeconds), code, message }
        const row = await change('opened', (tx) => openBreaker(tx, place, why))
        if (row === undefined) await look()
        else keep(row)
      }
    } catch {
      // The database is away: this failure is told to who made the call, as any other.
    }
    return views.get(key)?.row.nextProbeAt
  }

  const passOf = (place: BreakerPlace, endProbe?: () => void): Pass => ({
    answered: () => answered(place).finally(endProbe),
    unanswered: (error) => unanswered(place, endProbe !== undefined, error).finally(endProbe),
    unused: () => endProbe?.(),
  })

  const probe = (place: BreakerPlace): Pass => {
    const key = keyOf(place)
    const { promise, resolve } = Promise.withResolvers<void>()
    probes.set(key, promise)
    return passOf(place, () => {
      probes.delete(key)
      resolve()
    })
  }

  /** The view of a closed way, or undefined where it is open as far as is known. */
  const closed = async (place: BreakerPlace): Promise<View | undefined> => {
    if (clock.monotonicMs() - viewedMs > viewLifeMs) await look()
    const key = keyOf(place)
    if (views.has(key) && probes.has(key)) await Promise.race([probes.get(key), clock.sleep(probeWaitMs)])
    return views.get(key)
  }

  return {
    check: async (place) => {
      const view = await closed(place)
      if (view !== undefined && clock.monotonicMs() < view.probeAtMs) throw wayIsClosed(view.row)
    },
    pass: async (place) => {
      const view = await closed(place)
      if (view === undefined) return passOf(place)
      if (clock.monotonicMs() >= view.probeAtMs) {
        if (await claimProbe(db, place).catch(() => false)) return probe(place)
        await look()
        if (!views.has(keyOf(place))) return passOf(place)
      }
      throw wayIsClosed(views.get(keyOf(place))?.row ?? view.row)
    },
    list: () => readBreakers(db),
    tell: (tell) => void (told = tell),
  }
}

const keyOf = ({ cloud, account, region, service }: BreakerKey): string => [cloud, account, region, service].join('|')

const wayIsClosed = (row: BreakerRow): AwsFailure =>
  new AwsFailure({
    kind: 'transient',
    code: 'CircuitOpen',
    message:
      `Nothing was sent: ${row.service} in ${row.region} has not answered account ${row.account} since ` +
      `${row.openedAt.toISOString()} (${row.errorCode}). It is tried again at ${row.nextProbeAt.toISOString()}.`,
    service: row.service,
    action: 'any',
    heldUntil: row.nextProbeAt,
  })
