import type { Call } from './call.ts'

/** A bucket as the listing shows it. */
export type Bucket = {
  name: string
  arn: string
  account: string
  region: string
  createdAt: string | null
}

/**
 * How a bucket is set up, in AWS's words, as far as it was allowed to be read. Null: there is none of that. A part that may
 * not be read (the bucket's own policy can forbid it) is undefined and named in `unreadable`.
 */
export type BucketConfiguration = {
  /** Each new object is encrypted like that unless it says otherwise. */
  encryption?: { algorithm: string; kmsKeyId: string | null } | null
  versioning?: { status: 'Enabled' | 'Suspended' | 'Disabled'; mfaDelete: boolean }
  publicAccessBlock?: {
    blockPublicAcls: boolean
    ignorePublicAcls: boolean
    blockPublicPolicy: boolean
    restrictPublicBuckets: boolean
  } | null
  /** Null: no policy. */
  policyStatus?: { isPublic: boolean } | null
  /** Grants to everybody, or to every AWS account. */
  acl?: { isPublic: boolean }
  lifecycleRules?: Record<string, unknown>[] | null
  /** ARNs of the functions, queues and topics that are told of events in it. */
  notificationTargets?: string[]
  tags?: Record<string, string>
  unreadable: string[]
}

/** S3 of one account and Region: the buckets that lie there. Everything is paged inside and takes its quota. */
export type S3 = {
  /** The Region's buckets, page by page (1,000 each). */
  listBuckets: (call: Call) => AsyncIterable<Bucket[]>
  /** Buckets of this account and Region by name; others are left out. */
  findBuckets: (call: Call, names: readonly string[]) => Promise<Bucket[]>
  /** Undefined: there is no such bucket. Costs a call for each part, at rates that AWS doesn't publish. */
  describeBucket: (call: Call, name: string) => Promise<BucketConfiguration | undefined>
}
