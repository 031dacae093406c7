import type { WebSocket } from 'ws'
import { clientMessageSchema, liveCloseCodes } from '#contracts/live.ts'
import type { ClientMessage } from '#contracts/live.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Clock } from '#platform/clock.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import { compareCursors, formatCursor, laterOf, parseCursor } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { isResumable, readHistory } from './events.ts'
import type { PublishedEvent } from './events.ts'
import type { Rights } from './rights.ts'

export type LiveLimits = {
  /** Bytes that are handed to a socket before it is waited for. */
  maxBufferedBytes: number
  /** A client that takes longer than this to read those bytes is dropped. */
  maxStallMs: number
  /** So many events may wait for one client meanwhile. */
  maxPendingEvents: number
  historyPageSize: number
}

export type SessionDeps = {
  db: Sql
  clock: Clock
  log: Log
  rights: Rights
  limits: LiveLimits
  /** Where the process's reader stands: everything up to there has been offered to the sessions. */
  position: () => Cursor
  /** Tells the hub which topics to offer from now on; takes effect before the next event is offered. */
  setTopics: (session: Session, topics: readonly string[]) => void
}

export type Session = {
  principal: Principal
  /** Takes an event of one of its topics. */
  offer: (event: PublishedEvent, topic: string) => void
  close: (code: number, reason: string) => void
}

const maxMalformed = 3
/** How long a client has to answer the closing handshake before its socket is cut. */
const closeGraceMs = 2_000

/**
 * One client. It joins in three moves, so that nothing is missed and nothing seen twice: (1) in one turn of the event loop
 * it notes the reader's position and has its topics offered from there on, which it keeps for later; (2) it reads what lies
 * between the client's cursor and that position from the table; (3) it sends what was kept, and from then on each event as
 * it comes. Whatever lies at or before its own position is dropped, in case the client is ahead of this process.
 */
export const createSession = (socket: WebSocket, principal: Principal, deps: SessionDeps): Session => {
  const { limits } = deps
  let sentUpTo: Cursor = deps.position()
  let isJoining = false
  let sending: Promise<void> | null = null
  let isClosed = false
  let pending: { event: PublishedEvent; topic: string }[] = []
  let malformed = 0
  let work = Promise.resolve()
  const gone = new AbortController()
  socket.once('close', () => gone.abort())

  const close = (code: number, reason: string): void => {
    if (isClosed) return
    isClosed = true
    pending = []
    deps.setTopics(session, [])
    socket.close(code, reason)
    // A client that doesn't read doesn't answer the handshake either.
    void deps.clock.sleep(closeGraceMs, gone.signal).then(() => socket.terminate())
  }

  const send = (text: string): void => {
    if (!isClosed && socket.readyState === socket.OPEN) socket.send(text)
  }
  const dropSlow = (): void => {
    deps.log.info(
      { userId: principal.userId, bufferedBytes: socket.bufferedAmount, pending: pending.length },
      'slow live client dropped',
    )
    close(liveCloseCodes.slow, 'The client reads too slowly. Reconnect with the last cursor.')
  }
  /** Waits until the client has read what it was sent, when that is much, and drops it when that takes too long. */
  const waitForClient = async (): Promise<void> => {
    if (isClosed || socket.bufferedAmount <= limits.maxBufferedBytes) return
    const isFlushed = await Promise.race([
      flushed(socket, gone.signal).then(() => true),
      deps.clock.sleep(limits.maxStallMs, gone.signal).then(() => false),
    ])
    if (!isFlushed) dropSlow()
  }
  const say = (type: 'ready' | 'reset' | 'error', data: Record<string, unknown>): void =>
    send(JSON.stringify({ cursor: formatCursor(sentUpTo), topic: '', type, at: deps.clock.now().toISOString(), data }))

  const sendIfAllowed = async ({ event, topic }: { event: PublishedEvent; topic: string }): Promise<void> => {
    if (compareCursors(event.cursor, sentUpTo) <= 0) return
    const isAllowed = await deps.rights.maySee(principal, topic, event.accounts)
    sentUpTo = event.cursor
    if (!isAllowed) return
    send(event.textFor(topic))
    await waitForClient()
  }

  /** Sends what is pending, in order; one at a time, since a decision may have to be waited for. */
  const drain = (): Promise<void> => {
    if (sending === null && pending.length > 0 && !isJoining && !isClosed) sending = sendPending()
    return sending ?? Promise.resolve()
  }
  const sendPending = async (): Promise<void> => {
    try {
      while (pending.length > 0 && !isJoining && !isClosed) {
        const batch = pending
        pending = []
        for (const entry of batch) await sendIfAllowed(entry)
      }
    } finally {
      // In the same turn as the last look at what is pending, so that an offer either is seen above or starts anew.
      sending = null
    }
  }

  const catchUp = async (since: Cursor, until: Cursor, topics: readonly string[]): Promise<void> => {
    let after = since
    for (;;) {
      if (isClosed || compareCursors(after, until) >= 0) return
      const page = await readHistory(deps.db, { after, until, topics, limit: limits.historyPageSize })
      for (const event of page) {
        const topic = topicFor(event, topics)
        if (topic !== null) await sendIfAllowed({ event, topic })
      }
      if (page.length < limits.historyPageSize) return
      after = page.at(-1)?.cursor ?? until
    }
  }

  const subscribe = async (message: ClientMessage): Promise<void> => {
    const wanted = [...new Set(message.subscribe)]
    const allowed = await Promise.all(wanted.map((topic) => deps.rights.maySubscribe(principal, topic)))
    const topics = wanted.filter((_, index) => allowed[index])
    const since = message.since === undefined ? null : parseCursor(message.since)
    const canResume = since !== null && (await isResumable(deps.db, since))

    // What was offered under the topics before goes out first.
    while (!isClosed && (pending.length > 0 || sending !== null)) await drain()
    isJoining = true
    const joinedAt = deps.position()
    deps.setTopics(session, topics)
    if (canResume) {
      sentUpTo = since
      await catchUp(since, joinedAt, topics)
    }
    sentUpTo = canResume ? laterOf(sentUpTo, joinedAt) : joinedAt
    isJoining = false

    const refused = wanted.filter((topic) => !topics.includes(topic))
    if (refused.length > 0)
      say('error', {
        code: 'forbidden',
        message: 'You may not read these topics, or they do not exist.',
        topics: refused,
      })
    if (message.since !== undefined && !canResume)
      say('reset', { message: 'Events since that cursor are no longer kept. Read everything anew.' })
    say('ready', { topics })
    await drain()
  }

  const refuse = (why: string): void => {
    malformed++
    say('error', {
      code: 'invalid_message',
      message: `${why} Send {"subscribe": ["tasks", ...], "since": "<cursor>"}.`,
    })
    if (malformed >= maxMalformed) close(liveCloseCodes.malformed, 'Too many malformed messages.')
  }

  socket.on('message', (bytes, isBinary) => {
    if (isClosed) return
    const parsed = isBinary ? undefined : clientMessageSchema.safeParse(jsonOf(String(bytes)))
    if (parsed === undefined || !parsed.success)
      return refuse(isBinary ? 'Only text is understood.' : 'That message is not understood.')
    work = work
      .then(() => (isClosed ? undefined : subscribe(parsed.data)))
      .catch((error: unknown) => {
        deps.log.warn({ err: error }, 'live subscription failed')
        close(liveCloseCodes.goingAway, 'The subscription could not be served. Reconnect with the last cursor.')
      })
  })

  const session: Session = {
    principal,
    close,
    offer: (event, topic) => {
      if (isClosed) return
      pending.push({ event, topic })
      if (pending.length > limits.maxPendingEvents) return dropSlow()
      if (!isJoining) void drain()
    },
  }
  return session
}

/** The topic under which a subscriber gets an event, once: the most specific that both have. */
export const topicFor = (event: Pick<PublishedEvent, 'topics'>, topics: Iterable<string>): string | null => {
  let best: string | null = null
  for (const topic of topics)
    if (event.topics.includes(topic) && (best === null || topic.length > best.length)) best = topic
  return best
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Resolves when everything that was sent so far has been handed to the network, or the socket is gone. */
const flushed = (socket: WebSocket, gone: AbortSignal): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const done = (): void => {
    gone.removeEventListener('abort', done)
    resolve()
  }
  gone.addEventListener('abort', done)
  if (gone.aborted || socket.readyState !== socket.OPEN) done()
  else socket.ping(undefined, undefined, done)
  return promise
}
