import type { Bucket as SdkBucket } from '@aws-sdk/client-s3'
import type { Call } from '../call.ts'
import type { Bucket, S3 } from '../s3.ts'
import { paged } from '../send/paged.ts'
import type { S3Context } from './context.ts'

const pageSize = 1000
/** More names than that are looked for in the whole list. */
const namesOneByOne = 5

export const listBuckets =
  (context: S3Context): S3['listBuckets'] =>
  (call) =>
    pages(context, call)

export const findBuckets =
  (context: S3Context): S3['findBuckets'] =>
  async (call, names) => {
    const wanted = new Set(names)
    const found: Bucket[] = []
    const prefixes = names.length > namesOneByOne ? [undefined] : names
    for (const prefix of prefixes) {
      for await (const page of pages(context, call, prefix)) {
        found.push(...page.filter(({ name }) => (prefix === undefined ? wanted.has(name) : name === prefix)))
        // A name comes before all that only begin with it.
        if (prefix !== undefined) break
      }
    }
    return found
  }

/** AWS wants to be asked for a Region's buckets at that Region's endpoint. */
async function* pages(context: S3Context, call: Call, prefix?: string): AsyncGenerator<Bucket[]> {
  const { sdk, client, send, region } = context
  const ask = (token: string | undefined) => {
    const command = new sdk.ListBucketsCommand({
      BucketRegion: region,
      MaxBuckets: pageSize,
      ...(prefix === undefined ? {} : { Prefix: prefix }),
      ...(token === undefined ? {} : { ContinuationToken: token }),
    })
    return send({ action: 'ListBuckets', effect: 'read', call }, command, (options) => client.send(command, options))
  }
  for await (const { Buckets } of paged(ask, ({ ContinuationToken }) => ContinuationToken)) {
    // What can be addressed like AWS does not always know the filter.
    const here = (Buckets ?? []).filter(({ BucketRegion }) => BucketRegion === undefined || BucketRegion === region)
    yield here.map((bucket) => toBucket(context, bucket))
  }
}

const toBucket = ({ account, region, partition }: S3Context, { Name = '', CreationDate }: SdkBucket): Bucket => ({
  name: Name,
  arn: `arn:${partition}:s3:::${Name}`,
  account,
  region,
  createdAt: CreationDate?.toISOString() ?? null,
})
