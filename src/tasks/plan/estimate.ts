import type { Aws } from '#aws/cloud.ts'
import type { Plan } from '#contracts/task.ts'
import type { Operation } from '../operation.ts'

/** So many targets in one account and Region, whose cloud clock runs `speed` times as fast as the wall. */
export type Place = { targets: number; speed: number }

/**
 * How long the plan will take, in wall seconds as its user will see them (on a sandbox account that runs ten times as
 * fast, a tenth of AWS's time).
 *
 * - calls: from the first to the last call with an effect, at the quota, when the buckets are full at the start: of every
 *   bucket, what is needed beyond its capacity comes at its refill. Places have buckets of their own: the slowest counts.
 * - waits: typically, from the last call until AWS has done it.
 */
export const expectedSeconds = (
  quotas: Aws['quotas'],
  operation: Pick<Operation, 'batchSize' | 'calls' | 'typicalWaitSeconds'>,
  params: Record<string, unknown>,
  places: readonly Place[],
): Plan['expectedSeconds'] => {
  const waitSeconds = operation.typicalWaitSeconds(params)
  const each = places
    .filter(({ targets }) => targets > 0)
    .map(({ targets, speed }) => ({
      calls: callSeconds(quotas, operation, params, targets) / speed,
      waits: waitSeconds / speed,
    }))
  return {
    calls: tenths(Math.max(0, ...each.map(({ calls }) => calls))),
    waits: tenths(Math.max(0, ...each.map(({ waits }) => waits))),
    total: tenths(Math.max(0, ...each.map(({ calls, waits }) => calls + waits))),
  }
}

type Calling = Pick<Operation, 'batchSize' | 'calls'>

const callSeconds = (
  quotas: Aws['quotas'],
  operation: Calling,
  params: Record<string, unknown>,
  targets: number,
): number => {
  const seconds = [...tokensNeeded(quotas, operation, params, targets).values()].map(
    ({ capacity, refillPerSecond, tokens }) => (tokens - capacity) / refillPerSecond,
  )
  return Math.max(0, ...seconds)
}

/** What the calls for so many targets take from each bucket of their place. */
export const tokensNeeded = (
  quotas: Aws['quotas'],
  { batchSize, calls }: Calling,
  params: Record<string, unknown>,
  targets: number,
): Map<string, { capacity: number; refillPerSecond: number; tokens: number }> => {
  const fullBatches = Math.floor(targets / batchSize)
  const rest = targets % batchSize
  const needed = new Map<string, { capacity: number; refillPerSecond: number; tokens: number }>()
  for (const { service, action, perTarget } of calls.filter(({ isMade }) => isMade?.(params) !== false)) {
    for (const { name, limit, tokens } of quotas.bucketsOf(service, action)) {
      const bucket = needed.get(name) ?? { ...limit, tokens: 0 }
      bucket.tokens += perTarget ? targets * tokens(1) : fullBatches * tokens(batchSize) + (rest > 0 ? tokens(rest) : 0)
      needed.set(name, bucket)
    }
  }
  return needed
}

export const tenths = (seconds: number): number => Math.round(seconds * 10) / 10
