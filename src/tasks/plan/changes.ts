import type { Image } from '#contracts/task.ts'
import { differences, driftOf } from '../operations/images.ts'
import type { LiveTarget, Operation } from '../operation.ts'

/**
 * What an undo is to bring back: how the task left a target, and how it was before. Or, where `before` is null, what is to be
 * brought about however the target is now.
 */
export type Desired = ReadonlyMap<string, { before: Image | null; after: Image }>

/** What the operation makes of a target, or why there is nothing to make of it. */
export type Change = { after: Image } | { why: string }

/**
 * The image of a target after the operation. An undo by images takes it from what was recorded, and only where nobody has
 * changed the same fields since.
 */
export const changeOf = (
  operation: Pick<Operation, 'desired' | 'keptParams' | 'alwaysActs'>,
  live: LiveTarget,
  params: Record<string, unknown>,
  desired: Desired | undefined,
): Change => {
  // A plan made anew goes by its parameters as far as they were kept: what else is in the images may have changed for good.
  const isByImages =
    desired !== undefined && (desired.get(live.id)?.before !== null || operation.keptParams !== undefined)
  const change = isByImages ? restored(live, desired) : { after: operation.desired(live.image, params, live) }
  if ('why' in change || operation.alwaysActs) return change
  return differences(live.image, change.after).length === 0 ? { why: 'is already as asked' } : change
}

const restored = (live: LiveTarget, desired: Desired): Change => {
  const images = desired.get(live.id)
  if (images === undefined) return { why: 'has no record of how it was before' }
  if (differences(live.image, images.after).length === 0)
    return { why: images.before === null ? 'is already as asked' : 'is already as it was before' }
  const why = images.before === null ? null : driftOf(images.before, live.image)
  return why === null ? { after: images.after } : { why: `was changed since: ${why.replaceAll(' when planned', '')}` }
}
