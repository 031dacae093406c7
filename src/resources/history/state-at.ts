import type { Step } from '../store/versions.ts'
import { takeBack } from './json-diff.ts'
import { withoutNoise } from './noise.ts'
import { asJson, fromJson } from './state.ts'
import type { State } from './state.ts'

/** How a resource was at a moment, and between which times nothing else is known of it; or why there is nothing. */
export type StateAt =
  | { kind: 'there'; state: State; version: number; validFrom: Date | null; validUntil: Date | null }
  | { kind: 'gone'; since: Date }
  | { kind: 'not-yet'; until: Date }

/**
 * Rebuilds the state at a moment: from the last of the steps, whose state is known as a whole, back to the one that was valid
 * then. `steps` are those of `stepsSince`; without any nothing has changed since, and `current` is the state.
 */
export const stateAt = (steps: readonly Step[], at: Date, current: State, noise: readonly string[]): StateAt => {
  const [first] = steps
  const valid = first !== undefined && first.at <= at ? first : undefined
  if (valid?.kind === 'gone') return { kind: 'gone', since: valid.at }
  const later = valid === undefined ? steps : steps.slice(1)
  const next = later[0]
  // What is too old was removed, so the first version may be any. Before one that says it came there was nothing.
  if (valid === undefined && (next?.kind === 'created' || next?.kind === 'back'))
    return { kind: 'not-yet', until: next.at }
  const whole = steps.at(-1)?.state ?? current
  const json = later
    .toReversed()
    .reduce((state, step) => takeBack(state, step.changes), withoutNoise(asJson(whole), noise))
  return {
    kind: 'there',
    // A field that counts as noise today may stand in a change of before it did.
    state: fromJson(withoutNoise(json, noise)),
    version: valid?.version ?? Math.max(0, (next?.version ?? 1) - 1),
    validFrom: valid?.at ?? null,
    validUntil: next?.at ?? null,
  }
}
