/**
 * Settings for a small machine that also runs us: memory is kept low (the page cache does the rest), plans are short, so
 * the just-in-time compiler only costs, and the disk is taken for a solid-state one.
 */
const settings: Record<string, string> = {
  listen_addresses: '127.0.0.1', // loopback only: the bundled OpenSSL is too old to face a network
  unix_socket_directories: '',
  shared_buffers: '128MB',
  effective_cache_size: '512MB',
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

/** For throw-away servers of tests, whose data may be lost with the machine. */
const volatile: Record<string, string> = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/** The server's arguments. Durable means: a commit is on the disk when it returns. */
export const serverArguments = (options: {
  directory: string
  port: number
  isDurable: boolean
  maxConnections: number
}): string[] => {
  const all = { ...settings, ...(options.isDurable ? {} : volatile), max_connections: String(options.maxConnections) }
  const named = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return ['-D', options.directory, '-p', String(options.port), ...named]
}
