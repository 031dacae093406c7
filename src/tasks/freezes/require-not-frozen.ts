import type { FreezeNotice } from '#contracts/freeze.ts'
import { errors } from '../errors.ts'

/** Throws `frozen`, naming the freeze and its end, where one holds what is about to be filed: `when`, of so many targets. */
export const requireNotFrozen = (
  freeze: FreezeNotice | null | undefined,
  filing: { targets: number; scheduledFor: Date | null; isUndo?: boolean },
): void => {
  if (!freeze) return
  const { name, reason, until } = freeze
  const { targets, scheduledFor, isUndo = false } = filing
  const isPart = freeze.targets < targets
  const what = isPart ? `${freeze.targets} of the ${targets} targets` : 'this'
  const when = scheduledFor === null ? 'now' : `at ${scheduledFor.toISOString()}`
  const advice = isUndo
    ? `Undo it then${isPart ? ', or only the items that are not frozen now' : ''}.`
    : `Schedule it for then or later${isPart ? ', leave out what is frozen' : ''}, or break the glass.`
  throw errors.frozen(`The freeze "${name}" (${reason}) holds ${what} ${when}, until ${until}. ${advice}`, {
    errors: [
      {
        path: isUndo ? 'items' : 'scheduledFor',
        message: `not before ${until}`,
        value: scheduledFor?.toISOString() ?? null,
      },
    ],
  })
}
