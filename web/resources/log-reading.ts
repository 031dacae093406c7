import type { ResourceLogs } from '#contracts/inventory.ts'
import type { LogEvent } from './log-lines.ts'

/** A search over a long time comes in parts that may be empty: so many are read until a person has to say "search on". */
const mostEmptyParts = 10
/** CloudWatch learns of some events late: what is followed is looked for again so far back. */
const overlapMs = 30_000
/** Following begins so long before now, so that there is something to see. */
const beginMs = 60_000
/** More lines than these make the page slow; the oldest go. */
const mostFollowed = 2_000

/** One call. With a cursor, which knows its time, it goes on where the part before has ended. */
export type Ask = (part: { from: string; to: string } | { cursor: string }) => Promise<{
  data?: ResourceLogs | undefined
  error?: unknown
}>

export type LogNews =
  | { type: 'read'; events: readonly LogEvent[]; logGroup: string; nextCursor: string | null; most?: number }
  | { type: 'failed'; error: unknown }

type Stop = () => void

/** Reads until something is found, all is read or a person should be asked. What comes after the stop is not told. */
export const readLogs = (ask: Ask, from: Parameters<Ask>[0], tell: (news: LogNews) => void): Stop => {
  let isOver = false
  const read = async (): Promise<void> => {
    let part = from
    for (let parts = 1; ; parts++) {
      const { data, error } = await ask(part)
      if (isOver) return
      if (data === undefined) return tell({ type: 'failed', error })
      const { items: events, logGroup, nextCursor } = data
      if (events.length > 0 || nextCursor === null || parts >= mostEmptyParts)
        return tell({ type: 'read', events, logGroup, nextCursor })
      part = { cursor: nextCursor }
    }
  }
  void read()
  return () => {
    isOver = true
  }
}

/** Looks every so many milliseconds for what is new. A failure ends it. While nobody sees the page nothing is asked. */
export const followLogs = (ask: Ask, everyMs: number, tell: (news: LogNews) => void): Stop => {
  let isOver = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let sinceMs = Date.now() - beginMs

  const lookUntil = async (nowMs: number): Promise<'all' | 'stopped'> => {
    let part: Parameters<Ask>[0] = { from: new Date(sinceMs).toISOString(), to: new Date(nowMs).toISOString() }
    for (;;) {
      const { data, error } = await ask(part)
      if (isOver) return 'stopped'
      if (data === undefined) {
        tell({ type: 'failed', error })
        return 'stopped'
      }
      const { items: events, logGroup, nextCursor } = data
      tell({ type: 'read', events, logGroup, nextCursor: null, most: mostFollowed })
      if (nextCursor === null) return 'all'
      part = { cursor: nextCursor }
    }
  }
  const look = async (): Promise<void> => {
    if (!document.hidden) {
      const nowMs = Date.now()
      if ((await lookUntil(nowMs)) === 'stopped') return
      sinceMs = Math.max(sinceMs, nowMs - overlapMs)
    }
    timer = setTimeout(() => void look(), everyMs)
  }
  void look()
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}
