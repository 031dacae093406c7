import type {
  FunctionConfiguration,
  GetAccountSettingsCommandInput,
  GetAccountSettingsCommandOutput,
  GetFunctionCommandInput,
  GetFunctionCommandOutput,
  GetFunctionConfigurationCommandInput,
  GetFunctionConfigurationCommandOutput,
  ListFunctionsCommandInput,
  ListFunctionsCommandOutput,
  ListProvisionedConcurrencyConfigsCommandInput,
  ListProvisionedConcurrencyConfigsCommandOutput,
  ListVersionsByFunctionCommandInput,
  ListVersionsByFunctionCommandOutput,
  Runtime,
  VpcConfigResponse,
} from '@aws-sdk/client-lambda'
import { codeSha256 } from '../estate/function.ts'
import type { SeedFunction } from '../estate/function.ts'
import { uuidOf } from '../estate/hex.ts'
import { fleetSize } from '../estate/fleet.ts'
import type { Handler, HandlerContext } from './context.ts'
import { toEc2Instance } from './ec2-instance.ts'
import { invalid, lambdaPage, notFound } from './lambda-page.ts'

/** What AWS gives an account in each Region unless it asks for more, and how much code it may keep. */
const concurrencyLimit = 1000
const codeLimitBytes = 75 * 2 ** 30

export const getAccountSettings: Handler<GetAccountSettingsCommandInput, GetAccountSettingsCommandOutput> = (
  _input,
  { world, partition },
) => {
  const all = Array.from({ length: partition.functions }, (_, index) => world.estate.function(partition, index))
  const sum = (of: (made: SeedFunction) => number): number => all.reduce((total, made) => total + of(made), 0)
  return {
    AccountLimit: {
      TotalCodeSize: codeLimitBytes,
      CodeSizeUnzipped: 250 * 2 ** 20,
      CodeSizeZipped: 50 * 2 ** 20,
      ConcurrentExecutions: concurrencyLimit,
      // 100 are always left for functions without a reservation.
      UnreservedConcurrentExecutions: Math.max(100, concurrencyLimit - sum((made) => made.reservedConcurrency ?? 0)),
    },
    AccountUsage: { TotalCodeSize: sum((made) => made.codeSizeBytes), FunctionCount: partition.functions },
  }
}

/** Functions in the order of the estate, or with FunctionVersion ALL every version of each. */
export const listFunctions: Handler<ListFunctionsCommandInput, ListFunctionsCommandOutput> = (input, context) => {
  if (input.FunctionVersion !== undefined && input.FunctionVersion !== 'ALL')
    throw invalid(`Value '${String(input.FunctionVersion)}' at 'functionVersion' must be ALL`)
  const { world, partition } = context
  const isAll = input.FunctionVersion === 'ALL'
  const { items, next } = lambdaPage(
    partition.functions,
    (index) => {
      const made = world.estate.function(partition, index)
      return (isAll ? ['$LATEST', ...made.versions.map(String)] : ['$LATEST']).map((version) =>
        toListed(configurationOf(made, version, context)),
      )
    },
    input,
    50,
  )
  return { Functions: items, ...(next === undefined ? {} : { NextMarker: next }) }
}

export const listVersionsByFunction: Handler<
  ListVersionsByFunctionCommandInput,
  ListVersionsByFunctionCommandOutput
> = (input, context) => {
  const { made } = named(input.FunctionName, undefined, context)
  const versions = ['$LATEST', ...made.versions.map(String)]
  const { items, next } = lambdaPage(
    versions.length,
    (at) => [toListed(configurationOf(made, versions[at] ?? '$LATEST', context))],
    input,
    50,
  )
  return { Versions: items, ...(next === undefined ? {} : { NextMarker: next }) }
}

export const getFunction: Handler<GetFunctionCommandInput, GetFunctionCommandOutput> = (input, context) => {
  const { made, version } = named(input.FunctionName, input.Qualifier, context)
  const tags = context.world.tags({ id: made.arn, tags: made.tags })
  return {
    Configuration: configurationOf(made, version, context),
    Code:
      made.runtime === null
        ? {
            RepositoryType: 'ECR',
            ImageUri: `${made.partition.account}.dkr.ecr.${made.partition.region}.amazonaws.com/${made.app.name}:latest`,
          }
        : { RepositoryType: 'S3', Location: 'https://sandbox.invalid/' },
    ...(Object.keys(tags).length === 0 ? {} : { Tags: tags }),
    ...(made.reservedConcurrency === null
      ? {}
      : { Concurrency: { ReservedConcurrentExecutions: made.reservedConcurrency } }),
  }
}

export const getFunctionConfiguration: Handler<
  GetFunctionConfigurationCommandInput,
  GetFunctionConfigurationCommandOutput
> = (input, context) => {
  const { made, version } = named(input.FunctionName, input.Qualifier, context)
  return configurationOf(made, version, context)
}

export const listProvisionedConcurrencyConfigs: Handler<
  ListProvisionedConcurrencyConfigsCommandInput,
  ListProvisionedConcurrencyConfigsCommandOutput
> = (input, context) => {
  const { made } = named(input.FunctionName, undefined, context)
  if (made.provisionedConcurrency === null) return { ProvisionedConcurrencyConfigs: [] }
  const { qualifier, requested } = made.provisionedConcurrency
  return {
    ProvisionedConcurrencyConfigs: [
      {
        FunctionArn: `${made.arn}:${qualifier}`,
        RequestedProvisionedConcurrentExecutions: requested,
        AvailableProvisionedConcurrentExecutions: requested,
        AllocatedProvisionedConcurrentExecutions: requested,
        Status: 'READY',
        LastModified: timeOf(made.modifiedMs),
      },
    ],
  }
}

/** A function by its name, its ARN or a part of that, and the version that the qualifier names. */
export const named = (
  name: string | undefined,
  qualifier: string | undefined,
  context: HandlerContext,
): { made: SeedFunction; version: string } => {
  const parts = /^(?:arn:aws:lambda:[\w-]+:\d{12}:function:|\d{12}:function:)?([\w-]+)(?::([\w$-]+))?$/.exec(name ?? '')
  if (parts === null) throw invalid(`Value '${name ?? ''}' at 'functionName' failed to satisfy constraint`)
  const made = context.world.functions(context.partition).get(parts[1] ?? '')
  const wanted = qualifier ?? parts[2] ?? '$LATEST'
  const arn = `arn:aws:lambda:${context.region}:${context.account}:function:${parts[1]}`
  if (made === undefined) throw notFound(`Function not found: ${arn}${wanted === '$LATEST' ? '' : `:${wanted}`}`)
  const version = made.aliases.find((alias) => alias.name === wanted)?.version ?? wanted
  if (version !== '$LATEST' && !made.versions.includes(Number(version)))
    throw notFound(`Function not found: ${arn}:${wanted}`)
  return { made, version }
}

const timeOf = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000')

/** Functions in a VPC sit beside the machines of their fleet. */
const networkOf = ({ partition, index }: SeedFunction, context: HandlerContext): VpcConfigResponse | undefined => {
  const fleets = Math.max(1, Math.ceil(partition.instances / fleetSize))
  const neighbour = context.world.estate.instance(partition, (index % fleets) * fleetSize)
  const { VpcId, SubnetId, SecurityGroups } = toEc2Instance(neighbour, context)
  return VpcId === undefined || SubnetId === undefined
    ? undefined
    : {
        VpcId,
        SubnetIds: [SubnetId],
        SecurityGroupIds: (SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
        Ipv6AllowedForDualStack: false,
      }
}

const configurationOf = (made: SeedFunction, version: string, context: HandlerContext): FunctionConfiguration => {
  const { seed } = context.world.estate
  const { partition, index } = made
  const isLatest = version === '$LATEST'
  const newest = made.versions.at(-1) ?? 0
  const versionsAgo = isLatest ? 0 : newest - Number(version)
  const network = made.isInVpc ? networkOf(made, context) : undefined
  return {
    FunctionName: made.name,
    FunctionArn: isLatest ? made.arn : `${made.arn}:${version}`,
    // Names of real ones, the old among them.
    ...(made.runtime === null ? {} : { Runtime: made.runtime as Runtime, Handler: made.handler ?? '' }),
    Role: made.roleArn,
    CodeSize: made.codeSizeBytes,
    Description: '',
    Timeout: made.timeoutSeconds,
    MemorySize: made.memoryMib,
    LastModified: timeOf(made.modifiedMs - versionsAgo * 14 * 86_400_000),
    CodeSha256: codeSha256(seed, made, isLatest ? String(newest) : version),
    Version: version,
    ...(network === undefined ? {} : { VpcConfig: network }),
    ...(made.deadLetterArn === null ? {} : { DeadLetterConfig: { TargetArn: made.deadLetterArn } }),
    Environment: { Variables: made.environment },
    TracingConfig: { Mode: made.isTraced ? 'Active' : 'PassThrough' },
    RevisionId: uuidOf(seed, partition.number, index, Number(version) || 0, 350),
    ...(made.layers.length === 0
      ? {}
      : { Layers: made.layers.map(({ arn, codeSizeBytes }) => ({ Arn: arn, CodeSize: codeSizeBytes })) }),
    State: isLatest ? made.state : 'Active',
    ...(isLatest && made.state === 'Failed'
      ? { StateReason: 'The function failed to be created.', StateReasonCode: 'InternalError' as const }
      : isLatest && made.state === 'Inactive'
        ? { StateReason: 'The function is idle.', StateReasonCode: 'Idle' as const }
        : {}),
    LastUpdateStatus: 'Successful',
    PackageType: made.runtime === null ? 'Image' : 'Zip',
    Architectures: [made.architecture],
    EphemeralStorage: { Size: made.ephemeralStorageMib },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: 'Text', LogGroup: made.logGroupName },
  }
}

/** A listing leaves these out. https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html */
const toListed = ({
  State: _state,
  StateReason: _reason,
  StateReasonCode: _code,
  LastUpdateStatus: _status,
  ...listed
}: FunctionConfiguration): FunctionConfiguration => listed
