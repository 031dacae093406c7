import type { FunctionConfiguration } from '@aws-sdk/client-lambda'
import { toJson } from '../ec2/json.ts'
import type { LambdaFunction } from '../lambda.ts'
import type { LambdaContext } from './context.ts'

/**
 * What only GetFunction tells (https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html): left out here, so that
 * a function's description is the same whichever call it comes from.
 */
const notListed = new Set([
  'State',
  'StateReason',
  'StateReasonCode',
  'LastUpdateStatus',
  'LastUpdateStatusReason',
  'LastUpdateStatusReasonCode',
  'RuntimeVersionConfig',
  '$metadata',
])

/** A function as AWS describes it, in our words. */
export const toFunction = (
  { account, region, partition }: LambdaContext,
  configuration: FunctionConfiguration,
): LambdaFunction => {
  // AWS describes no function without a name.
  const name = configuration.FunctionName ?? ''
  const version = configuration.Version ?? '$LATEST'
  const environment = Object.keys(configuration.Environment?.Variables ?? {}).sort()
  const { Environment: _values, ...described } = configuration
  const vpcId = configuration.VpcConfig?.VpcId
  return {
    name,
    version,
    arn: `arn:${partition}:lambda:${region}:${account}:function:${name}${version === '$LATEST' ? '' : `:${version}`}`,
    account,
    region,
    description: textOf(configuration.Description),
    runtime: configuration.Runtime ?? null,
    handler: configuration.Handler ?? null,
    packageType: configuration.PackageType ?? 'Zip',
    architecture: configuration.Architectures?.[0] ?? 'x86_64',
    memoryMib: configuration.MemorySize ?? 128,
    timeoutSeconds: configuration.Timeout ?? 3,
    ephemeralStorageMib: configuration.EphemeralStorage?.Size ?? 512,
    codeSizeBytes: configuration.CodeSize ?? 0,
    codeSha256: configuration.CodeSha256 ?? null,
    roleArn: configuration.Role ?? null,
    logGroupName: configuration.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    layerArns: (configuration.Layers ?? []).flatMap(({ Arn }) => Arn ?? []),
    // AWS answers with empty text where a function was taken out of its VPC.
    vpcId: textOf(vpcId),
    subnetIds: configuration.VpcConfig?.SubnetIds ?? [],
    securityGroupIds: configuration.VpcConfig?.SecurityGroupIds ?? [],
    deadLetterArn: textOf(configuration.DeadLetterConfig?.TargetArn),
    lastModifiedAt: isoOf(configuration.LastModified),
    environmentNames: environment,
    raw: {
      ...Object.fromEntries(Object.entries(toJson(described)).filter(([key]) => !notListed.has(key))),
      ...(environment.length === 0 ? {} : { EnvironmentNames: environment }),
    },
  }
}

const textOf = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text)

/** Lambda writes times as "2026-01-02T03:04:05.000+0000". */
const isoOf = (time: string | undefined): string | null => {
  const date = new Date(time ?? '')
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}
