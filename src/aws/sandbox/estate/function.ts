import { fleetAt, fleetSize } from './fleet.ts'
import type { Fleet } from './fleet.ts'
import { hexOf, uuidOf } from './hex.ts'
import { estateEpochMs } from './instance.ts'
import type { Partition } from './partitions.ts'
import { queueArn, streamArn } from './queue.ts'
import { fraction, mix, pickWeighted } from './random.ts'
import { functionRoleName, roleArn } from './role.ts'
import { companyTags, stackTags } from './tags.ts'

/** A function as the seed made it. */
export type SeedFunction = {
  name: string
  arn: string
  index: number
  partition: Partition
  purpose: Purpose
  app: Fleet['app']
  env: string
  runtime: string | null
  handler: string | null
  architecture: 'x86_64' | 'arm64'
  memoryMib: number
  timeoutSeconds: number
  ephemeralStorageMib: number
  codeSizeBytes: number
  roleArn: string
  logGroupName: string
  environment: Record<string, string>
  layers: { arn: string; codeSizeBytes: number }[]
  isInVpc: boolean
  deadLetterArn: string | null
  isTraced: boolean
  state: 'Active' | 'Inactive' | 'Failed'
  reservedConcurrency: number | null
  modifiedMs: number
  /** Numbers of its published versions; the last ones are kept. */
  versions: number[]
  /** By name; `live` may send a share of its calls to the version before. */
  aliases: { name: string; version: string; canary: { version: string; weight: number } | null }[]
  provisionedConcurrency: { qualifier: string; requested: number } | null
  eventSource: SeedEventSource | null
  tags: Record<string, string>
}

export type SeedEventSource = {
  id: string
  eventSourceArn: string
  /** Of the function, or of its alias. */
  functionArn: string
  batchSize: number
  isEnabled: boolean
  modifiedMs: number
}

const purposes = [
  { name: 'api', memory: [512, 1024], timeout: 29 },
  { name: 'events', memory: [256, 512, 1024], timeout: 60 },
  { name: 'nightly-report', memory: [1024, 3008], timeout: 900 },
  { name: 'webhook', memory: [128, 256], timeout: 10 },
  { name: 'image-resize', memory: [1024, 2048], timeout: 30 },
  { name: 'stream', memory: [512, 1769], timeout: 120 },
] as const
type Purpose = (typeof purposes)[number]['name']

const runtimes = [
  [5, 'nodejs22.x'],
  [3, 'python3.13'],
  [2, 'python3.12'],
  [2, 'java21'],
  [1, 'nodejs20.x'],
  // As everywhere: some run on what is no longer supported.
  [1, 'python3.8'],
  [1, null],
] as const
const dayMs = 86_400_000

export const functionArn = (account: string, region: string, name: string): string =>
  `arn:aws:lambda:${region}:${account}:function:${name}`

/** The fleets that functions and buckets go round among: those that have machines in the partition, or the first few. */
const fleetsOf = (partition: Partition): number => Math.max(1, Math.ceil(partition.instances / fleetSize))

/** Functions of a partition go round its fleets; behind those names carry a number. */
export const functionAt = (seed: number, partition: Partition, index: number): SeedFunction => {
  const { account, region } = partition
  const dice = (salt: number): number => fraction(seed, partition.number, index, salt)
  const fleets = fleetsOf(partition)
  const fleet = fleetAt(seed, partition, index % fleets)
  const round = Math.floor(index / fleets)
  // Below the list's length.
  const purpose = purposes[(mix(seed, partition.number, index % fleets, 301) + round) % purposes.length]!
  const generation = Math.floor(round / purposes.length) + 1
  const { app, env } = fleet
  const number = `${fleet.firstNumber === 1 ? '' : `-${fleet.firstNumber}`}${generation === 1 ? '' : `-v${generation}`}`
  const name = `${app.name}-${fleet.role}-${purpose.name}-${env}${number}`
  const arn = functionArn(account, region, name)
  const runtime = pickWeighted(runtimes, seed, partition.number, index, 302)
  const isPublished = env === 'prod' || dice(303) < 0.4
  const lastVersion = isPublished ? 1 + Math.floor(dice(304) * 40) : 0
  const kept = Math.min(lastVersion, 1 + Math.floor(dice(305) * 4))
  const versions = Array.from({ length: kept }, (_, at) => lastVersion - kept + 1 + at)
  const isCanary = kept > 1 && dice(306) < 0.15
  const aliases = isPublished
    ? [
        {
          name: 'live',
          version: String(lastVersion),
          canary: isCanary ? { version: String(lastVersion - 1), weight: 0.1 } : null,
        },
        ...(dice(307) < 0.2 ? [{ name: 'next', version: '$LATEST', canary: null }] : []),
      ]
    : []
  const isStack = dice(308) < 0.35
  const modifiedMs = estateEpochMs - Math.floor(dice(309) ** 2 * 600 * dayMs)
  const arnOfConsumer = aliases.length > 0 ? `${arn}:live` : arn
  const source =
    purpose.name === 'events'
      ? queueArn(account, region, `${app.name}-events-${env}`)
      : purpose.name === 'stream'
        ? streamArn(account, region, `${app.name}-activity-${env}`)
        : null
  return {
    name,
    arn,
    index,
    partition,
    purpose: purpose.name,
    app,
    env,
    runtime,
    handler: runtime === null ? null : handlerOf(runtime),
    architecture: dice(310) < 0.35 ? 'arm64' : 'x86_64',
    memoryMib: purpose.memory[mix(seed, partition.number, index, 311) % purpose.memory.length]!,
    timeoutSeconds: purpose.timeout,
    ephemeralStorageMib: purpose.name === 'image-resize' ? 2048 : 512,
    codeSizeBytes: 20_000 + Math.floor(dice(312) ** 3 * 60_000_000),
    roleArn: roleArn(account, functionRoleName(fleet)),
    logGroupName: `/aws/lambda/${name}`,
    environment: { STAGE: env, LOG_LEVEL: env === 'prod' ? 'info' : 'debug', TABLE_NAME: `${app.name}-${env}` },
    layers: runtime !== null && dice(313) < 0.4 ? [layerVersion(seed, partition, mix(seed, index, 314) % 3)] : [],
    isInVpc: dice(315) < 0.3,
    deadLetterArn: dice(316) < 0.3 ? queueArn(account, region, `${app.name}-dead-letters-${env}`) : null,
    isTraced: dice(317) < 0.3,
    state: dice(318) < 0.01 ? 'Failed' : dice(318) < 0.05 ? 'Inactive' : 'Active',
    reservedConcurrency: dice(319) < 0.12 ? 5 + Math.floor(dice(320) * 95) : null,
    modifiedMs,
    versions,
    aliases,
    provisionedConcurrency:
      isPublished && purpose.name === 'api' && (env === 'prod' || dice(321) < 0.15)
        ? { qualifier: 'live', requested: 2 + Math.floor(dice(322) * 8) }
        : null,
    eventSource:
      source === null
        ? null
        : {
            id: uuidOf(seed, partition.number, index, 323),
            eventSourceArn: source,
            functionArn: arnOfConsumer,
            batchSize: purpose.name === 'stream' ? 100 : 10,
            isEnabled: dice(324) > 0.08,
            modifiedMs,
          },
    tags: {
      ...companyTags({ name, app, env, owner: fleet.owner }, seed, partition.number, index, 325),
      ...(isStack ? stackTags(`${app.name}-functions-${env}`, 'Function') : {}),
    },
  }
}

const handlerOf = (runtime: string): string =>
  runtime.startsWith('java')
    ? 'com.example.Handler::handleRequest'
    : runtime.startsWith('python')
      ? 'app.handler'
      : 'index.handler'

/** What functions share; each layer has a few versions. */
const layers = [
  {
    name: 'observability',
    description: 'Tracing and structured logs',
    runtimes: ['nodejs22.x', 'nodejs20.x', 'python3.13'],
  },
  {
    name: 'common-python',
    description: 'Libraries that all Python functions use',
    runtimes: ['python3.13', 'python3.12'],
  },
  { name: 'image-tools', description: '', runtimes: ['nodejs22.x'] },
] as const

export type SeedLayer = {
  name: string
  arn: string
  description: string
  runtimes: readonly string[]
  /** Numbers of its versions, newest first. */
  versions: number[]
  createdMs: number
}

/** The layers of a partition; none where there are no functions. */
export const layersOf = (seed: number, partition: Partition): SeedLayer[] =>
  partition.functions === 0 ? [] : layers.map((_, index) => layerAt(seed, partition, index))

const layerAt = (seed: number, partition: Partition, index: number): SeedLayer => {
  // Below the list's length.
  const { name, description, runtimes: compatible } = layers[index]!
  const last = 1 + (mix(seed, partition.number, index, 330) % 12)
  return {
    name,
    arn: `arn:aws:lambda:${partition.region}:${partition.account}:layer:${name}`,
    description,
    runtimes: compatible,
    versions: Array.from({ length: Math.min(last, 3) }, (_, back) => last - back),
    createdMs: estateEpochMs - Math.floor(fraction(seed, partition.number, index, 331) * 300 * dayMs),
  }
}

const layerVersion = (seed: number, partition: Partition, index: number) => {
  const { arn, versions } = layerAt(seed, partition, index)
  return { arn: `${arn}:${versions[0] ?? 1}`, codeSizeBytes: 1_000_000 + (mix(seed, index, 332) % 9_000_000) }
}

/** SHA-256 of its code, as AWS writes it. */
export const codeSha256 = (seed: number, { partition, index }: SeedFunction, version: string): string =>
  Buffer.from(hexOf(64, seed, partition.number, index, Number(version) || 0, 333), 'hex').toString('base64')
