import { totalmem } from 'node:os'

const mb = 2 ** 20

/** What the machine or our part of it (a container's limit) has. */
const memory = (): number => Math.min(totalmem(), process.constrainedMemory() || Infinity)

/**
 * An eighth of the memory for the server's own cache, from 128 MB up to 4 GB: it takes what it uses and no more, so a small
 * database stays small. An inventory of a million resources has 3 GB with its indexes: a search finds its pages there instead
 * of fetching each from the system's cache (`npm run bench resources`). `effective_cache_size` is only what plans reckon with.
 */
const sized = (bytes: number): Record<string, string> => ({
  shared_buffers: `${Math.floor(Math.min(Math.max(bytes / 8, 128 * mb), 4096 * mb) / mb)}MB`,
  effective_cache_size: `${Math.floor(Math.max(bytes / 2, 512 * mb) / mb)}MB`,
})

/**
 * Settings for a machine that also runs us: plans are short, so the just-in-time compiler only costs, and the disk is taken
 * for a solid-state one.
 */
const settings: Record<string, string> = {
  listen_addresses: '127.0.0.1', // loopback only: the bundled OpenSSL is too old to face a network
  io_method: 'sync', // most reads are of the system's cache: handing them to other processes takes longer than they do
  maintenance_work_mem: '64MB',
  random_page_cost: '1.1',
  jit: 'off',
  wal_compression: 'on',
  max_wal_size: '1GB',
  min_wal_size: '256MB',
  autovacuum_naptime: '15s', // the hot task table turns over quickly
  idle_in_transaction_session_timeout: '60s', // an open snapshot stalls the live feed and vacuum
  password_encryption: 'scram-sha-256',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '',
  log_min_error_statement: 'panic', // statements may carry what must not be logged
}

/**
 * Which pages are in the cache is noted every five minutes and at the end, and they are fetched behind everything else after the
 * next start: the first searches in an inventory of a million resources took twice as long as the next ones.
 */
const lasting: Record<string, string> = { shared_preload_libraries: 'pg_prewarm' }

/** For throw-away servers of tests, of which many run at once and whose data may be lost with the machine. */
const volatile: Record<string, string> = {
  ...sized(0),
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
}

/** The longest path of a socket on every platform that we run on (macOS; Linux takes 107 bytes). */
const longestSocketPath = 103

/**
 * Where the server's socket is: among its own files, which nobody else gets into. Undefined where that path is too long for one.
 */
export const socketDirectory = (directory: string, port: number): string | undefined =>
  Buffer.byteLength(`${directory}/.s.PGSQL.${port}`) <= longestSocketPath ? directory : undefined

/** The server's arguments. Durable means: a commit is on the disk when it returns. */
export const serverArguments = (options: {
  directory: string
  port: number
  /** Besides the loopback. */
  socketDirectory: string | undefined
  isDurable: boolean
  maxConnections: number
}): string[] => {
  const all = {
    ...settings,
    ...(options.isDurable ? { ...sized(memory()), ...lasting } : volatile),
    max_connections: String(options.maxConnections),
    unix_socket_directories: options.socketDirectory ?? '',
  }
  const named = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return ['-D', options.directory, '-p', String(options.port), ...named]
}
