import type { Clock } from '#platform/clock.ts'
import { documentedBuckets, unfilteredActions, unfilteredLimit } from '../quotas/limits.ts'
import type { Bucket } from '../quotas/limits.ts'
import { awsError } from './aws-error.ts'
import { refusalCodes } from './refusal-codes.ts'
import type { SandboxCall } from './transport.ts'

/**
 * The sandbox's own token buckets, with AWS's documented sizes, for each account, Region and action. A call that is short
 * of one token is refused whole and takes none, as AWS does it.
 */
export const createBuckets = (clock: Clock, speed: number) => {
  const levels = new Map<string, { tokens: number; atMs: number }>()

  /** Throws what AWS answers when the quota is used up. */
  return (call: SandboxCall): void => {
    const nowMs = clock.monotonicMs()
    const taken = bucketsFor(call).map((bucket) => {
      const { capacity, refillPerSecond } = bucket.limit
      const key = `${call.account}/${call.region}/${bucket.name}`
      let level = levels.get(key)
      if (level === undefined) levels.set(key, (level = { tokens: capacity, atMs: nowMs }))
      level.tokens = Math.min(capacity, level.tokens + ((nowMs - level.atMs) / 1000) * speed * refillPerSecond)
      level.atMs = nowMs
      return { level, need: bucket.unit === 'requests' ? 1 : countOf(call.input) }
    })
    if (taken.some(({ level, need }) => level.tokens < need)) throw refusal(call.service)
    for (const { level, need } of taken) level.tokens -= need
  }
}

const bucketsFor = (call: SandboxCall): Bucket[] => {
  const input = call.input as {
    MaxResults?: unknown
    NextToken?: unknown
    InstanceIds?: unknown[]
    VolumeIds?: unknown[]
    SnapshotIds?: unknown[]
    GroupIds?: unknown[]
    Filters?: unknown[]
  }
  const isNarrow =
    input.MaxResults !== undefined ||
    input.NextToken !== undefined ||
    [input.InstanceIds, input.VolumeIds, input.SnapshotIds, input.GroupIds, input.Filters].some(
      (list) => (list?.length ?? 0) > 0,
    )
  if (call.service === 'ec2' && unfilteredActions.has(call.action) && !isNarrow) {
    return [{ name: `ec2:${call.action}:unfiltered`, unit: 'requests', limit: unfilteredLimit }]
  }
  return documentedBuckets(call.service, call.action)
}

const countOf = (input: object): number => (input as { InstanceIds?: unknown[] }).InstanceIds?.length ?? 1

export const refusal = (service: string): Error => {
  const { throttled, throttledStatus } = refusalCodes(service)
  return awsError(throttled, service === 'ec2' ? 'Request limit exceeded.' : 'Rate exceeded', throttledStatus)
}
