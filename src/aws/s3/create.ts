import type { S3 } from '../s3.ts'
import type { S3Context } from './context.ts'
import { describeBucket } from './describe-bucket.ts'
import { findBuckets, listBuckets } from './list-buckets.ts'

/** S3 of one account and Region. */
export const createS3 = (context: S3Context): S3 => ({
  listBuckets: listBuckets(context),
  findBuckets: findBuckets(context),
  describeBucket: describeBucket(context),
})
