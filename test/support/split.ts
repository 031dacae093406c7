import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Client } from './client.ts'
import { signIn } from './client.ts'
import { freshDatabase } from './database.ts'
import { freePort } from './free-port.ts'
import type { RunningProcess } from './installation.ts'
import { startProcess, temporaryDirectory } from './installation.ts'

const password = 'correct horse battery staple 7'

export type Split = {
  /** Where the services are to be found, by role. */
  urls: Record<'tasks' | 'resources' | 'monitoring' | 'ai' | 'sandbox', string>
  databaseUrl: string
  /** Starts a process with these roles; the services among them at their address. */
  start: (roles: string, env?: Record<string, string>) => Promise<RunningProcess>
  /** Of the first administrator. */
  password: string
  /** Signed in as the first administrator at that gateway. */
  admin: (gateway: RunningProcess) => Promise<Client>
  /** Ends what was started, newest first, and removes what it kept. */
  remove: () => Promise<void>
}

/**
 * An installation of several processes over one database (a fresh one unless it is given) and one master key. Each process has a data directory of
 * its own: they share nothing on disk.
 */
export const createSplit = async (
  options: {
    env?: Record<string, string>
    /** The AI service has a process of its own; else gateways serve it themselves. */
    hasAi?: boolean
    leaseSeconds?: number
    databaseUrl?: string
    keptCharacters?: number
  } = {},
): Promise<Split> => {
  const { databaseUrl } = options
  const [database, directory] = await Promise.all([
    databaseUrl === undefined ? freshDatabase() : { url: databaseUrl, drop: async () => {} },
    temporaryDirectory(),
  ])
  const ports = {
    tasks: await freePort(),
    resources: await freePort(),
    ai: await freePort(),
    sandbox: await freePort(),
  }
  const url = (port: number): string => `http://127.0.0.1:${port}`
  const urls = {
    tasks: url(ports.tasks),
    resources: url(ports.resources),
    monitoring: url(ports.resources),
    ai: url(ports.ai),
    sandbox: url(ports.sandbox),
  }
  const shared = {
    DATABASE_URL: database.url,
    ORCHESTRATOR_MASTER_KEY: randomBytes(32).toString('base64'),
    ORCHESTRATOR_ADMIN_PASSWORD: password,
    ORCHESTRATOR_SANDBOX_SPEED: '1000',
    ...options.env,
  }
  const started: RunningProcess[] = []
  let count = 0

  return {
    urls,
    password,
    databaseUrl: database.url,
    start: async (roles, env = {}) => {
      const list = roles.split(',')
      const has = (role: string): boolean => list.includes(role)
      // A process that is a gateway and a service at once is found at its own address.
      const port = has('gateway') ? undefined : Object.entries(ports).find(([role]) => has(role))?.[1]
      const process = await startProcess(
        {
          ...shared,
          ORCHESTRATOR_DATA_DIR: join(directory.path, `process-${count++}`),
          ORCHESTRATOR_ROLE: roles,
          ...(port === undefined ? {} : { ORCHESTRATOR_PORT: String(port) }),
          ...(has('sandbox') ? {} : { ORCHESTRATOR_SANDBOX_URL: urls.sandbox }),
          ...(has('gateway')
            ? {
                ORCHESTRATOR_TASKS_URL: urls.tasks,
                ORCHESTRATOR_RESOURCES_URL: urls.resources,
                ORCHESTRATOR_MONITORING_URL: urls.monitoring,
                ...(options.hasAi === true ? { ORCHESTRATOR_AI_URL: urls.ai } : {}),
              }
            : {}),
          ...env,
        },
        { leaseSeconds: options.leaseSeconds, keptCharacters: options.keptCharacters },
      )
      started.push(process)
      return process
    },
    admin: (gateway) => signIn(gateway.url, 'admin@localhost', password),
    remove: async () => {
      for (const process of started.reverse()) {
        process.signal('SIGCONT') // one that a test left stopped
        await process.stop()
      }
      await database.drop()
      await directory.remove()
    },
  }
}
