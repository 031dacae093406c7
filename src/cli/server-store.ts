import { resolve } from 'node:path'
import { systemClock } from '#platform/clock.ts'
import { readConfig } from '#platform/config/read-config.ts'
import type { Config } from '#platform/config/settings.ts'
import { openDatabase } from '#platform/db/database.ts'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import type { Log } from '#platform/log.ts'
import { startEmbeddedPostgres } from '#platform/postgres/embedded.ts'

export type Store = { config: Config; db: Database; log: Log; dataDir: string }

/**
 * The server's own database for a command that works on it directly: the configured one or, started for the moment, the
 * embedded one. The latter belongs to one process at a time: while the server runs this says who holds it.
 */
export const withStore = async <T>(
  env: Record<string, string | undefined>,
  work: (store: Store) => Promise<T>,
): Promise<T> => {
  const config = readConfig(env)
  const log = createLog({ level: 'error' })
  const dataDir = resolve(config.dataDir)
  const embedded =
    config.databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir, log, clock: systemClock }) : undefined
  try {
    const connectionString = embedded?.connectionString ?? config.databaseUrl ?? ''
    const db = openDatabase({ connectionString, log, maxConnections: 2, applicationName: 'orchestrator command line' })
    try {
      return await work({ config, db, log, dataDir })
    } finally {
      await db.close()
    }
  } finally {
    await embedded?.stop()
  }
}
