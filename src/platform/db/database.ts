import pg from 'pg'
import type { Log } from '#platform/log.ts'
import { createParseTimestamp } from './timestamp.ts'

/** One SQL statement. A `name` makes it a prepared statement (1.3x on hot paths); name and text must go together. */
export type Statement = { name?: string; text: string; values?: readonly unknown[] }

/** Something that runs statements: the pool (each its own transaction) or one open transaction. */
export type Sql = {
  query: <Row = unknown>(statement: Statement) => Promise<Row[]>
}

export type Transaction = Sql & {
  /** Runs after the commit, never when it was rolled back. For notifications and caches; must not throw. */
  afterCommit: (work: () => void) => void
}

export type Database = Sql & {
  /**
   * Runs `work` between BEGIN and COMMIT on one connection and rolls back when it throws. Nothing slow or remote belongs
   * in it: a write transaction longer than 250 ms stalls the live feed.
   */
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>
  /** For things that the pool can't do: LISTEN needs a connection of its own. */
  connectionString: string
  close: () => Promise<void>
}

// Timestamps come back as Date, bigint (20) and xid8 as string, numeric as string: nothing is silently rounded.
const types = new pg.TypeOverrides()
const { TIMESTAMPTZ } = pg.types.builtins
types.setTypeParser(TIMESTAMPTZ, createParseTimestamp(pg.types.getTypeParser(TIMESTAMPTZ)))

/** Opens a pool. Errors of idle connections (the server restarted) are logged, not thrown; the pool replaces them. */
export const openDatabase = (options: {
  connectionString: string
  log: Log
  maxConnections?: number
  applicationName?: string
  /** Server settings of every connection, for example of the planner. */
  settings?: Record<string, string>
}): Database => {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.maxConnections ?? 10,
    application_name: options.applicationName ?? 'aws-orchestrator',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    types,
    ...(options.settings === undefined
      ? {}
      : {
          options: Object.entries(options.settings)
            .map(([name, value]) => `-c ${name}=${value}`)
            .join(' '),
        }),
    // Statements that don't wait for each other's rows go out together: BEGIN with the first one, for example.
    pipeline: true,
  })
  let isClosing = false
  // Not the error itself: the pool hangs the whole client on it.
  pool.on(
    'error',
    ({ message }) => void (isClosing || options.log.warn({ reason: message }, 'database connection lost')),
  )

  // A connection may die in the very moment in which nobody listens to it: on its way from a query back into the pool. Its
  // error event would then end the process. Whoever uses it learns of it from the statement that fails.
  pool.on('connect', (client) => client.on('error', () => {}))

  const run = async <Row>(client: pg.Pool | pg.PoolClient, statement: Statement): Promise<Row[]> => {
    const result = await client.query({
      ...(statement.name === undefined ? {} : { name: statement.name }),
      text: statement.text,
      values: statement.values as unknown[],
    })
    return result.rows as Row[]
  }

  return {
    connectionString: options.connectionString,
    query: (statement) => run(pool, statement),
    transaction: async (work) => {
      const client = await pool.connect()
      const after: (() => void)[] = []
      let failure: unknown
      try {
        // Not awaited: it goes out with the first statement, and fails with it.
        client.query('begin').catch(() => {})
        const result = await work({
          query: (statement) => run(client, statement),
          afterCommit: (callback) => after.push(callback),
        })
        await client.query('commit')
        for (const callback of after) callback()
        return result
      } catch (error) {
        failure = error
        await client.query('rollback').catch(() => {})
        throw error
      } finally {
        // An error that says the connection is unusable must not go back into the pool.
        client.release(isConnectionLost(failure) ? true : undefined)
      }
    },
    close: () => {
      isClosing = true // connections that the server ends from now on are no news
      return pool.end()
    },
  }
}

const connectionCodes = new Set([
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08003',
  '08006',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  // of a server elsewhere, while it moves to another machine
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** Whether an error means that the server or the connection went away (try again), not that the statement was wrong. */
export const isConnectionLost = (error: unknown): boolean =>
  error instanceof Error &&
  (connectionCodes.has(String((error as { code?: unknown }).code)) ||
    // The driver's own words; the last ones are what a connection says that was lost between two statements.
    /Connection terminated|timeout exceeded when trying to connect|connection timeout|is not queryable/i.test(
      error.message,
    ))

/**
 * Whether the same statement may succeed later: the connection was lost, or the server could not carry it out for a reason
 * outside of it (SQLSTATE 40: deadlock, 53: no room, 55: locked, 57: cancelled, 58: its disk, 25006: read-only after a
 * failover). Anything else is refused for what is in it.
 */
export const isPassing = (error: unknown): boolean =>
  isConnectionLost(error) ||
  (error instanceof Error &&
    /^(?:(?:08|40|53|55|57|58)[0-9A-Z]{3}|25006)$/.test(String((error as { code?: unknown }).code)))
