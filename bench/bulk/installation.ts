import { openDatabase } from '../../src/platform/db/database.ts'
import type { Database } from '../../src/platform/db/database.ts'
import { createLog } from '../../src/platform/log.ts'
import type { Client } from '../../test/support/client.ts'
import { freshDatabase } from '../../test/support/database.ts'
import type { RunningProcess } from '../../test/support/installation.ts'
import { createSplit } from '../../test/support/split.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { processCpuMs } from '../tasks/cpu.ts'
import { place } from './aws.ts'

/** How many worker processes share the quota. */
export const workerCount = 4

export type Installation = {
  sandboxPort: number
  /** Starts the processes; the sandbox has to answer by then. */
  start: () => Promise<void>
  /** Signs in anew: a session is shorter than the longest scenarios are together. */
  signIn: () => Promise<void>
  admin: () => Client
  db: () => Database
  /** Kills some workers, as a power cut does. */
  killWorkers: (count: number) => void
  /** Starts as many workers as were killed. */
  replaceWorkers: () => Promise<void>
  /** Processor time that all its processes have taken so far, in ms; of the killed ones as well. */
  cpuMs: () => number
  /** What its processes have logged. */
  output: () => string
  remove: () => Promise<void>
}

/** An installation as somebody would run it for bulk work: one process that serves, four that work, one PostgreSQL. */
export const createInstallation = async (speed: number): Promise<Installation> => {
  // Only for its clone of a migrated database.
  const probe = await freshDatabase()
  await probe.drop()
  const split = await createSplit({ env: { ORCHESTRATOR_SANDBOX_SPEED: String(speed) } })
  let front: RunningProcess | undefined
  const workers: RunningProcess[] = []
  let admin: Client | undefined
  let db: Database | undefined
  let endedCpuMs = 0

  const startWorkers = async (count: number): Promise<void> => {
    workers.push(...(await Promise.all(Array.from({ length: count }, () => split.start('worker')))))
  }

  return {
    sandboxPort: Number(new URL(split.urls.sandbox).port),
    start: async () => {
      front = await split.start('gateway,tasks,resources,monitoring')
      await startWorkers(workerCount)
      db = openDatabase({ connectionString: split.databaseUrl, log: createLog({ level: 'error' }), maxConnections: 2 })
    },
    signIn: async () => {
      admin = await split.admin(present(front))
    },
    admin: () => present(admin),
    db: () => present(db),
    killWorkers: (count) => {
      for (const worker of workers.splice(0, count)) {
        endedCpuMs += processCpuMs(worker.pid) ?? 0
        worker.signal('SIGKILL')
      }
    },
    replaceWorkers: () => startWorkers(workerCount - workers.length),
    cpuMs: () =>
      endedCpuMs + [front, ...workers].reduce((sum, process) => sum + (processCpuMs(process?.pid ?? 0) ?? 0), 0),
    output: () => [front, ...workers].map((process) => process?.output() ?? '').join(''),
    remove: async () => {
      await db?.close()
      await split.remove()
    },
  }
}

const present = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('The installation was not started.')
  return value
}

/** Waits until the inventory knows all instances of the place: targets are resolved there. */
export const inventoryOf = (admin: Client, instances: number): Promise<true> => {
  const q = encodeURIComponent(`type:ec2.instance account:${place.account} region:${place.region}`)
  type Page = { total: { value: number }; freshness: { partial: unknown[] } }
  return waitFor(
    'the inventory',
    async () => {
      const { total, freshness } = await admin.ok<Page>('GET', `/resources?q=${q}&limit=1`)
      return freshness.partial.length === 0 && total.value >= Math.min(instances, 10_000)
    },
    180,
  )
}
