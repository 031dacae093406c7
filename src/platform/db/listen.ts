import pg from 'pg'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'

export type Listener = {
  /** Calls back for each notification on a channel; returns the function that ends it. */
  on: (channel: string, callback: (payload: string) => void) => () => void
  /** Calls back after every reconnection: notifications of the gap are lost, so readers must look for themselves. */
  onReconnect: (callback: () => void) => () => void
  close: () => Promise<void>
}

const firstDelayMs = 50
const longestDelayMs = 2_000

/** One connection for all LISTENs of the process, made anew for as long as it takes when the server goes away. */
export const createListener = async (options: {
  connectionString: string
  log: Log
  clock: Clock
}): Promise<Listener> => {
  const { log, clock } = options
  const callbacks = new Map<string, Set<(payload: string) => void>>()
  const reconnected = new Set<() => void>()
  const closing = new AbortController()
  let client: pg.Client | undefined

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: options.connectionString,
      application_name: 'aws-orchestrator listen',
      pipeline: true, // several boxes begin to listen at the same moment
    })
    next.on('error', (error) => log.warn({ err: error }, 'notification connection lost'))
    next.on('notification', ({ channel, payload }) => {
      for (const callback of callbacks.get(channel) ?? []) callback(payload ?? '')
    })
    client = next // before it is connected: whoever closes meanwhile ends it too
    try {
      await next.connect()
      for (const channel of callbacks.keys()) await next.query(`listen ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      next.end().catch(() => {}) // not awaited: a dead connection must not hold up the next try
      throw error
    }
    next.on('end', () => void reconnect())
  }

  const reconnect = async (): Promise<void> => {
    client = undefined
    for (let delayMs = firstDelayMs; !closing.signal.aborted; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
      await clock.sleep(delayMs, closing.signal)
      if (closing.signal.aborted) return
      try {
        await connect()
        for (const callback of reconnected) callback()
        return
      } catch (error) {
        log.debug({ err: error }, 'notification connection not back yet')
      }
    }
  }

  await connect()
  return {
    on: (channel, callback) => {
      const existing = callbacks.get(channel)
      if (existing) existing.add(callback)
      else {
        callbacks.set(channel, new Set([callback]))
        // A failure here means that the connection is going down; the reconnection listens to every known channel.
        client?.query(`listen ${pg.escapeIdentifier(channel)}`).catch(() => {})
      }
      return () => void callbacks.get(channel)?.delete(callback)
    },
    onReconnect: (callback) => {
      reconnected.add(callback)
      return () => void reconnected.delete(callback)
    },
    close: async () => {
      closing.abort()
      await client?.end().catch(() => {})
    },
  }
}
