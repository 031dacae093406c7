import { undoLabelSchema } from '#contracts/task.ts'
import type { Image, UndoLabel } from '#contracts/task.ts'
import type { Operation } from './operation.ts'

/** From what brings everything back to what brings nothing back. */
const labels = undoLabelSchema.options

/** What an undo of these changes can bring back: as much as for the target for which it can do least. */
export const undoLabelOf = (
  { undo }: Pick<Operation, 'undo'>,
  changes: readonly { before: Image; after: Image }[],
): UndoLabel => {
  const { labelOf } = undo
  if (labelOf === undefined || changes.length === 0) return undo.label
  const weakest = Math.max(...changes.map(({ before, after }) => labels.indexOf(labelOf(before, after))))
  return labels[weakest] ?? undo.label
}
