import type {
  GetBucketAclCommandInput,
  GetBucketAclCommandOutput,
  GetBucketEncryptionCommandInput,
  GetBucketEncryptionCommandOutput,
  GetBucketLifecycleConfigurationCommandInput,
  GetBucketLifecycleConfigurationCommandOutput,
  GetBucketLocationCommandInput,
  GetBucketLocationCommandOutput,
  GetBucketNotificationConfigurationCommandInput,
  GetBucketNotificationConfigurationCommandOutput,
  GetBucketPolicyStatusCommandInput,
  GetBucketPolicyStatusCommandOutput,
  GetBucketTaggingCommandInput,
  GetBucketTaggingCommandOutput,
  GetBucketVersioningCommandInput,
  GetBucketVersioningCommandOutput,
  GetPublicAccessBlockCommandInput,
  GetPublicAccessBlockCommandOutput,
  LifecycleRule,
  ListBucketsCommandInput,
  ListBucketsCommandOutput,
} from '@aws-sdk/client-s3'
import { awsError } from '../aws-error.ts'
import type { SeedBucket } from '../estate/bucket.ts'
import { hexOf } from '../estate/hex.ts'
import { fromToken, toToken } from '../names.ts'
import type { Handler, HandlerContext } from './context.ts'

const mostBuckets = 10_000

/**
 * An account's buckets by name: of all Regions, or of the one that was asked for, which has to be the endpoint's own. Pages
 * only where the call asks for them.
 */
export const listBuckets: Handler<ListBucketsCommandInput, ListBucketsCommandOutput> = (input, context) => {
  const { BucketRegion, MaxBuckets = mostBuckets, Prefix = '', ContinuationToken } = input
  if (!Number.isInteger(MaxBuckets) || MaxBuckets < 1 || MaxBuckets > mostBuckets)
    throw awsError('InvalidArgument', `Argument maxBuckets must be an integer between 1 and ${mostBuckets}`)
  if (BucketRegion !== undefined && BucketRegion !== context.region)
    throw awsError('InvalidArgument', `Argument value ${BucketRegion} is not a valid AWS Region for this endpoint`)
  const after = ContinuationToken === undefined ? undefined : fromToken(ContinuationToken)
  if (ContinuationToken !== undefined && after === undefined)
    throw awsError('InvalidArgument', 'The continuation token provided is incorrect')
  const { world, account } = context
  const buckets = world.buckets(account)
  const { names, hasMore } = buckets.names.page({
    prefix: Prefix,
    limit: MaxBuckets,
    ...(after === undefined ? {} : { after }),
    ...(BucketRegion === undefined
      ? {}
      : { matches: (name: string) => buckets.get(name)?.partition.region === BucketRegion }),
  })
  const last = names.at(-1)
  return {
    Owner: { ID: ownerOf(context) },
    ...(Prefix === '' ? {} : { Prefix }),
    Buckets: names
      .flatMap((name) => buckets.get(name) ?? [])
      .map((bucket) => ({
        Name: bucket.name,
        CreationDate: new Date(bucket.createdMs),
        BucketRegion: bucket.partition.region,
        BucketArn: bucket.arn,
      })),
    ...(hasMore && last !== undefined ? { ContinuationToken: toToken(last) } : {}),
  }
}

export const getBucketLocation: Handler<GetBucketLocationCommandInput, GetBucketLocationCommandOutput> = (
  { Bucket },
  context,
) => {
  const { region } = named(Bucket, context).partition
  // The first Region has no name here.
  return region === 'us-east-1' ? {} : { LocationConstraint: region as 'eu-west-1' } // one of AWS's Regions
}

export const getBucketEncryption: Handler<GetBucketEncryptionCommandInput, GetBucketEncryptionCommandOutput> = (
  { Bucket },
  context,
) => {
  const { encryption } = named(Bucket, context)
  return {
    ServerSideEncryptionConfiguration: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: {
            SSEAlgorithm: encryption.algorithm,
            ...('keyArn' in encryption ? { KMSMasterKeyID: encryption.keyArn } : {}),
          },
          BucketKeyEnabled: encryption.algorithm === 'aws:kms',
        },
      ],
    },
  }
}

export const getBucketVersioning: Handler<GetBucketVersioningCommandInput, GetBucketVersioningCommandOutput> = (
  { Bucket },
  context,
) => {
  const { versioning } = named(Bucket, context)
  // A bucket that never had it says nothing.
  return versioning === null ? {} : { Status: versioning }
}

export const getPublicAccessBlock: Handler<GetPublicAccessBlockCommandInput, GetPublicAccessBlockCommandOutput> = (
  { Bucket },
  context,
) => {
  const { publicAccessBlock } = named(Bucket, context)
  if (publicAccessBlock === null)
    throw none('NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found')
  const { acls, policies } = publicAccessBlock
  return {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: acls,
      IgnorePublicAcls: acls,
      BlockPublicPolicy: policies,
      RestrictPublicBuckets: policies,
    },
  }
}

export const getBucketPolicyStatus: Handler<GetBucketPolicyStatusCommandInput, GetBucketPolicyStatusCommandOutput> = (
  { Bucket },
  context,
) => {
  const { policy } = named(Bucket, context)
  if (policy === 'none') throw none('NoSuchBucketPolicy', 'The bucket policy does not exist')
  return { PolicyStatus: { IsPublic: policy === 'public' } }
}

export const getBucketAcl: Handler<GetBucketAclCommandInput, GetBucketAclCommandOutput> = ({ Bucket }, context) => {
  const { hasPublicAcl } = named(Bucket, context)
  const owner = { ID: ownerOf(context) }
  return {
    Owner: owner,
    Grants: [
      { Grantee: { ...owner, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' },
      ...(hasPublicAcl
        ? [
            {
              Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AllUsers' } as const,
              Permission: 'READ' as const,
            },
          ]
        : []),
    ],
  }
}

export const getBucketLifecycleConfiguration: Handler<
  GetBucketLifecycleConfigurationCommandInput,
  GetBucketLifecycleConfigurationCommandOutput
> = ({ Bucket }, context) => {
  const { lifecycle } = named(Bucket, context)
  if (lifecycle.length === 0) throw none('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist')
  return {
    Rules: lifecycle.map((kind): LifecycleRule => ({
      ID: kind,
      Status: 'Enabled',
      Filter: { Prefix: '' },
      ...rules[kind],
    })),
  }
}

const rules: Record<SeedBucket['lifecycle'][number], Partial<LifecycleRule>> = {
  expire: { Expiration: { Days: 365 } },
  archive: {
    Transitions: [
      { Days: 30, StorageClass: 'STANDARD_IA' },
      { Days: 90, StorageClass: 'GLACIER' },
    ],
  },
  'abort-uploads': { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
}

export const getBucketNotificationConfiguration: Handler<
  GetBucketNotificationConfigurationCommandInput,
  GetBucketNotificationConfigurationCommandOutput
> = ({ Bucket }, context) => {
  const { notificationTargets } = named(Bucket, context)
  const Events = ['s3:ObjectCreated:*' as const]
  const functions = notificationTargets.filter((arn) => arn.startsWith('arn:aws:lambda:'))
  const queues = notificationTargets.filter((arn) => arn.startsWith('arn:aws:sqs:'))
  return {
    ...(functions.length === 0
      ? {}
      : {
          LambdaFunctionConfigurations: functions.map((LambdaFunctionArn) => ({
            Id: 'new',
            LambdaFunctionArn,
            Events,
          })),
        }),
    ...(queues.length === 0
      ? {}
      : { QueueConfigurations: queues.map((QueueArn) => ({ Id: 'new', QueueArn, Events })) }),
  }
}

export const getBucketTagging: Handler<GetBucketTaggingCommandInput, GetBucketTaggingCommandOutput> = (
  { Bucket },
  context,
) => {
  const bucket = named(Bucket, context)
  const tags = Object.entries(context.world.tags({ id: bucket.arn, tags: bucket.tags }))
  if (tags.length === 0) throw none('NoSuchTagSet', 'The TagSet does not exist')
  return { TagSet: tags.map(([Key, Value]) => ({ Key, Value })) }
}

const none = (code: string, message: string): Error => awsError(code, message, 404)

/** Names are the world's; a bucket of another account is not the caller's to look at. */
const named = (name: string | undefined, { world, account }: HandlerContext): SeedBucket => {
  const bucket = world.buckets(account).get(name ?? '')
  if (bucket !== undefined) return bucket
  const isElsewhere = world.estate.partitions.some(
    (partition) => partition.account !== account && world.buckets(partition.account).get(name ?? '') !== undefined,
  )
  throw isElsewhere
    ? awsError('AccessDenied', 'Access Denied', 403)
    : awsError('NoSuchBucket', 'The specified bucket does not exist', 404)
}

const ownerOf = ({ account }: HandlerContext): string =>
  hexOf(64, Number(account.slice(0, 6)), Number(account.slice(6)))
