import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createLog } from '../../src/platform/log.ts'
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded.ts'

export type PostgresServer = {
  version: string
  url: string
  pid: () => number
  /** An empty database for one engine in one round. */
  freshDatabase: (name: string) => Promise<{ url: string; drop: () => Promise<void> }>
  stop: () => Promise<void>
}

/** The project's own embedded server, with its own settings: every commit is on the disk when it returns. */
export const startPostgres = async (): Promise<PostgresServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'orchestrator-bench-postgres-'))
  await chmod(folder, 0o755) // as root, PostgreSQL's own user has to get there
  const server = await startEmbeddedPostgres({
    dataDir: folder,
    log: createLog({ level: process.env['BENCH_LOGS'] ? 'debug' : 'error' }),
    maxConnections: 400,
  })
  const admin = new pg.Client({ connectionString: server.connectionString })
  await admin.connect()
  const { rows } = await admin.query(
    `select current_setting('server_version') as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as synchronous_commit`,
  )
  const { version, fsync, synchronous_commit: synchronousCommit } = rows[0]
  if (fsync !== 'on' || synchronousCommit !== 'on')
    throw new Error('This PostgreSQL is not durable; nothing here would be comparable.')
  return {
    version: String(version).split(' ')[0] ?? '',
    url: server.connectionString,
    pid: server.postmasterPid,
    freshDatabase: async (name) => {
      const id = pg.escapeIdentifier(name)
      await admin.query(`create database ${id}`)
      await admin.query('checkpoint') // so that nobody pays for what the one before wrote
      const url = new URL(server.connectionString)
      url.pathname = `/${name}`
      return {
        url: url.toString(),
        drop: async () => void (await admin.query(`drop database ${id} with (force)`)),
      }
    },
    stop: async () => {
      await admin.end()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
