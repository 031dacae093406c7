import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Image } from '#contracts/task.ts'
import type { Rollout } from './rollout.ts'

/** What an approval is bound to. No price, no duration, no name and no excluded target: those may change freely. */
export type Hashed = {
  operation: string
  version: number
  params: Record<string, unknown>
  /** Only in the plan of an undo, so that it can't pass for a plan of the same effect that someone else made. */
  undoOf?: string | undefined
  /** Likewise for the plan that tries again what failed of a task. */
  retryOf?: string | undefined
  /** Left out: all targets at once, however many fail. */
  rollout?: Rollout | undefined
  /** In the order of their waves. */
  targets: readonly { id: string; before: Image; after: Image }[]
}

/**
 * The plan's hash: SHA-256, in hex, over RFC 8785 JSON of operation and version, parameters, waves, error budget and watched alarms, and of
 * the targets, sorted by ARN, only the fields that the operation changes or guards, and with waves the wave that each is in.
 */
export const planHash = ({ operation, version, params, undoOf, retryOf, rollout, targets }: Hashed): string => {
  const sizes = rollout !== undefined && rollout.sizes.length > 1 ? rollout.sizes : []
  const covered = {
    operation,
    version,
    params,
    waves: sizes.length === 0 ? 'none' : { sizes, soakSeconds: rollout?.soakSeconds },
    errorBudget: rollout?.errorBudget == null ? null : { limit: rollout.errorBudget, onBudget: rollout.onBudget },
    ...(rollout?.watchAlarms === undefined ? {} : { watchAlarms: rollout.watchAlarms.map(({ id }) => id).sort() }),
    ...(undoOf === undefined ? {} : { undoOf }),
    ...(retryOf === undefined ? {} : { retryOf }),
    targets: targets
      .map(({ id, before, after }, ordinal) => ({ id, before, after, ...waveOf(sizes, ordinal) }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  }
  // An object is never dropped, so there is always text.
  return createHash('sha256').update(canonicalize(covered)!).digest('hex')
}

const waveOf = (sizes: readonly number[], ordinal: number): { wave?: number } => {
  let end = 0
  for (const [wave, size] of sizes.entries()) {
    end += size
    if (ordinal < end) return { wave }
  }
  return {}
}
