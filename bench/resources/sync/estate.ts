import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAws } from '../../../src/aws/aws.ts'
import type { Aws } from '../../../src/aws/cloud.ts'
import { createSandboxHost } from '../../../src/aws/sandbox-host.ts'
import type { SandboxTransport } from '../../../src/aws/sandbox/transport.ts'
import { createCache } from '../../../src/platform/cache/cache.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import type { Database } from '../../../src/platform/db/database.ts'
import { createListener } from '../../../src/platform/db/listen.ts'
import { migrate } from '../../../src/platform/db/migrate.ts'
import { createNotifier } from '../../../src/platform/events/notifier.ts'
import { createLog } from '../../../src/platform/log.ts'
import { createResources } from '../../../src/resources/resources.ts'
import type { Resources } from '../../../src/resources/resources.ts'
import { createLatency } from './latency.ts'

/** A call as the simulated AWS saw it. */
export type CountedCall = { account: string; region: string; service: string; action: string; wasThrottled: boolean }

export type Estate = {
  db: Database
  aws: Aws
  resources: Resources
  calls: CountedCall[]
  close: () => Promise<void>
}

/** The resource service of one process over a fresh database and the simulated AWS, each call of which is counted and takes so long. */
export const openEstate = async (options: {
  databaseUrl: string
  size: number
  speed: number
  latencyMs: number
}): Promise<Estate> => {
  const log = createLog({ level: process.env['BENCH_LOGS'] ? 'debug' : 'error' })
  const dataDir = await mkdtemp(join(tmpdir(), 'orchestrator-bench-sync-'))
  const db = openDatabase({ connectionString: options.databaseUrl, log, maxConnections: 16 })
  await migrate(db)
  const clock = systemClock
  const { size, speed } = options
  const host = createSandboxHost({ dataDir, seed: 'bench', size, speed, clock, log })
  const calls: CountedCall[] = []
  const wait = createLatency(options.latencyMs)
  const transport: SandboxTransport = {
    handle: async (call) => {
      const { account, region, service, action } = call
      const counted = { account, region, service, action, wasThrottled: false }
      calls.push(counted)
      await wait()
      try {
        return await host.handle(call)
      } catch (error) {
        counted.wasThrottled = /throttl|RequestLimitExceeded|SlowDown|TooManyRequests/i.test(
          String((error as Error).name),
        )
        throw error
      }
    },
  }
  const aws = createAws({ db, log, clock, sandbox: { speed, transport } })
  await aws.accounts.ensureFirst('sandbox')
  const listener = await createListener({ connectionString: options.databaseUrl, log, clock })
  const cache = createCache({ memoryBytes: 32 * 1024 * 1024, log })
  const resources = createResources({
    db,
    log,
    clock,
    aws,
    cache,
    listener,
    notifier: createNotifier(db),
    access: { decide: async () => ({ allowed: true, reasons: [] }), require: async () => {} },
    describeTasks: async () => new Map(),
  })
  return {
    db,
    aws,
    resources,
    calls,
    close: async () => {
      await resources.stop()
      await aws.close()
      await listener.close()
      await cache.close()
      await db.close()
      await host.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
