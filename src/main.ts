import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAi } from '#ai/ai.ts'
import { faultsHttp } from '#aws/faults-http.ts'
import { createAws } from '#aws/aws.ts'
import { createSandboxClient } from '#aws/sandbox-client.ts'
import type { SandboxHost } from '#aws/sandbox-host.ts'
import { createSandboxHost } from '#aws/sandbox-host.ts'
import { sandboxHttp } from '#aws/sandbox-http.ts'
import { createGateway } from '#gateway/gateway.ts'
import type { GatewayService } from '#gateway/gateway.ts'
import { createServiceServer } from '#gateway/service-server.ts'
import { loadTls } from '#gateway/tls.ts'
import { alertsOfBreakers } from '#monitoring/breaker-alerts.ts'
import { createMonitoring } from '#monitoring/monitoring.ts'
import { createCache } from '#platform/cache/cache.ts'
import type { Clock } from '#platform/clock.ts'
import { systemClock } from '#platform/clock.ts'
import { loopback, readConfig } from '#platform/config/read-config.ts'
import { roles } from '#platform/config/settings.ts'
import type { Config, RoleName } from '#platform/config/settings.ts'
import type { Database } from '#platform/db/database.ts'
import { openDatabase } from '#platform/db/database.ts'
import { createListener } from '#platform/db/listen.ts'
import { migrate } from '#platform/db/migrate.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { startEventMaintenance } from '#platform/events/maintenance.ts'
import type { RouteEntry } from '#platform/http/access-hooks.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Log } from '#platform/log.ts'
import { createLog } from '#platform/log.ts'
import { startEmbeddedPostgres } from '#platform/postgres/embedded.ts'
import { createShutdown } from '#platform/shutdown.ts'
import type { Shutdown } from '#platform/shutdown.ts'
import { createResources } from '#resources/resources.ts'
import { createSecurity } from '#security/security.ts'
import type { Security } from '#security/security.ts'
import { createTasks } from '#tasks/tasks.ts'
import type { Tasks } from '#tasks/tasks.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const webRoot = resolve(here, '../web/dist')

/** Of each process, for copies: some 6,000 resources of 5 KB. */
const cacheBytes = 32 * 1024 * 1024

/** What a process says when it is ready to serve. */
export type Started = {
  url: string
  /** Of the first administrator, as long as nobody has signed in with it. */
  firstPassword: { email: string; password: string; file: string } | null
  /** The first administrator's address where this start made them with the configured password. */
  newAdministrator: string | null
  config: Config
  /** Every HTTP route of this process with who may call it. */
  routes: RouteEntry[]
  /** The OpenAPI document as text; null in a process without the gateway. */
  openApi: (() => string) | null
  stop: () => Promise<void>
}

export type StartOptions = {
  log?: Log
  clock?: Clock
  /** How long a worker's items stay its own after it was last heard of; for tests that kill workers. */
  leaseSeconds?: number
}

/**
 * Starts the boxes that this process's roles name and wires them: everything that one box needs of another is handed over
 * here and nowhere else. Throws an AppError that says what to do when something that it needs is missing.
 */
export const start = async (env: Record<string, string | undefined>, options: StartOptions = {}): Promise<Started> => {
  const config = readConfig(env)
  const log =
    options.log ??
    createLog({ level: config.logLevel, role: config.role.length === roles.length ? 'all' : config.role.join() })
  const shutdown = createShutdown(log)
  try {
    return await run({ config, log, clock: options.clock ?? systemClock, shutdown, leaseSeconds: options.leaseSeconds })
  } catch (error) {
    await shutdown.run() // what had been started already
    throw error
  }
}

type Process = { config: Config; log: Log; clock: Clock; shutdown: Shutdown; leaseSeconds: number | undefined }

const run = async (process: Process): Promise<Started> => {
  const { config, log, clock, shutdown, leaseSeconds } = process
  const has = (role: RoleName): boolean => config.role.includes(role)
  const version = await readVersion()
  const dataDir = resolve(config.dataDir)

  const db = await openStore(process, dataDir)
  const listener = await createListener({ connectionString: db.connectionString, log, clock })
  shutdown.add('notifications', listener.close)
  const notifier = createNotifier(db)
  const eventMaintenance = startEventMaintenance({ db, clock, log })
  shutdown.add('maintenance of the event log', eventMaintenance.stop)

  const security = await createSecurity({
    db,
    log,
    dataDir,
    clock,
    masterKey: { value: config.masterKey },
    notifier,
    listener,
  })
  await security.start()
  shutdown.add('security', security.stop)
  const first = await security.ensureAdministrator({ email: config.adminEmail, password: config.adminPassword })

  const sandbox = openSandbox(process, security, dataDir)
  const aws = createAws({
    db,
    log,
    clock,
    sandbox: { speed: config.sandboxSpeed, transport: sandbox?.transport },
    endpointUrl: config.awsEndpointUrl,
    region: config.awsRegion,
    crypto: security.crypto,
    notifier,
  })
  shutdown.add('aws', aws.close)
  await aws.accounts.ensureFirst(config.cloud)

  const { access } = security
  const shared = { db, log, clock, aws, access, notifier, listener }
  const monitoring = createMonitoring({
    ...shared,
    crypto: security.crypto,
    principalOf: security.principalOf,
    // Made below, of what is made here: monitoring asks for it when it has something to tell.
    describeTasks: (ids) => tasks.describe(ids),
    // Who reaches a server on loopback is at this machine already: its webhooks may go to receivers here and nearby.
    isPrivateAllowed: loopback.has(config.host) && config.trustedProxies === undefined,
  })
  aws.breakers.tell(alertsOfBreakers(monitoring))
  const cache = createCache({ redisUrl: config.redisUrl, memoryBytes: cacheBytes, log })
  shutdown.add('cache', cache.close)
  const resources = createResources({
    ...shared,
    cache,
    eventQueueUrl: config.eventQueueUrl,
    alarms: { raise: monitoring.raiseAlert, resolve: monitoring.resolveAlert },
    describeTasks: (ids) => tasks.describe(ids),
    historyRetentionDays: config.historyRetentionDays,
  })
  const tasks: Tasks = createTasks({
    ...shared,
    selfApproval: config.selfApproval,
    resolveTargets: resources.resolveTargets,
    exposureOf: resources.exposureOf,
    onEffects: (effect) => void resources.noteEffects([{ ...effect, ids: effect.by.map(({ id }) => id) }]),
    principalOf: security.principalOf,
    retentionMonths: config.taskRetentionMonths,
    alarms: { raise: monitoring.raiseAlert, resolve: monitoring.resolveAlert },
    ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
  })

  const { raiseAlert, resolveAlert } = monitoring
  const ai = createAi({
    ...shared,
    cache,
    resources,
    plan: tasks.planner.plan,
    hasAlerts: config.anomalyAlerts === 'on',
    raiseAlert,
    resolveAlert,
  })
  shutdown.add('queue', tasks.close)

  // Loops, by role.
  if (has('resources')) {
    await resources.start()
    shutdown.add('resources', resources.stop)
    resources.signals.start()
    shutdown.add('signals of resources', resources.signals.stop)
  }
  if (has('ai')) {
    ai.watcher.start()
    shutdown.add('watcher of metrics', ai.watcher.stop, 10)
  }
  if (has('monitoring')) {
    monitoring.start()
    shutdown.add('monitoring', monitoring.stop)
  }
  if (has('tasks')) {
    tasks.upkeep.start()
    shutdown.add('upkeep of tasks', tasks.upkeep.stop)
    tasks.scheduler.start()
    shutdown.add('scheduler', tasks.scheduler.stop)
    tasks.freezes.start()
    shutdown.add('freezes', tasks.freezes.stop)
    tasks.conductor.start()
    shutdown.add('conductor of tasks', tasks.conductor.stop)
  }
  if (has('worker')) {
    await tasks.worker.start()
    // A call with an effect that is under way is waited for, up to 30 s.
    shutdown.add('worker', tasks.worker.stop, 35)
  }

  // The HTTP face: a gateway, or a service behind one.
  const services: (GatewayService & { role: RoleName })[] = [
    { name: 'tasks', role: 'tasks', http: all(tasks.http), url: config.tasksUrl },
    { name: 'resources', role: 'resources', http: all(resources.http), url: config.resourcesUrl },
    { name: 'ai', role: 'ai', http: all(ai.http), url: config.aiUrl },
    { name: 'monitoring', role: 'monitoring', http: all(monitoring.http), url: config.monitoringUrl },
  ]
  const checks = { database: () => db.query({ text: 'select 1' }) }
  const internal = sandbox?.host
    ? [sandboxHttp({ host: sandbox.host, verify: (token) => security.internalTokens.verify(token, 'sandbox') })]
    : []
  const address = { host: config.host, port: config.port }

  const server = has('gateway')
    ? await createGateway({
        log,
        clock,
        version,
        services: [
          { name: 'security', http: all(security.http) },
          ...(sandbox ? [{ name: 'sandbox', http: faultsHttp({ control: sandbox.control, sql: db }) }] : []),
          // What this process does itself is not forwarded, whatever the address of the others.
          ...services.map(({ name, role, http, url }) => ({ name, http, url: has(role) ? undefined : url })),
        ],
        internal,
        authenticate: security.authenticate,
        access,
        redeemTicket: security.tickets.redeemTicket,
        signInternal: security.internalTokens.sign,
        checks,
        live: { db, onNews: newsOf(listener) },
        ...(config.trustedProxies === undefined ? {} : { trustedProxies: config.trustedProxies }),
        publicUrl: config.publicUrl,
        webRoot,
        tls: await loadTls({ setting: config.tls, dataDir, names: [config.host], now: clock.now() }),
      })
    : await createServiceServer({
        log,
        version,
        services: services.filter(({ role }) => has(role)),
        internal,
        verifyInternal: security.internalTokens.verify,
        access,
        checks,
      })
  // Before it listens: where the port is taken, the readers behind it have to end as well.
  shutdown.add('http', server.close)
  const listening = await server.listen(address)
  log.info({ url: listening, roles: config.role, version }, 'ready')

  return {
    url: config.publicUrl ?? listening,
    firstPassword:
      first.generatedPassword === null
        ? null
        : { email: first.email, password: first.generatedPassword, file: first.passwordFile },
    newAdministrator: first.kind === 'created' && first.generatedPassword === null ? first.email : null,
    config,
    routes: server.routes,
    openApi: server.openApi,
    stop: shutdown.run,
  }
}

/** The database of the configuration, or an embedded server; migrated. */
const openStore = async ({ config, log, clock, shutdown }: Process, dataDir: string): Promise<Database> => {
  let connectionString = config.databaseUrl
  if (connectionString === undefined) {
    const embedded = await startEmbeddedPostgres({ dataDir, log, clock })
    shutdown.add('embedded PostgreSQL', embedded.stop)
    connectionString = embedded.connectionString
  }
  const db = openDatabase({
    connectionString,
    log,
    maxConnections: 16,
    applicationName: `aws-orchestrator ${config.role.length === roles.length ? 'all' : config.role.join()}`,
  })
  shutdown.add('database pool', db.close)
  const { applied } = await migrate(db)
  if (applied.length > 0) log.info({ applied }, 'the database was brought up to this version')
  return db
}

/** The sandbox: hosted here when the role says so and no other process does, else reached where it is, else none. */
const openSandbox = ({ config, log, clock, shutdown }: Process, security: Security, dataDir: string) => {
  if (config.sandboxUrl !== undefined) {
    const client = createSandboxClient({
      url: config.sandboxUrl,
      token: () => security.internalTokens.sign(systemPrincipal, 'sandbox'),
    })
    return { transport: client, control: client.control, host: undefined }
  }
  if (!config.role.includes('sandbox')) return undefined
  const host: SandboxHost = createSandboxHost({
    dataDir,
    seed: config.sandboxSeed,
    size: config.sandboxSize,
    speed: config.sandboxSpeed,
    clock,
    log,
  })
  shutdown.add('sandbox', host.close)
  return { transport: host, control: host.control, host }
}

const systemPrincipal = {
  userId: 'system',
  email: 'system',
  roles: [],
  via: 'system' as const,
  credentialId: null,
  scopes: null,
}

const all =
  (services: readonly HttpService[]): HttpService =>
  async (http) => {
    for (const service of services) await service(http)
  }

/** Something may be new in the event log: a notification came, or some were lost while the connection was away. */
const newsOf =
  (listener: {
    on: (channel: string, callback: () => void) => () => void
    onReconnect: (callback: () => void) => () => void
  }) =>
  (callback: () => void): (() => void) => {
    const ends = [listener.on('events', callback), listener.onReconnect(callback)]
    return () => ends.forEach((end) => end())
  }

const readVersion = async (): Promise<string> => {
  const manifest: unknown = JSON.parse(await readFile(resolve(here, '../package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
