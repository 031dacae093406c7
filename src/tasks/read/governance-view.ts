import type { BreakGlass } from '#contracts/task.ts'
import { isFinal } from '#contracts/task.ts'
import type { Governance } from '../approvals/store.ts'
import type { TaskRecord } from '../store/shapes.ts'

type Wait = { notBefore: string | null; notBeforeReason: string | null }

/** Until when, and why, what has not begun of a task waits: of what holds it, whatever holds it longest. */
export const waitOf = (task: TaskRecord, governance: Governance | undefined, now: Date): Wait => {
  const none = { notBefore: null, notBeforeReason: null }
  if (isFinal(task.status) || task.status === 'cancelling' || task.status === 'compensating') return none
  const holds: { at: Date | null | undefined; why: string }[] = [
    ...(task.started_at === null
      ? [
          { at: task.scheduled_for, why: 'It was filed for this time.' },
          {
            at: governance?.delayUntil,
            why: 'It is approved and can still be cancelled: a task of class R4 is held for a while after its last approval.',
          },
        ]
      : []),
    { at: governance?.freezeUntil, why: `The freeze "${governance?.freezeName}" holds it.` },
  ]
  return holds.reduce<Wait & { ms: number }>(
    (longest, { at, why }) =>
      at && at > now && at.getTime() > longest.ms
        ? { notBefore: at.toISOString(), notBeforeReason: why, ms: at.getTime() }
        : longest,
    { ...none, ms: 0 },
  )
}

export const breakGlassOf = (governance: Governance | undefined): { breakGlass?: BreakGlass } => {
  if (!governance?.breakGlass) return {}
  const { userId, email, reason, beginBy, at } = governance.breakGlass
  return { breakGlass: { by: { id: userId, email }, reason, beginBy: beginBy.toISOString(), at: at.toISOString() } }
}
