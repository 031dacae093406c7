import { estateEpochMs } from '../estate/instance.ts'
import { fraction } from '../estate/random.ts'
import type { Family } from './measure.ts'

const dayMs = 86_400_000

/** How much lies in a bucket, by storage class: up to half as much again a year. What is empty is not measured. */
export const bucketFamily: Family = {
  namespace: 'AWS/S3',
  dimensions: ['BucketName', 'StorageType'],
  names: ['BucketSizeBytes', 'NumberOfObjects'],
  isDaily: true,
  of: ({ world, partition }, { BucketName = '', StorageType = '' }, name) => {
    const bucket = world.buckets(partition.account).get(BucketName)
    // A bucket is measured where it lies.
    if (bucket?.partition.region !== partition.region) return undefined
    const sizes: Record<string, number> = {
      'BucketSizeBytes StandardStorage': bucket.bytes.standard,
      'BucketSizeBytes StandardIAStorage': bucket.bytes.infrequent,
      'BucketSizeBytes GlacierStorage': bucket.bytes.archive,
      'NumberOfObjects AllStorageTypes': bucket.objects,
    }
    const base = sizes[`${name} ${StorageType}`]
    if (base === undefined || base === 0) return undefined
    const growth = 0.5 * fraction(world.estate.seed, bucket.partition.number, bucket.index, 430)
    return (atMs) =>
      atMs < bucket.createdMs
        ? undefined
        : Math.round(base * Math.max(0, 1 + (growth * (atMs - estateEpochMs)) / (365 * dayMs)))
  },
}
