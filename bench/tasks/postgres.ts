import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createLog } from '../../src/platform/log.ts'
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded.ts'

export type PostgresServer = {
  version: string
  url: string
  pid: () => number
  /**
   * Makes it one that has been at work for a while: as busy as it is, it writes over files of its log that it has already. A
   * new server makes each of them first, and every commit waits meanwhile (80 ms for each 16 MB).
   */
  workIn: () => Promise<void>
  /** An empty database for one engine in one round. */
  freshDatabase: (name: string) => Promise<{ url: string; drop: () => Promise<void> }>
  /** A database that was made once by `fill`, whose name is given only to what it has finished. */
  filledDatabase: (name: string, fill: (url: string) => Promise<void>) => Promise<string>
  stop: () => Promise<void>
}

/** As much as PostgreSQL keeps for writing over (`max_wal_size`), and a little more. */
const workedInMb = 1_100

/**
 * The project's own embedded server, with its own settings: every commit is on the disk when it returns. What is in it goes
 * with it, unless it is given a folder to keep.
 */
export const startPostgres = async (kept?: string): Promise<PostgresServer> => {
  if (kept !== undefined) await mkdir(kept, { recursive: true })
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'orchestrator-bench-postgres-')))
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
  const urlOf = (name: string): string => {
    const url = new URL(server.connectionString)
    url.pathname = `/${name}`
    return url.toString()
  }
  const drop = async (name: string): Promise<void> =>
    void (await admin.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`))
  return {
    version: String(version).split(' ')[0] ?? '',
    url: server.connectionString,
    pid: server.postmasterPid,
    workIn: async () => {
      for (let written = 0; written < workedInMb; written++)
        await admin.query(`select pg_logical_emit_message(false, 'bench', repeat('x', 1024 * 1024))`)
      await admin.query('checkpoint')
    },
    freshDatabase: async (name) => {
      await drop(name) // of a run before that was broken off
      await admin.query(`create database ${pg.escapeIdentifier(name)}`)
      await admin.query('checkpoint') // so that nobody pays for what the one before wrote
      return { url: urlOf(name), drop: () => drop(name) }
    },
    filledDatabase: async (name, fill) => {
      const { rowCount } = await admin.query('select from pg_database where datname = $1', [name])
      if (rowCount) return urlOf(name)
      const unfinished = `${name}_unfinished`
      await drop(unfinished)
      await admin.query(`create database ${pg.escapeIdentifier(unfinished)}`)
      await fill(urlOf(unfinished))
      await admin.query(`alter database ${pg.escapeIdentifier(unfinished)} rename to ${pg.escapeIdentifier(name)}`)
      await admin.query('checkpoint')
      return urlOf(name)
    },
    stop: async () => {
      await admin.end()
      await server.stop()
      if (kept === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}
