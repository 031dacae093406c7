import { randomUUID } from 'node:crypto'
import type { Clock } from '#platform/clock.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Call } from '../call.ts'
import type { Bucket } from './limits.ts'
import { takeQuota, tellWaiting, throttleQuota } from './take.ts'
import type { WaitingCalls } from './take.ts'

/** What a call needs: how many tokens from each of its buckets. `scope` is the account and Region. */
export type Need = {
  scope: string
  buckets: { bucket: Bucket; tokens: number }[]
  /** Of the cloud's clock: refill runs that many times as fast as the wall. */
  speed: number
}

/** Tokens in hand. They are good for one attempt that starts now. */
export type Grant = {
  /** They were kept for too long: others may have been granted them again, and the attempt needs new ones. */
  isStale: () => boolean
  /** Right before the attempt leaves. */
  spent: () => void
  succeeded: () => void
  /** AWS refused the attempt for want of quota. */
  throttled: () => Promise<void>
}

export type Limiter = {
  /** Waits until the tokens are there. Rejects with the signal's reason when it aborts, or when the database is away. */
  take: (need: Need, call: Pick<Call, 'priority' | 'signal' | 'share'>) => Promise<Grant>
  close: () => void
}

/** A slice that was not spent within that time counts as lost, here and in the database. */
const sliceLifeMs = 1000
/** How often people are told who waits. */
const tellEveryMs = 1000
const longestPauseMs = 1000
const shortestPauseMs = 2
/** Longest time for callers to send what they were granted before others are asked for more. */
const sendingMs = 50

type Waiter = {
  need: Need
  signal: AbortSignal | undefined
  share: string
  resolve: (grant: Grant) => void
  reject: (error: unknown) => void
  isOver: boolean
}

/** Calls of one kind in one account and Region, waiting in line. Interactive ones have a line of their own. */
type Line = {
  id: string
  waiters: Waiter[]
  /** Tokens that each task (or other share) in the line was granted so far; the one that had the least is next. */
  granted: Map<string, number>
  isInteractive: boolean
  isPumping: boolean
  stall: AbortController
}

/** What the database hasn't been told yet about the buckets of a kind of call. */
type News = { settled: string[]; lastSpentMs: number; successes: number }

/**
 * The quota limiter of one process. The buckets themselves live in the database and are shared with all other processes;
 * here callers stand in line, tasks taking turns, and the head of a line takes a slice for itself and for those behind it that fit into
 * min(1 s of refill, capacity / 8). A slice is spent by the callers it was taken for, at once, so nothing is hoarded.
 */
export const createLimiter = ({ sql, clock }: { sql: Sql; clock: Clock }): Limiter => {
  const lines = new Map<string, Line>()
  const news = new Map<string, News>()
  const closing = new AbortController()
  const processId = randomUUID()
  let toldMs = Number.NEGATIVE_INFINITY

  /** For people to see; nothing depends on it. */
  const tell = (): void => {
    if (clock.monotonicMs() - toldMs < tellEveryMs) return
    toldMs = clock.monotonicMs()
    const waiting = new Map<string, WaitingCalls>()
    for (const { waiters, isInteractive } of lines.values()) {
      for (const { need } of waiters)
        for (const { bucket } of need.buckets) {
          const name = bucketKey(need.scope, bucket)
          const key = lineKey(name, isInteractive)
          waiting.set(key, { name, isInteractive, calls: (waiting.get(key)?.calls ?? 0) + 1 })
        }
    }
    if (waiting.size > 0) tellWaiting(sql, processId, [...waiting.values()]).catch(() => {})
  }

  const newsOf = (kind: string): News => {
    let entry = news.get(kind)
    if (entry === undefined) news.set(kind, (entry = { settled: [], lastSpentMs: 0, successes: 0 }))
    return entry
  }

  const ask = async (
    kind: string,
    group: Waiter[],
    first: Need,
    { id, isInteractive }: Line,
  ): Promise<number | string> => {
    const told = newsOf(kind)
    news.delete(kind)
    const sliceId = randomUUID()
    const wait = await takeQuota(sql, {
      buckets: first.buckets.map(({ bucket }, index) => ({
        name: bucketKey(first.scope, bucket),
        capacity: bucket.limit.capacity,
        refillPerSecond: bucket.limit.refillPerSecond * first.speed,
        need: group.reduce((sum, waiter) => sum + (waiter.need.buckets[index]?.tokens ?? 0), 0),
      })),
      sliceId,
      lineId: id,
      isInteractive,
      settled: told.settled,
      settledSecondsAgo: told.settled.length === 0 ? 0 : Math.max(0, clock.monotonicMs() - told.lastSpentMs) / 1000,
      successes: told.successes,
      speed: first.speed,
    })
    return wait === 0 ? sliceId : wait
  }

  /** Hands a slice to those it was taken for. Resolves when all of them have sent their calls. */
  const hand = (kind: string, sliceId: string, group: Waiter[], askedMs: number): Promise<void> => {
    const sent = Promise.withResolvers<void>()
    let unspent = group.length
    for (const waiter of group) {
      waiter.isOver = true
      const names = waiter.need.buckets.map(({ bucket }) => bucketKey(waiter.need.scope, bucket))
      waiter.resolve({
        isStale: () => clock.monotonicMs() - askedMs >= sliceLifeMs,
        spent: () => {
          if (--unspent > 0) return
          const entry = newsOf(kind)
          entry.settled.push(sliceId)
          entry.lastSpentMs = clock.monotonicMs()
          sent.resolve()
        },
        succeeded: () => void newsOf(kind).successes++,
        throttled: () => throttleQuota(sql, names, waiter.need.speed),
      })
    }
    return sent.promise
  }

  /**
   * A slice that is not known to be spent counts against the capacity. Of a small bucket that is much of it, and nobody
   * else gets anything meanwhile: so the slice is told to be spent as soon as it is, by the next question or by one
   * without a need.
   */
  const tellSpent = async (kind: string, line: Line, group: Waiter[], sent: Promise<void>): Promise<void> => {
    if (group.every(({ need }) => need.buckets.every(({ bucket, tokens }) => tokens * 16 <= bucket.limit.capacity)))
      return
    const waiting = new AbortController()
    await Promise.race([sent, clock.sleep(sendingMs, AbortSignal.any([waiting.signal, closing.signal]))])
    waiting.abort()
    const isAsking = line.waiters.some((waiter) => !waiter.isOver)
    if (!isAsking && news.has(kind)) await ask(kind, [], group[0]!.need, line).catch(() => {}) // it expires by itself
  }

  const pump = async (kind: string, line: Line): Promise<void> => {
    if (line.isPumping) return
    line.isPumping = true
    try {
      while (true) {
        line.waiters = line.waiters.filter((waiter) => !waiter.isOver)
        const group = headOf(inTurn(line))
        if (group.length === 0) return
        const askedMs = clock.monotonicMs()
        let answer: number | string
        try {
          // A group that isn't empty has a first.
          answer = await ask(kind, group, group[0]!.need, line)
        } catch (error) {
          for (const waiter of line.waiters) settle(waiter, () => waiter.reject(error))
          continue
        }
        if (typeof answer === 'string') {
          // Too late: others may have been granted these tokens again. They are gone, and we ask anew.
          if (clock.monotonicMs() - askedMs < sliceLifeMs) {
            const served = group.filter((waiter) => !waiter.isOver)
            noteGranted(line, served)
            const sent = hand(kind, answer, served, askedMs)
            if (served.length > 0) await tellSpent(kind, line, served, sent)
          }
        } else {
          tell()
          line.stall = new AbortController()
          const pauseMs = Math.min(longestPauseMs, Math.max(shortestPauseMs, answer * 1000))
          await clock.sleep(pauseMs, AbortSignal.any([line.stall.signal, closing.signal]))
        }
        if (closing.signal.aborted) {
          for (const waiter of line.waiters) settle(waiter, () => waiter.reject(new Error('the process is stopping')))
        }
      }
    } finally {
      line.isPumping = false
      if (line.waiters.length === 0) lines.delete(lineKey(kind, line.isInteractive))
    }
  }

  return {
    take: (need, call) =>
      new Promise((resolve, reject) => {
        if (call.signal?.aborted) return reject(call.signal.reason)
        const sorted = { ...need, buckets: [...need.buckets].sort((a, b) => (a.bucket.name < b.bucket.name ? -1 : 1)) }
        const kind = [need.scope, ...sorted.buckets.map(({ bucket }) => bucket.name)].join('|')
        const isInteractive = call.priority === 'interactive'
        const key = lineKey(kind, isInteractive)
        let line = lines.get(key)
        if (line === undefined) {
          line = {
            id: randomUUID(),
            waiters: [],
            granted: new Map(),
            isInteractive,
            isPumping: false,
            stall: new AbortController(),
          }
          lines.set(key, line)
        }
        const own = line
        const share = call.share ?? ''
        const waiter: Waiter = { need: sorted, signal: call.signal, share, isOver: false, resolve, reject }
        const onAbort = (): void => {
          settle(waiter, () => reject(call.signal?.reason))
          // The one behind may need less and go at once.
          if (own.waiters[0] === waiter) own.stall.abort()
        }
        call.signal?.addEventListener('abort', onAbort, { once: true })
        waiter.resolve = (grant) => {
          call.signal?.removeEventListener('abort', onAbort)
          resolve(grant)
        }
        // Who comes new is not owed what the others had before.
        if (!own.granted.has(share))
          own.granted.set(share, own.granted.size === 0 ? 0 : Math.min(...own.granted.values()))
        own.waiters.push(waiter)
        void pump(kind, own)
      }),
    close: () => closing.abort(),
  }
}

const lineKey = (kind: string, isInteractive: boolean): string => `${isInteractive ? 'interactive' : 'other'} ${kind}`
const bucketKey = (scope: string, bucket: Bucket): string => `${scope}|${bucket.name}`

const settle = (waiter: Waiter, finish: () => void): void => {
  if (waiter.isOver) return
  waiter.isOver = true
  finish()
}

/** The waiters of a line in the order in which they are served: tasks by what they had, each one's own as they came. */
const inTurn = ({ waiters, granted }: Line): Waiter[] => {
  const had = new Map(granted)
  const byShare = Map.groupBy(waiters, ({ share }) => share)
  const order: Waiter[] = []
  while (byShare.size > 0) {
    let next: string | undefined
    for (const share of byShare.keys())
      if (next === undefined || (had.get(share) ?? 0) < (had.get(next) ?? 0)) next = share
    // There was a share to choose, and none is kept without a waiter.
    const own = byShare.get(next!)!
    const waiter = own.shift()!
    if (own.length === 0) byShare.delete(next!)
    had.set(next!, (had.get(next!) ?? 0) + tokensOf(waiter))
    order.push(waiter)
  }
  return order
}

const noteGranted = (line: Line, served: readonly Waiter[]): void => {
  for (const waiter of served) line.granted.set(waiter.share, (line.granted.get(waiter.share) ?? 0) + tokensOf(waiter))
  const waiting = new Set(line.waiters.filter((waiter) => !served.includes(waiter)).map(({ share }) => share))
  for (const share of line.granted.keys()) if (!waiting.has(share)) line.granted.delete(share)
}

/** Of the bucket of which it needs the most. */
const tokensOf = ({ need }: Waiter): number => Math.max(0, ...need.buckets.map(({ tokens }) => tokens))

/** The head of the line and those behind it that fit into one slice. */
const headOf = (waiters: readonly Waiter[]): Waiter[] => {
  const group: Waiter[] = []
  const sums: number[] = []
  for (const waiter of waiters) {
    const fits = waiter.need.buckets.every(({ bucket, tokens }, index) => {
      const most = Math.min(bucket.limit.refillPerSecond, bucket.limit.capacity / 8)
      return (sums[index] ?? 0) + tokens <= most
    })
    if (group.length > 0 && !fits) break
    group.push(waiter)
    waiter.need.buckets.forEach(({ tokens }, index) => (sums[index] = (sums[index] ?? 0) + tokens))
    if (!fits) break
  }
  return group
}
