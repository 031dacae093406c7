import type { Call } from '#aws/call.ts'
import type { CloudWatch, MetricQuery } from '#aws/cloudwatch.ts'

/** How large a bucket was on the latest day that S3 measured. */
export type BucketSize = {
  /** By S3's names of storage types; those without objects are left out. */
  bytesByStorage: Record<string, number>
  objects: number | null
  at: string
}

/** Where S3 keeps objects, as its storage metrics name it. What lies elsewhere is not counted. */
const storageTypes = [
  'StandardStorage',
  'StandardIAStorage',
  'OneZoneIAStorage',
  'IntelligentTieringFAStorage',
  'IntelligentTieringIAStorage',
  'GlacierInstantRetrievalStorage',
  'GlacierStorage',
  'DeepArchiveStorage',
] as const
const allTypes = 'AllStorageTypes'
const measured = [
  ...storageTypes.map((StorageType) => ({ name: 'BucketSizeBytes', StorageType })),
  { name: 'NumberOfObjects', StorageType: allTypes },
]
const daySeconds = 86_400
/** A day's size may be two days late. */
const days = 3

/** Sizes of buckets by the daily metrics that S3 hands CloudWatch; one without any on the last days is left out. */
export const bucketSizes = async (
  cloudwatch: CloudWatch,
  call: Call,
  names: readonly string[],
  at: Date,
): Promise<Map<string, BucketSize>> => {
  const toMs = Math.ceil(at.getTime() / 1000 / daySeconds) * daySeconds * 1000
  const queries = names.flatMap((BucketName) =>
    measured.map(({ name, StorageType }): MetricQuery => ({
      namespace: 'AWS/S3',
      name,
      dimensions: { BucketName, StorageType },
      statistic: 'Average',
      periodSeconds: daySeconds,
    })),
  )
  const from = new Date(toMs - days * daySeconds * 1000)
  const series = await cloudwatch.getMetricData(call, { queries, from, to: new Date(toMs) })
  return new Map(
    names.flatMap((name, index) => {
      const own = measured.map((_, metric) => series[index * measured.length + metric]?.at(-1))
      const size = toSize(own)
      return size === undefined ? [] : [[name, size]]
    }),
  )
}

/** Of the latest day: a storage class that was emptied has no newer value. */
const toSize = (points: readonly ({ atMs: number; value: number } | undefined)[]): BucketSize | undefined => {
  const latestMs = Math.max(...points.map((point) => point?.atMs ?? 0))
  if (latestMs === 0) return undefined
  const current = points.flatMap((point, index) =>
    point?.atMs === latestMs ? [{ storage: measured[index]?.StorageType ?? '', value: point.value }] : [],
  )
  return {
    bytesByStorage: Object.fromEntries(
      current.flatMap(({ storage, value }) => (storage === allTypes ? [] : [[storage, value]])),
    ),
    objects: current.find(({ storage }) => storage === allTypes)?.value ?? null,
    at: new Date(latestMs).toISOString(),
  }
}
