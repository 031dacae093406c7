import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Image } from '#contracts/task.ts'

/** What an approval is bound to. No price, no duration, no name and no excluded target: those may change freely. */
export type Hashed = {
  operation: string
  version: number
  params: Record<string, unknown>
  /** Only in the plan of an undo, so that it can't pass for a plan of the same effect that someone else made. */
  undoOf?: string | undefined
  targets: readonly { id: string; before: Image; after: Image }[]
}

/**
 * The plan's hash: SHA-256, in hex, over RFC 8785 JSON of operation and version, parameters, waves and error budget, and of
 * the targets, sorted by ARN, only the fields that the operation changes or guards.
 */
export const planHash = ({ operation, version, params, undoOf, targets }: Hashed): string => {
  const covered = {
    operation,
    version,
    params,
    // Tasks run without waves or an error budget yet; the fields are there so that a plan with them hashes differently.
    waves: 'none',
    errorBudget: null,
    ...(undoOf === undefined ? {} : { undoOf }),
    targets: targets.map(({ id, before, after }) => ({ id, before, after })).sort((a, b) => (a.id < b.id ? -1 : 1)),
  }
  // An object is never dropped, so there is always text.
  return createHash('sha256').update(canonicalize(covered)!).digest('hex')
}
