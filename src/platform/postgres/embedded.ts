import { createServer } from 'node:net'
import { dirname, resolve } from 'node:path'
import pg from 'pg'
import { systemClock } from '../clock.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { errors } from '../errors.ts'
import { AppError, messageOf } from '../app-error.ts'
import { prepareBinaries } from './binaries.ts'
import { claim, createCluster, hasCluster, readOrMakePassword, superuser } from './cluster.ts'
import { lockDirectory } from './data-lock.ts'
import type { DataLock } from './data-lock.ts'
import { defaultSystemHome, locateCluster, notWritable, prepareDataDirectory } from './location.ts'
import { launchServer } from './server.ts'
import { serverArguments, socketDirectory } from './settings.ts'
import { supervise } from './supervise.ts'
import { chooseUser } from './system-user.ts'
import { takeOverOrphan } from './takeover.ts'

export type EmbeddedPostgresOptions = {
  /** The database files go to `postgres` in it; the lock and the password lie beside. */
  dataDir: string
  log: Pick<Log, 'info' | 'warn' | 'error' | 'debug'>
  /** On 127.0.0.1. Default: a free one. */
  port?: number
  /** The database that is made in it and that the connection string names. Default `orchestrator`. */
  database?: string
  /** False for throw-away servers of tests: faster, and lost with the machine. Default true. */
  isDurable?: boolean
  /** Default 100. */
  maxConnections?: number
  clock?: Clock
  /** Where database files and programs go that can't be in the data directory. Default `/var/lib/aws-orchestrator`. */
  systemHome?: string
}

export type EmbeddedPostgres = {
  /** Holds the password: never log it. */
  connectionString: string
  /** True when a server left behind by a killed process was found and taken over. */
  adopted: boolean
  /** True when this start made the database. */
  isNew: boolean
  /** The postmaster's process id; another one after a crash of the server, 0 for the moment without one. */
  postmasterPid: () => number
  /** Fast shutdown, then the lock is released. Close the pools first. */
  stop: () => Promise<void>
}

/**
 * A real PostgreSQL of our own, durable, on a socket among its files and on the loopback only, watched over and restarted
 * when it dies.
 *
 * Throws `data_directory_in_use` (names the process that holds it), `data_directory_not_writable`,
 * `platform_not_supported` (says what to do instead) or `database_unreachable` (it does not start, with its own words).
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const locks: DataLock[] = []
  const releaseAll = async (): Promise<void> => {
    for (const lock of locks.splice(0).reverse()) await lock.release()
  }
  try {
    return await start(options, locks, releaseAll)
  } catch (error) {
    await releaseAll()
    const told = notWritable(options.dataDir, error)
    if (told instanceof AppError) throw told
    throw errors.database_unreachable(`The embedded PostgreSQL does not start: ${messageOf(error)}`, { cause: error })
  }
}

const start = async (
  options: EmbeddedPostgresOptions,
  locks: DataLock[],
  releaseAll: () => Promise<void>,
): Promise<EmbeddedPostgres> => {
  const { log, isDurable = true, database = 'orchestrator', systemHome = defaultSystemHome } = options
  const user = await chooseUser(log)
  const dataDir = await prepareDataDirectory(resolve(options.dataDir), user)
  locks.push(await lockDirectory(dataDir))
  const directory = await locateCluster(dataDir, user, systemHome, log)
  // A copy of the data directory would bring a copy of the link: its files have a lock of their own.
  if (dirname(directory) !== dataDir) locks.push(await lockDirectory(dirname(directory)))
  const binaries = await prepareBinaries(user, user.uid === undefined ? dataDir : systemHome, log)

  const adopted = await takeOverOrphan(directory, log)
  const isNew = !(await hasCluster(directory))
  const password = await readOrMakePassword(dataDir, isNew)
  if (isNew) await createCluster({ binaries, directory, user, password, isDurable })
  await claim(directory, user)

  const port = options.port ?? (await findFreePort())
  const socket = socketDirectory(directory, port)
  const maxConnections = options.maxConnections ?? 100
  const args = serverArguments({ directory, port, socketDirectory: socket, isDurable, maxConnections })
  const server = await supervise(
    () => launchServer({ program: binaries.postgres, args, user, log }),
    log,
    options.clock ?? systemClock,
  )
  // An exit without stop() (an uncaught error) must not leave an orphan if that can be helped.
  const onExit = (): void => {
    server.signalStop()
    for (const lock of locks) lock.releaseNow()
  }
  process.once('exit', onExit)
  const stop = async (): Promise<void> => {
    await server.stop()
    process.off('exit', onExit)
    await releaseAll()
  }

  // Each question costs less through the socket. Where it is said, the address before it is not looked at.
  const parameters = socket === undefined ? '' : `?host=${encodeURIComponent(socket)}`
  const url = (name: string): string => `postgres://${superuser}:${password}@127.0.0.1:${port}/${name}${parameters}`
  try {
    await ensureDatabase(url('postgres'), database)
  } catch (error) {
    await stop()
    throw error
  }
  log.info({ postgresPid: server.pid(), port, isNew }, 'embedded PostgreSQL is ready')
  return { connectionString: url(database), adopted, isNew, postmasterPid: server.pid, stop }
}

const findFreePort = (): Promise<number> =>
  new Promise((resolvePort, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      probe.close(() => resolvePort(port))
    })
  })

const ensureDatabase = async (adminUrl: string, name: string): Promise<void> => {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 60_000 })
  await client.connect()
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}
