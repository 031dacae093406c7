import type { MetricPoint, MetricQuery } from '#aws/cloudwatch.ts'
import type { Recommendation } from '#contracts/recommendation.ts'
import type { Unused } from '#resources/unused.ts'
import { idleVolume } from '../rightsizing.ts'
import type { Advice } from './store.ts'

const dayMs = 86_400_000
/** A younger snapshot may be the reason for which its volume could go. */
const oldSnapshotDays = 90

const unusedKinds: readonly Recommendation['kind'][] = ['idle_volume', 'unused_address', 'orphaned_snapshot']
export const isOfUnused = ({ kind }: Pick<Recommendation, 'kind'>): boolean => unusedKinds.includes(kind)

/** A volume sends metrics only while it is attached: https://docs.aws.amazon.com/ebs/latest/userguide/using_cloudwatch_ebs.html */
export const volumeQueries = (volumes: readonly Pick<Unused, 'awsId'>[]): MetricQuery[] =>
  volumes.map(({ awsId }) => ({
    namespace: 'AWS/EBS',
    name: 'VolumeReadOps',
    statistic: 'Sum',
    dimensions: { VolumeId: awsId },
    periodSeconds: dayMs / 1000,
  }))

/** How many days ago the last day began on which it was measured; undefined where it never was. */
export const lastUsedDays = (points: readonly MetricPoint[], toMs: number): number | undefined => {
  const last = points.at(-1)
  return last === undefined ? undefined : (toMs - last.atMs) / dayMs
}

/** What nothing uses, with what it costs. No operation here ends it, so none is offered: it is done in AWS's console. */
export const adviseUnused = (
  { kind, id: resourceId, awsId, name: resourceName, summary, monthlyUsd, since }: Unused,
  lastUsed: number | undefined,
  toMs: number,
): Advice | undefined => {
  const shared = { resourceId, resourceName, operation: null, params: null }
  const name = resourceName ?? awsId
  switch (kind) {
    case 'unattached-volume': {
      const createdDays = (toMs - Date.parse(String(summary['createdAt']))) / dayMs
      // Without a value in all that time it was not attached since then, or since it was made.
      const days = lastUsed ?? createdDays
      const { status, because } = idleVolume(days)
      if (status !== 'idle') return undefined
      return {
        ...shared,
        kind: 'idle_volume',
        finding: 'idle',
        title: `${name} is attached to nothing`,
        because: `${lastUsed === undefined ? 'CloudWatch measured nothing of it in the last 33 days: not attached for 32 days or more' : because}; take a snapshot if what is on it may be wanted, then delete it in AWS's console: there is no operation for that here`,
        monthlySavingUsd: monthlyUsd,
        evidence: { sizeGib: summary['sizeGib'] ?? null, createdAt: summary['createdAt'] ?? null, monthlyUsd },
      }
    }
    case 'unassociated-address':
      return {
        ...shared,
        kind: 'unused_address',
        finding: 'idle',
        title: `${String(summary['publicIp'] ?? name)} belongs to nothing`,
        because: `it is associated with no instance or network interface and paid for by the hour; release it in AWS's console, which can't be taken back: there is no operation for that here`,
        monthlySavingUsd: monthlyUsd,
        evidence: { publicIp: summary['publicIp'] ?? null, monthlyUsd },
      }
    case 'orphaned-snapshot': {
      if (since === null || toMs - since.getTime() < oldSnapshotDays * dayMs) return undefined
      return {
        ...shared,
        kind: 'orphaned_snapshot',
        finding: 'idle',
        title: `${name} is a snapshot of a volume that is gone`,
        because: `it was made on ${since.toISOString().slice(0, 10)}, no image is made of it, and it costs at most $${(monthlyUsd ?? 0).toFixed(2)} a month; it may be the last copy, so look before you delete it in AWS's console: there is no operation for that here`,
        // AWS charges for the blocks that no other snapshot has, and doesn't say how many those are.
        monthlySavingUsd: null,
        evidence: { volumeId: summary['volumeId'] ?? null, startedAt: since.toISOString(), monthlyUsd },
      }
    }
  }
}
