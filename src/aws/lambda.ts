import type { Call } from './call.ts'

/** A function's configuration: of its unpublished code, or of one published version. */
export type LambdaFunction = {
  name: string
  /** "$LATEST" or a number. */
  version: string
  /** Of the function without a version, or of that version. */
  arn: string
  account: string
  region: string
  description: string | null
  /** Null for one that is a container image. */
  runtime: string | null
  handler: string | null
  packageType: string
  architecture: string
  memoryMib: number
  timeoutSeconds: number
  ephemeralStorageMib: number
  codeSizeBytes: number
  codeSha256: string | null
  roleArn: string | null
  logGroupName: string
  layerArns: string[]
  vpcId: string | null
  subnetIds: string[]
  securityGroupIds: string[]
  deadLetterArn: string | null
  lastModifiedAt: string | null
  /** Names only: what is in them is often a secret. */
  environmentNames: string[]
  /** AWS's description as far as a listing has it, without the values of environment variables. */
  raw: Record<string, unknown>
}

/** What a listing doesn't tell of a function. */
export type FunctionDetails = {
  /** Active, Inactive, Pending, Failed, ... */
  state: string
  stateReason: string | null
  lastUpdateStatus: string | null
  /** Null: it shares the account's concurrency. */
  reservedConcurrency: number | null
  /** By version or alias. */
  provisionedConcurrency: { qualifier: string; requested: number; status: string }[]
}

export type LambdaAlias = {
  functionName: string
  name: string
  arn: string
  account: string
  region: string
  description: string | null
  version: string
  /** Shares of the calls that go to other versions. */
  routing: Record<string, number>
  raw: Record<string, unknown>
}

export type LambdaLayer = {
  name: string
  arn: string
  account: string
  region: string
  latestVersion: number
  latestVersionArn: string
  description: string | null
  runtimes: string[]
  createdAt: string | null
  raw: Record<string, unknown>
}

export type EventSourceMapping = {
  id: string
  arn: string
  account: string
  region: string
  /** Enabled, Disabled, Creating, ... */
  state: string
  functionArn: string | null
  eventSourceArn: string | null
  batchSize: number | null
  lastModifiedAt: string | null
  lastResult: string | null
  raw: Record<string, unknown>
}

/** What all functions of an account and Region share. */
export type LambdaLimits = {
  /** Executions at the same time, and how many of those no function has reserved for itself. */
  concurrency: number
  unreservedConcurrency: number
}

/** Lambda of one account and Region. Everything is paged inside and takes its quota. */
export type Lambda = {
  /** Every function, page by page (50 each). */
  listFunctions: (call: Call) => AsyncIterable<LambdaFunction[]>
  /** Every published version of every function. */
  listVersions: (call: Call) => AsyncIterable<LambdaFunction[]>
  /** A function with its tags, or one of its versions or aliases; undefined where AWS has none. */
  getFunction: (
    call: Call,
    name: string,
    qualifier?: string,
  ) => Promise<
    | {
        configuration: LambdaFunction
        details: Omit<FunctionDetails, 'provisionedConcurrency'>
        tags: Record<string, string>
      }
    | undefined
  >
  listProvisionedConcurrency: (call: Call, name: string) => Promise<FunctionDetails['provisionedConcurrency']>
  listAliases: (call: Call, functionName: string) => Promise<LambdaAlias[]>
  getAlias: (call: Call, functionName: string, name: string) => Promise<LambdaAlias | undefined>
  /** Every layer with its latest version. */
  listLayers: (call: Call) => AsyncIterable<LambdaLayer[]>
  getLayer: (call: Call, name: string) => Promise<LambdaLayer | undefined>
  listEventSources: (call: Call) => AsyncIterable<EventSourceMapping[]>
  getEventSource: (call: Call, id: string) => Promise<EventSourceMapping | undefined>
  limits: (call: Call) => Promise<LambdaLimits>
}
