import type { GetBucketNotificationConfigurationCommandOutput, Grant } from '@aws-sdk/client-s3'
import { toJson } from '../ec2/json.ts'
import { AwsFailure } from '../failure.ts'
import type { BucketConfiguration, S3 } from '../s3.ts'
import { orNone } from '../send/or-none.ts'
import type { S3Context } from './context.ts'

type Parts = Omit<BucketConfiguration, 'unreadable'>

/** All parts at once: each call has a quota of its own, so a bucket takes as long as one of them. */
export const describeBucket =
  ({ sdk, client, send }: S3Context): S3['describeBucket'] =>
  async (call, name) => {
    const input = { Bucket: name }
    /** Reads one part; `noCodes` are how AWS says that a bucket has none of it. */
    const read = async <Output extends object>(
      action: string,
      command: Parameters<typeof send>[1],
      dispatch: Parameters<typeof send<Output>>[2],
      ...noCodes: string[]
    ): Promise<Output | undefined> =>
      orNone(send<Output>({ action, effect: 'read', call }, command, dispatch), ...noCodes)

    const encryption = new sdk.GetBucketEncryptionCommand(input)
    const versioning = new sdk.GetBucketVersioningCommand(input)
    const accessBlock = new sdk.GetPublicAccessBlockCommand(input)
    const policyStatus = new sdk.GetBucketPolicyStatusCommand(input)
    const acl = new sdk.GetBucketAclCommand(input)
    const lifecycle = new sdk.GetBucketLifecycleConfigurationCommand(input)
    const notifications = new sdk.GetBucketNotificationConfigurationCommand(input)
    const tagging = new sdk.GetBucketTaggingCommand(input)

    const parts: { [Part in keyof Required<Parts>]: () => Promise<Parts[Part]> } = {
      encryption: async () => {
        const output = await read(
          'GetBucketEncryption',
          encryption,
          (options) => client.send(encryption, options),
          'ServerSideEncryptionConfigurationNotFoundError',
        )
        const byDefault = output?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault
        return byDefault?.SSEAlgorithm === undefined
          ? null
          : { algorithm: byDefault.SSEAlgorithm, kmsKeyId: byDefault.KMSMasterKeyID ?? null }
      },
      versioning: async () => {
        const output = await read('GetBucketVersioning', versioning, (options) => client.send(versioning, options))
        return { status: output?.Status ?? 'Disabled', mfaDelete: output?.MFADelete === 'Enabled' }
      },
      publicAccessBlock: async () => {
        const output = await read(
          'GetPublicAccessBlock',
          accessBlock,
          (options) => client.send(accessBlock, options),
          'NoSuchPublicAccessBlockConfiguration',
        )
        const block = output?.PublicAccessBlockConfiguration
        return block === undefined
          ? null
          : {
              blockPublicAcls: block.BlockPublicAcls ?? false,
              ignorePublicAcls: block.IgnorePublicAcls ?? false,
              blockPublicPolicy: block.BlockPublicPolicy ?? false,
              restrictPublicBuckets: block.RestrictPublicBuckets ?? false,
            }
      },
      policyStatus: async () => {
        const output = await read(
          'GetBucketPolicyStatus',
          policyStatus,
          (options) => client.send(policyStatus, options),
          'NoSuchBucketPolicy',
        )
        return output === undefined ? null : { isPublic: output.PolicyStatus?.IsPublic ?? false }
      },
      acl: async () => {
        const output = await read('GetBucketAcl', acl, (options) => client.send(acl, options))
        return { isPublic: (output?.Grants ?? []).some(isForEverybody) }
      },
      lifecycleRules: async () => {
        const output = await read(
          'GetBucketLifecycleConfiguration',
          lifecycle,
          (options) => client.send(lifecycle, options),
          'NoSuchLifecycleConfiguration',
        )
        return output === undefined ? null : (output.Rules ?? []).map(toJson)
      },
      notificationTargets: async () => {
        const output = await read('GetBucketNotificationConfiguration', notifications, (options) =>
          client.send(notifications, options),
        )
        return output === undefined ? [] : targetsOf(output)
      },
      tags: async () => {
        const output = await read(
          'GetBucketTagging',
          tagging,
          (options) => client.send(tagging, options),
          'NoSuchTagSet',
        )
        return Object.fromEntries((output?.TagSet ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']))
      },
    }

    const unreadable: string[] = []
    const found = await Promise.all(
      Object.entries(parts).map(async ([part, readPart]) => {
        try {
          return [part, await readPart()] as const
        } catch (error) {
          if (!isForbidden(error)) return [part, error] as const
          unreadable.push(part)
          return [part, undefined] as const
        }
      }),
    )
    const failure = found.find(([, value]) => value instanceof Error)?.[1]
    if (failure instanceof AwsFailure && failure.code === 'NoSuchBucket') return undefined
    if (failure !== undefined) throw failure
    // Each part is what its reader above returns.
    return {
      ...(Object.fromEntries(found.filter(([, value]) => value !== undefined)) as Parts),
      unreadable: unreadable.sort(),
    }
  }

const isForbidden = (error: unknown): boolean =>
  error instanceof AwsFailure && ['AccessDenied', 'AllAccessDisabled'].includes(error.code)

const everybody = /\/groups\/global\/(?:AllUsers|AuthenticatedUsers)$/
const isForEverybody = ({ Grantee }: Grant): boolean => everybody.test(Grantee?.URI ?? '')

const targetsOf = (output: GetBucketNotificationConfigurationCommandOutput): string[] =>
  [
    ...(output.LambdaFunctionConfigurations ?? []).map(({ LambdaFunctionArn }) => LambdaFunctionArn),
    ...(output.QueueConfigurations ?? []).map(({ QueueArn }) => QueueArn),
    ...(output.TopicConfigurations ?? []).map(({ TopicArn }) => TopicArn),
  ]
    .filter((arn) => arn !== undefined)
    .sort()
