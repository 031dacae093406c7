import { liveEventSchema } from '#contracts/live.ts'
import type { LiveEvent } from '#contracts/live.ts'
import type { LiveConnection } from './live-state.ts'

/** Waits between attempts: doubled each time, with jitter so that a restarted server isn't met by all at once. */
const firstRetrySeconds = 0.5
const longestRetrySeconds = 20

export type LiveDeps = {
  /** Gets a single-use ticket; null when signed out. Throws when the server can't be reached. */
  ticket: () => Promise<string | null>
  open: (ticket: string) => WebSocket
  /** The cursor to resume from; null at the first connection. */
  cursor: () => string | null
  onState: (state: LiveConnection) => void
  onEvent: (event: LiveEvent) => void
  /** A subscription stands: everything up to the cursor was handed on. */
  onReady: (cursor: string) => void
  /** The server no longer has what followed our cursor, so everything on screen has to be read again. */
  onReset: (cursor: string) => void
  random: () => number
  after: (seconds: number, work: () => void) => () => void
}

export type Live = {
  start: () => void
  stop: () => void
  /** Subscribes until the returned function is called; topics are counted, so components need not know of each other. */
  subscribe: (topic: string) => () => void
  /** Tries at once instead of after the wait, for example when the browser says it is online again. */
  retryNow: () => void
}

/**
 * One WebSocket for the whole page. It reconnects with backoff, resumes from the last cursor and says in which state it
 * is. Off -> connecting -> live -> retrying -> connecting ...; `stop` leads back to off from anywhere.
 */
export const createLive = (deps: LiveDeps): Live => {
  const topics = new Map<string, number>()
  let socket: WebSocket | null = null
  let isWanted = false
  let attempt = 0
  let cancelRetry = (): void => {}
  let generation = 0

  const announce = (): void => {
    if (socket?.readyState !== 1 || topics.size === 0) return
    const since = deps.cursor()
    socket.send(JSON.stringify({ subscribe: [...topics.keys()], ...(since === null ? {} : { since }) }))
  }
  const retry = (): void => {
    if (!isWanted) return
    deps.onState('retrying')
    const seconds = Math.min(longestRetrySeconds, firstRetrySeconds * 2 ** attempt) * (0.5 + deps.random() / 2)
    attempt += 1
    cancelRetry = deps.after(seconds, () => void connect())
  }
  const connect = async (): Promise<void> => {
    const mine = ++generation
    deps.onState('connecting')
    const ticket = await deps.ticket().catch(() => undefined)
    if (mine !== generation || !isWanted) return
    if (ticket === null) return deps.onState('off')
    if (ticket === undefined) return retry()
    const opened = deps.open(ticket)
    socket = opened
    opened.addEventListener('open', () => {
      attempt = 0
      deps.onState('live')
      announce()
    })
    opened.addEventListener('message', ({ data }) => receive(data))
    opened.addEventListener('close', () => {
      if (socket !== opened) return
      socket = null
      retry()
    })
  }
  const receive = (data: unknown): void => {
    const message = liveEventSchema.safeParse(parsed(data))
    if (!message.success) return
    const { topic, type, cursor } = message.data
    if (topic !== '') return deps.onEvent(message.data)
    if (type === 'reset') deps.onReset(cursor)
    if (type === 'ready') deps.onReady(cursor)
  }

  return {
    start: () => {
      if (isWanted) return
      isWanted = true
      attempt = 0
      void connect()
    },
    stop: () => {
      isWanted = false
      generation += 1
      cancelRetry()
      const open = socket
      socket = null
      open?.close()
      deps.onState('off')
    },
    subscribe: (topic) => {
      const count = topics.get(topic) ?? 0
      topics.set(topic, count + 1)
      if (count === 0) announce()
      return () => {
        const left = (topics.get(topic) ?? 1) - 1
        if (left > 0) topics.set(topic, left)
        else topics.delete(topic)
      }
    },
    retryNow: () => {
      if (!isWanted || socket !== null) return
      cancelRetry()
      attempt = 0
      void connect()
    },
  }
}

const parsed = (data: unknown): unknown => {
  try {
    return typeof data === 'string' ? JSON.parse(data) : null
  } catch {
    return null
  }
}
