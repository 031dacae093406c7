import { BentoCache, bentostore } from 'bentocache'
import { memoryDriver } from 'bentocache/drivers/memory'
import { RedisDriver } from 'bentocache/drivers/redis'
import type { RedisOptions } from 'ioredis'
import type { Log } from '#platform/log.ts'

/** Anything that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/**
 * Copies of what stands somewhere else, in this process's memory and, where there is one, in a Redis that all processes share.
 * It may forget at any time, and never fails: what can't be had from it is a miss. Whether a copy is still true is for whoever
 * put it there to know.
 */
export type Cache = {
  get: <Value extends Json>(key: string) => Promise<Value | undefined>
  /** Kept for so long at most. Nobody waits for it. */
  set: (key: string, value: Json, seconds: number) => void
  delete: (key: string) => Promise<void>
  close: () => Promise<void>
}

/** No request waits longer than that for a Redis that hangs; after the first one nobody asks it for a while. */
const commandTimeoutMs = 100
const restMs = 10_000
const connectTimeoutMs = 2_000
const longestReconnectMs = 2_000
const prefix = 'aws-orchestrator'
/** Larger values than that share are not worth what they push out. */
const largestShare = 50

export const createCache = (options: { redisUrl?: string | undefined; memoryBytes: number; log: Log }): Cache => {
  const { redisUrl, memoryBytes, log } = options
  const driver = redisUrl === undefined ? undefined : connect(redisUrl, log)
  const redis = driver?.getConnection()
  const inMemory = () =>
    bentostore().useL1Layer(
      memoryDriver({ maxSize: memoryBytes, maxEntrySize: Math.floor(memoryBytes / largestShare) }),
    )
  const caches = new BentoCache({
    default: 'memory',
    stores: {
      memory: inMemory(),
      ...(driver === undefined ? {} : { both: inMemory().useL2Layer({ options: {}, factory: () => driver }) }),
    },
    prefix,
    suppressL2Errors: true,
    l2CircuitBreakerDuration: restMs,
  })
  /** Without a connection nothing is tried: a failure would have even a Redis that is just being connected rest. */
  const tiers = () => (redis?.status === 'ready' ? caches.use('both') : caches.use('memory'))

  return {
    get: async (key) =>
      (await tiers()
        .get({ key })
        .catch(() => undefined)) ?? undefined,
    set: (key, value, seconds) => {
      // The memory has it at once, Redis in its own time.
      void tiers()
        .set({ key, value, ttl: seconds * 1000 })
        .catch(() => {})
    },
    delete: async (key) =>
      void (await tiers()
        .delete({ key })
        .catch(() => {})),
    close: async () => {
      // Not `quit`, which a Redis that hangs would have to answer.
      redis?.disconnect()
      await caches.disconnectAll().catch(() => {})
    },
  }
}

/** A connection on which nothing waits: not for a Redis that is away, and not long for one that hangs. */
const connect = (url: string, log: Log): RedisDriver => {
  const connection: RedisOptions = {
    ...addressOf(new URL(url)),
    commandTimeout: commandTimeoutMs,
    connectTimeout: connectTimeoutMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (times) => Math.min(50 * 2 ** times, longestReconnectMs),
  }
  const driver = new RedisDriver({ connection, prefix })
  const redis = driver.getConnection()
  let isAway = false
  redis.on('error', (error: Error) => {
    if (!isAway) log.warn({ reason: error.message }, 'Redis does not answer; reads do without it')
    isAway = true
  })
  redis.on('ready', () => {
    if (isAway) log.info('Redis answers again')
    isAway = false
  })
  return driver
}

/** `redis[s]://[user[:password]@]host[:port][/database]` */
const addressOf = ({ protocol, hostname, port, username, password, pathname }: URL): RedisOptions => ({
  host: hostname.replace(/^\[|\]$/g, ''),
  port: port === '' ? 6379 : Number(port),
  ...(username === '' ? {} : { username: decodeURIComponent(username) }),
  ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  db: Number(/^\/(\d+)$/.exec(pathname)?.[1] ?? 0),
  ...(protocol === 'rediss:' ? { tls: {} } : {}),
})
