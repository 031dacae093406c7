import { join } from 'node:path'
import { chmod, mkdir } from 'node:fs/promises'
import { startEmbeddedPostgres } from '#platform/postgres/embedded.ts'
import { createLog } from '#platform/log.ts'

/**
 * One PostgreSQL for all tests of the run, in a temporary directory, without fsync: its data need not outlive the machine.
 * Tests that are about durability start their own.
 */
export const prepareDatabase = async (temporary: string): Promise<{ url: string; stop: () => Promise<void> }> => {
  const dataDir = join(temporary, 'database')
  await chmod(temporary, 0o711) // as root the database runs as a user of its own, who has to get there
  await mkdir(dataDir)
  const server = await startEmbeddedPostgres({
    dataDir,
    log: createLog({ level: 'error' }),
    isDurable: false,
    database: 'postgres',
    maxConnections: 300,
  })
  return { url: server.connectionString, stop: server.stop }
}
