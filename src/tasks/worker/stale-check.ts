import type { Operation } from '../operation.ts'
import type { HeldItem, Times } from './held-item.ts'
import { stepSeconds } from './held-item.ts'

/** For so long, in seconds of cloud time, an item may act on what its check found. */
const freshSeconds = 60

/**
 * Whether an item is about to act for the first time on a check of long ago: it was throttled for a while, or held by a pause
 * for days. An item that may have acted already is not: the check would take its own effect for somebody else's.
 */
export const isCheckStale = (item: HeldItem, { steps }: Pick<Operation, 'steps'>, times: Times): boolean =>
  steps[item.step]?.kind === 'act' &&
  steps[item.step - 1]?.kind === 'check' &&
  !steps.slice(0, item.step).some((step) => step.kind === 'act') &&
  !item.isArmed &&
  !item.isDoubtful &&
  !item.isCompensating &&
  stepSeconds(item, times) > freshSeconds
