import { monthlyUsdOfStoredObjects, priceSource } from '#aws/prices.ts'
import type { Bucket, BucketConfiguration, S3 } from '#aws/s3.ts'
import { bucketSizes } from './bucket-sizes.ts'
import type { BucketSize } from './bucket-sizes.ts'
import type { KnownResource, Listing, Observed, Place, ResourceType } from './resource-type.ts'

const type = 's3.bucket'

/** What the listing doesn't tell of a bucket; kept in its `config`, so that the next listing can carry it over. */
type Details = { configuration: BucketConfiguration; size: MeasuredSize | null }
/** What CloudWatch last said. A bucket that has no size there (an empty one) is asked about again on the next day. */
type MeasuredSize = { size: BucketSize } | { size: null; askedOn: string }
/** Sizes are of whole days and come a day late, and each question costs money. */
const newSizeAfterMs = 2 * 86_400_000
const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

export const observeBucket = (bucket: Bucket, tags: Record<string, string>, details: Details | undefined): Observed => {
  const size = details?.size?.size ?? undefined
  return {
    id: bucket.arn,
    awsId: bucket.name,
    type,
    service: 's3',
    account: bucket.account,
    region: bucket.region,
    name: bucket.name,
    // Buckets have none.
    state: null,
    tags,
    cost:
      size === undefined
        ? null
        : { monthlyUsd: monthlyUsdOfStoredObjects(size.bytesByStorage, bucket.region), source: priceSource },
    summary: {
      createdAt: bucket.createdAt,
      ...summaryOf(details?.configuration),
      sizeBytes: size === undefined ? null : Object.values(size.bytesByStorage).reduce((sum, bytes) => sum + bytes, 0),
      objects: size?.objects ?? null,
      measuredAt: size?.at ?? null,
    },
    config: {
      Name: bucket.name,
      CreationDate: bucket.createdAt,
      BucketRegion: bucket.region,
      ...(details === undefined ? {} : { Details: details }),
    },
  }
}

/** Null everywhere: not known, since it was not read yet or may not be read. */
const summaryOf = (configuration: BucketConfiguration | undefined): Record<string, unknown> => ({
  encryption: configuration?.encryption === undefined ? null : (configuration.encryption?.algorithm ?? 'none'),
  kmsKeyId: configuration?.encryption?.kmsKeyId ?? null,
  versioning: configuration?.versioning?.status ?? null,
  publicAccessBlock: blockOf(configuration?.publicAccessBlock),
  hasPublicPolicy: configuration?.policyStatus === undefined ? null : (configuration.policyStatus?.isPublic ?? false),
  hasPublicAcl: configuration?.acl?.isPublic ?? null,
  isPublic: isPublic(configuration),
  lifecycleRules: configuration?.lifecycleRules === undefined ? null : (configuration.lifecycleRules?.length ?? 0),
  notificationTargets: configuration?.notificationTargets ?? null,
})

const blockOf = (block: BucketConfiguration['publicAccessBlock']): 'all' | 'partly' | 'none' | null => {
  if (block === undefined) return null
  const switches = Object.values(block ?? {})
  return !switches.includes(true) ? 'none' : switches.includes(false) ? 'partly' : 'all'
}

/**
 * Whether its policy or its ACL lets everybody in and its own public access block does not hold that off. The account's
 * block, which is over all of its buckets, is not looked at.
 */
const isPublic = (configuration: BucketConfiguration | undefined): boolean | null => {
  if (configuration === undefined) return null
  const { policyStatus, acl, publicAccessBlock: block } = configuration
  if (policyStatus === undefined || acl === undefined || block === undefined) return null
  const byPolicy = (policyStatus?.isPublic ?? false) && block?.restrictPublicBuckets !== true
  return byPolicy || (acl.isPublic && block?.ignorePublicAcls !== true)
}

/** Tags come from the tagging API, a hundred buckets a call. */
const tagsByArn = async ({ aws, account, region, call }: Place): Promise<Map<string, Record<string, string>>> => {
  const tagging = await aws.tagging(account, region)
  const tags = new Map<string, Record<string, string>>()
  for await (const page of tagging.listResources(call, ['s3'])) for (const one of page) tags.set(one.arn, one.tags)
  return tags
}

const detailsIn = (known: KnownResource | undefined): Details | undefined =>
  // What stands there was written by observeBucket.
  known?.config['Details'] as Details | undefined

const list: Listing = async function* (place, known) {
  const { aws, account, region, call } = place
  const s3 = await aws.s3(account, region)
  const tags = await tagsByArn(place)
  for await (const page of s3.listBuckets(call)) {
    const found = await known(page.map(({ arn }) => arn))
    yield page.map((bucket) => ({
      ...observeBucket(bucket, tags.get(bucket.arn) ?? {}, detailsIn(found.get(bucket.arn))),
      basedOn: found.get(bucket.arn)?.version ?? null,
    }))
  }
}

/** Buckets whose parts are read at the same time; the quota sets the pace. */
const chunkSize = 10

/** Those that nothing is known of first. */
const listDetails: Listing = async function* (place, known) {
  const s3 = await place.aws.s3(place.account, place.region)
  const buckets: Bucket[] = []
  for await (const page of s3.listBuckets(place.call)) buckets.push(...page)
  const found = await known(buckets.map(({ arn }) => arn))
  const isKnown = ({ arn }: Bucket): boolean => detailsIn(found.get(arn)) !== undefined
  const inOrder = [...buckets.filter((bucket) => !isKnown(bucket)), ...buckets.filter(isKnown)]
  for (let from = 0; from < inOrder.length; from += chunkSize) {
    const chunk = inOrder.slice(from, from + chunkSize)
    yield await read(place, s3, chunk, (bucket) => detailsIn(found.get(bucket.arn))?.size ?? null)
  }
}

/** Reads all of these buckets; those that are gone are left out. */
const read = async (
  { aws, account, region, call, at }: Place,
  s3: S3,
  buckets: readonly Bucket[],
  measured: (bucket: Bucket) => MeasuredSize | null,
): Promise<Observed[]> => {
  const isDue = (bucket: Bucket): boolean => {
    const known = measured(bucket)
    if (known === null) return true
    return known.size === null ? known.askedOn !== dayOf(at) : at.getTime() - Date.parse(known.size.at) > newSizeAfterMs
  }
  const due = buckets.filter(isDue).map(({ name }) => name)
  const [sizes, configurations] = await Promise.all([
    due.length === 0
      ? new Map<string, BucketSize>()
      : aws.cloudwatch(account, region).then((cloudwatch) => bucketSizes(cloudwatch, call, due, at)),
    Promise.all(buckets.map((bucket) => s3.describeBucket(call, bucket.name))),
  ])
  return buckets.flatMap((bucket, index) => {
    const configuration = configurations[index]
    if (configuration === undefined) return []
    const asked = sizes.get(bucket.name)
    const size: MeasuredSize | null = !due.includes(bucket.name)
      ? measured(bucket)
      : asked === undefined
        ? { size: null, askedOn: dayOf(at) }
        : { size: asked }
    // Tags have a column of their own.
    const { tags = {}, ...others } = configuration
    return [observeBucket(bucket, tags, { configuration: others, size })]
  })
}

export const s3Bucket: ResourceType = {
  type,
  service: 's3',
  iamActions: [
    's3:ListAllMyBuckets',
    's3:GetEncryptionConfiguration',
    's3:GetBucketVersioning',
    's3:GetBucketPublicAccessBlock',
    's3:GetBucketPolicyStatus',
    's3:GetBucketAcl',
    's3:GetLifecycleConfiguration',
    's3:GetBucketNotification',
    's3:GetBucketTagging',
    'cloudwatch:GetMetricData',
    'tag:GetResources',
  ],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; old buckets may have capitals and underscores.
  isAwsId: (awsId) => /^[A-Za-z0-9][\w.-]{1,253}[A-Za-z0-9]$/.test(awsId),
  isWithoutAccount: true,
  awsIdOf: (resource) => (resource.includes('/') || resource.includes(':') ? null : resource),
  list,
  details: {
    service: 's3-details',
    list: listDetails,
    lifetime: { sweptEverySeconds: 600 },
    areKnown: (known) => detailsIn(known) !== undefined,
  },
  describe: async (place, awsIds) => {
    const s3 = await place.aws.s3(place.account, place.region)
    return read(place, s3, await s3.findBuckets(place.call, awsIds), () => null)
  },
  // It changes every day.
  noise: ['config.Details.size', 'summary.sizeBytes', 'summary.objects', 'summary.measuredAt'],
  transitionalStates: [],
}
