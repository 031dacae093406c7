import { addressRange, listOf, number, oneOf, text, url, wholeNumber } from './setting.ts'
import type { Setting } from './setting.ts'

export const roles = ['gateway', 'tasks', 'worker', 'resources', 'ai', 'monitoring', 'sandbox'] as const
export type RoleName = (typeof roles)[number]

/** Each role once, whatever was named how often. */
const roleList = (given: string): RoleName[] => {
  const named = new Set<string>(listOf(oneOf('all', ...roles))(given))
  return roles.filter((role) => named.has('all') || named.has(role))
}

const setting = <Value>(setting: Setting<Value>): Setting<Value> => setting

const service = (box: string): Setting<string> =>
  setting({
    name: `ORCHESTRATOR_${box.toUpperCase()}_URL`,
    description: `Where the ${box} service answers when it runs in other processes; the gateway forwards to it.`,
    default: undefined,
    parse: url('http:', 'https:'),
  })

/** Every setting there is. An unknown ORCHESTRATOR_* name in the environment is a start-up error. */
export const settings = {
  port: setting({
    name: 'ORCHESTRATOR_PORT',
    description: 'TCP port of the HTTP API and the console.',
    default: '8080',
    parse: wholeNumber(0, 65_535),
  }),
  host: setting({
    name: 'ORCHESTRATOR_HOST',
    description: 'Address to listen on. Anything but loopback needs TLS or a trusted proxy.',
    default: '127.0.0.1',
    parse: text,
  }),
  dataDir: setting({
    name: 'ORCHESTRATOR_DATA_DIR',
    description: 'Directory for everything that is kept on disk.',
    default: './.orchestrator',
    parse: text,
  }),
  publicUrl: setting({
    name: 'ORCHESTRATOR_PUBLIC_URL',
    description: 'The address under which people reach the console, where it differs from host and port.',
    default: undefined,
    parse: url('http:', 'https:'),
  }),
  trustedProxies: setting({
    name: 'ORCHESTRATOR_TRUSTED_PROXIES',
    description: 'Addresses or CIDR ranges of proxies whose X-Forwarded-* headers are believed, with commas between.',
    default: undefined,
    parse: listOf(addressRange),
  }),
  databaseUrl: setting({
    name: 'DATABASE_URL',
    description:
      'PostgreSQL 18 or later. None: an embedded server in the data directory; its cache grows with the data, to an eighth of the memory and 4 GB at the most, and is filled again after a start.',
    default: undefined,
    isSecret: true,
    parse: url('postgres:', 'postgresql:'),
  }),
  redisUrl: setting({
    name: 'REDIS_URL',
    description:
      'A Redis for copies of resources that processes share, between their memory and the database. None, or while it is away: each process caches in memory.',
    default: undefined,
    isSecret: true,
    parse: url('redis:', 'rediss:'),
  }),
  role: setting({
    name: 'ORCHESTRATOR_ROLE',
    description: `What this process does: all, or some of ${roles.join(', ')} with commas between.`,
    default: 'all',
    parse: roleList,
  }),
  cloud: setting({
    name: 'ORCHESTRATOR_CLOUD',
    description: 'Which accounts a fresh installation begins with.',
    default: 'sandbox',
    parse: oneOf('sandbox', 'aws'),
  }),
  sandboxSize: setting({
    name: 'ORCHESTRATOR_SANDBOX_SIZE',
    description:
      'Instances, volumes, snapshots, functions and buckets in the simulated estate, about; what stands around them comes on top.',
    default: '1500',
    parse: wholeNumber(500, 1_000_000),
  }),
  sandboxSeed: setting({
    name: 'ORCHESTRATOR_SANDBOX_SEED',
    description: 'The same seed gives the same estate.',
    default: '1',
    parse: text,
  }),
  sandboxSpeed: setting({
    name: 'ORCHESTRATOR_SANDBOX_SPEED',
    description: "How fast the sandbox's clock and token buckets run against the wall's.",
    default: '1',
    parse: number(0.01, 100_000),
  }),
  sandboxUrl: setting({
    name: 'ORCHESTRATOR_SANDBOX_URL',
    description: 'Where the process of role sandbox answers, when roles are split.',
    default: undefined,
    parse: url('http:', 'https:'),
  }),
  awsEndpointUrl: setting({
    name: 'AWS_ENDPOINT_URL',
    description: 'An AWS-compatible endpoint to use instead of AWS, for accounts of the real cloud.',
    default: undefined,
    parse: url('http:', 'https:'),
  }),
  awsRegion: setting({
    name: 'AWS_REGION',
    description: 'Region of the account that a fresh installation on real AWS begins with.',
    default: 'us-east-1',
    parse: text,
  }),
  eventQueueUrl: setting({
    name: 'ORCHESTRATOR_EVENT_QUEUE_URL',
    description:
      'URL of an SQS queue that EventBridge sends changes to; the account that it is in must be one of the accounts. None: changes made elsewhere are seen by the next sweep.',
    default: undefined,
    parse: (given: string) => {
      if (!/^https?:\/\/[^/?#@]+\/\d{12}\/[\w-]{1,80}$/.test(given))
        throw new Error('must be the URL of a queue: https://sqs.<region>.amazonaws.com/<account>/<name>')
      return given
    },
  }),
  adminEmail: setting({
    name: 'ORCHESTRATOR_ADMIN_EMAIL',
    description: 'E-mail address of the first administrator.',
    default: 'admin@localhost',
    parse: text,
  }),
  adminPassword: setting({
    name: 'ORCHESTRATOR_ADMIN_PASSWORD',
    description:
      'Password of the first administrator. None: generated at the first start, printed, and kept in `initial-password` in the data directory until the first sign-in.',
    default: undefined,
    isSecret: true,
    parse: text,
  }),
  selfApproval: setting({
    name: 'ORCHESTRATOR_SELF_APPROVAL',
    description:
      'Whether requesters may approve their own tasks: on sandbox accounts only, always (installations of one person), or never.',
    default: 'sandbox',
    parse: oneOf('sandbox', 'always', 'never'),
  }),
  model: setting({
    name: 'ORCHESTRATOR_MODEL',
    description:
      'The model behind the assistant: builtin, bedrock:<model>, anthropic:<model>, openai:<model> or ollama:<model>. Checked, but not used by this version: there is no assistant yet.',
    default: 'builtin',
    parse: (given: string) => {
      if (!/^(builtin|(bedrock|anthropic|openai|ollama):.+)$/.test(given)) {
        throw new Error('must be builtin, bedrock:<model>, anthropic:<model>, openai:<model> or ollama:<model>')
      }
      return given
    },
  }),
  anomalyAlerts: setting({
    name: 'ORCHESTRATOR_ANOMALY_ALERTS',
    description: 'Whether what is unusual in a metric that is followed raises an alert, of severity info: off or on.',
    default: 'off',
    parse: oneOf('off', 'on'),
  }),
  taskRetentionMonths: setting({
    name: 'ORCHESTRATOR_TASK_RETENTION_MONTHS',
    description:
      'Months of finished tasks that are kept beside the current one; older months are dropped whole. The audit log stays.',
    default: '13',
    parse: wholeNumber(1, 1200),
  }),
  historyRetentionDays: setting({
    name: 'ORCHESTRATOR_HISTORY_RETENTION_DAYS',
    description:
      'Days for which it is kept what became of resources: their changes, and how they were. Older changes are deleted.',
    default: '395',
    parse: wholeNumber(1, 36_500),
  }),
  tls: setting({
    name: 'ORCHESTRATOR_TLS',
    description: 'off, self-signed, or the files of a certificate and its key: <cert>,<key>. TLS 1.3 only.',
    default: 'off',
    parse: (given: string) => {
      if (!/^(off|self-signed|[^,]+,[^,]+)$/.test(given)) throw new Error('must be off, self-signed, or <cert>,<key>')
      return given
    },
  }),
  masterKey: setting({
    name: 'ORCHESTRATOR_MASTER_KEY',
    description:
      'Key that seals secrets in the database: 32 bytes, as base64 or hex. None: a key file (mode 0600) in the data directory.',
    default: undefined,
    isSecret: true,
    parse: text,
  }),
  logLevel: setting({
    name: 'ORCHESTRATOR_LOG_LEVEL',
    description: 'How much is logged.',
    default: 'info',
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
  }),
  tasksUrl: service('tasks'),
  resourcesUrl: service('resources'),
  aiUrl: service('ai'),
  monitoringUrl: service('monitoring'),
  url: setting({
    name: 'ORCHESTRATOR_URL',
    description: 'For the command line only: the server that client commands talk to.',
    default: 'http://127.0.0.1:8080',
    parse: url('http:', 'https:'),
  }),
  token: setting({
    name: 'ORCHESTRATOR_TOKEN',
    description: 'For the command line only: the API token of client commands.',
    default: undefined,
    isSecret: true,
    parse: text,
  }),
}

type Settings = typeof settings
type Parsed<S> = S extends Setting<infer Value> ? Value : never
type Optional =
  | 'publicUrl'
  | 'trustedProxies'
  | 'databaseUrl'
  | 'redisUrl'
  | 'sandboxUrl'
  | 'awsEndpointUrl'
  | 'eventQueueUrl'
  | 'adminPassword'
  | 'masterKey'
  | 'tasksUrl'
  | 'resourcesUrl'
  | 'aiUrl'
  | 'monitoringUrl'
  | 'token'
/** The whole configuration; what has no default may be undefined. */
export type Config = {
  [Name in keyof Settings]: Name extends Optional ? Parsed<Settings[Name]> | undefined : Parsed<Settings[Name]>
}
