import type { WebSocket } from 'ws'
import { liveCloseCodes } from '#contracts/live.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import type { Access } from '#security/access.ts'
import type { Authenticate } from '#security/authenticate.ts'
import type { PublishedEvent } from './events.ts'
import { createRights } from './rights.ts'
import { createSession } from './session.ts'
import type { LiveLimits, Session } from './session.ts'
import { startTail } from './tail.ts'

export type LiveOptions = {
  db: Database
  clock: Clock
  log: Log
  decide: Access['decide']
  onRevoked: Authenticate['onRevoked']
  /** Calls back when there may be new events; returns the function that ends it. */
  onNews: (callback: () => void) => () => void
  limits?: Partial<LiveLimits & { maxSocketsPerUser: number; heartbeatMs: number; maxAgeMs: number }>
}

const defaults = {
  maxBufferedBytes: 1024 * 1024,
  maxStallMs: 10_000,
  maxPendingEvents: 10_000,
  historyPageSize: 500,
  maxSocketsPerUser: 20,
  heartbeatMs: 25_000,
  // A socket keeps the rights it was opened with: a new ticket now and then brings changed roles and ended sessions to bear.
  maxAgeMs: 30 * 60_000,
}

/** Feeds every live socket of this process from one reader of the event log. */
export const createLiveHub = async (options: LiveOptions) => {
  const { clock, log } = options
  const limits = { ...defaults, ...options.limits }
  const rights = createRights(options.decide, clock)
  const sessions = new Map<Session, { socket: WebSocket; isAlive: boolean; sinceMs: number }>()
  const byTopic = new Map<string, Set<Session>>()
  const topicsOf = new Map<Session, readonly string[]>()
  const closing = new AbortController()

  const setTopics = (session: Session, topics: readonly string[]): void => {
    for (const topic of topicsOf.get(session) ?? []) {
      const subscribers = byTopic.get(topic)
      subscribers?.delete(session)
      if (subscribers?.size === 0) byTopic.delete(topic)
    }
    topicsOf.set(session, topics)
    for (const topic of topics) {
      const subscribers = byTopic.get(topic)
      if (subscribers) subscribers.add(session)
      else byTopic.set(topic, new Set([session]))
    }
  }

  const publish = (events: readonly PublishedEvent[]): void => {
    for (const event of events) {
      // The most specific topic comes last and wins: who subscribed to a task and to all tasks gets the event once.
      const offers = new Map<Session, string>()
      for (const topic of [...event.topics].sort((a, b) => a.length - b.length)) {
        for (const session of byTopic.get(topic) ?? []) offers.set(session, topic)
      }
      for (const [session, topic] of offers) session.offer(event, topic)
    }
  }

  const tail = await startTail({ db: options.db, clock, log, onNews: options.onNews, publish })
  const deps = { db: options.db, clock, log, rights, limits, position: tail.position, setTopics }

  const beat = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await clock.sleep(limits.heartbeatMs, closing.signal)
      for (const [session, entry] of sessions) {
        if (clock.monotonicMs() - entry.sinceMs > limits.maxAgeMs)
          session.close(liveCloseCodes.goingAway, 'Reconnect with a new ticket and the last cursor.')
        else if (!entry.isAlive) entry.socket.terminate()
        else if (entry.socket.readyState === entry.socket.OPEN) entry.socket.ping()
        entry.isAlive = false
      }
    }
  }
  const beating = beat()
  const unsubscribe = options.onRevoked((credentialId) => {
    for (const session of sessions.keys()) {
      if (session.principal.credentialId === credentialId)
        session.close(liveCloseCodes.signedOut, 'The session has ended. Sign in again.')
    }
  })

  return {
    accept: (socket: WebSocket, principal: Principal): void => {
      const ofUser = [...sessions.keys()].filter((session) => session.principal.userId === principal.userId).length
      if (ofUser >= limits.maxSocketsPerUser || closing.signal.aborted) {
        const [code, reason] = closing.signal.aborted
          ? ([liveCloseCodes.goingAway, 'The server is stopping. Reconnect.'] as const)
          : ([
              liveCloseCodes.tooMany,
              `More than ${limits.maxSocketsPerUser} live connections of one user. Close others first.`,
            ] as const)
        return socket.close(code, reason)
      }
      const session = createSession(socket, principal, deps)
      const entry = { socket, isAlive: true, sinceMs: clock.monotonicMs() }
      sessions.set(session, entry)
      socket.on('pong', () => void (entry.isAlive = true))
      socket.on('error', () => socket.terminate())
      socket.on('close', () => {
        setTopics(session, [])
        topicsOf.delete(session)
        sessions.delete(session)
      })
    },
    /** How many sockets there are. */
    size: (): number => sessions.size,
    close: async (): Promise<void> => {
      closing.abort()
      unsubscribe()
      for (const session of sessions.keys())
        session.close(liveCloseCodes.goingAway, 'The server is stopping. Reconnect with the last cursor.')
      await Promise.all([tail.stop(), beating])
    },
  }
}
export type LiveHub = Awaited<ReturnType<typeof createLiveHub>>
