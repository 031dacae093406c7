import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createLog } from '#platform/log.ts'
import { startEmbeddedPostgres } from '#platform/postgres/embedded.ts'
import { freePort } from '../support/free-port.ts'
import { temporaryDirectory } from '../support/installation.ts'
import { createSplit } from '../support/split.ts'
import { waitFor } from '../support/wait-for.ts'
import type { Record } from './findings.ts'
import type { Kept } from './kept.ts'
import { keep, keptCharacters } from './kept.ts'

export type Installation = {
  url: string
  password: string
  workers: Kept[]
  tasks: Kept
  gateway: Kept
  others: Kept[]
  /** How long the slowest start of a process took. */
  startSeconds: () => number
  /** What the processes' logs say about a request. */
  linesAbout: (requestId: string) => string
  /** kill -9 of PostgreSQL, which is started again at once. Resolves when another one runs. */
  killDatabase: () => Promise<void>
  remove: () => Promise<void>
}

/**
 * A whole installation on this machine: a gateway, a task service, several workers and the inventory as processes of their
 * own, a durable PostgreSQL of their own, and the sandbox, which plays AWS and is never killed.
 */
export const startInstallation = async (options: {
  workers: number
  leaseSeconds: number
  speed: number
  size: number
  seed: number
  record: Record
}): Promise<Installation> => {
  const { leaseSeconds, record } = options
  const directory = await temporaryDirectory()
  await chmod(directory.path, 0o711) // as root the database runs as a user of its own, who has to get there
  const dataDir = join(directory.path, 'database')
  await mkdir(dataDir)
  const postgres = await startEmbeddedPostgres({ dataDir, log: createLog({ level: 'fatal' }), maxConnections: 300 })
  const split = await createSplit({
    databaseUrl: postgres.connectionString,
    keptCharacters,
    leaseSeconds,
    env: {
      ORCHESTRATOR_SANDBOX_SIZE: String(options.size),
      ORCHESTRATOR_SANDBOX_SPEED: String(options.speed),
      ORCHESTRATOR_SANDBOX_SEED: String(options.seed),
    },
  })
  const port = String(await freePort())
  const start = (name: string, roles: string, env: { [name: string]: string } = {}): Promise<Kept> =>
    keep(name, () => split.start(roles, env), record)

  const sandbox = await start('sandbox', 'sandbox')
  const [tasks, resources] = [await start('tasks', 'tasks'), await start('resources', 'resources,monitoring')]
  const gateway = await start('gateway', 'gateway', { ORCHESTRATOR_PORT: port })
  const workers = await Promise.all(
    Array.from({ length: options.workers }, (_, index) => start(`worker ${index + 1}`, 'worker')),
  )

  return {
    url: `http://127.0.0.1:${port}`,
    password: split.password,
    workers,
    tasks,
    gateway,
    others: [sandbox, resources],
    startSeconds: () => Math.max(...[gateway, tasks, resources, ...workers].map((kept) => kept.startSeconds())),
    linesAbout: (requestId) =>
      [gateway, tasks, resources, sandbox, ...workers]
        .flatMap(({ output }) => output().split('\n'))
        .filter((line) => line.includes(requestId))
        .join('\n'),
    killDatabase: async () => {
      const before = postgres.postmasterPid()
      if (before > 1) process.kill(before, 'SIGKILL')
      await waitFor('another PostgreSQL', () => postgres.postmasterPid() > 1 && postgres.postmasterPid() !== before)
    },
    remove: async () => {
      for (const kept of [sandbox, resources, tasks, gateway, ...workers]) kept.leave()
      await split.remove()
      await postgres.stop()
      await directory.remove()
    },
  }
}
