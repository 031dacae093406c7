import type { Call } from './call.ts'

/** A resource of any service that has tags, or had some. */
export type TaggedResource = { arn: string; tags: Record<string, string> }

/** The Resource Groups Tagging API of one account and Region. Everything is paged inside and takes its quota. */
export type Tagging = {
  /** Every tagged resource, or those of some types ("s3", "lambda:function"), page by page (100 each). */
  listResources: (call: Call, types?: readonly string[]) => AsyncIterable<TaggedResource[]>
  /** Resources by ARN; those that AWS doesn't know or that never had a tag are left out. */
  describeResources: (call: Call, arns: readonly string[]) => Promise<TaggedResource[]>
}
