import { AwsFailure } from '#aws/failure.ts'
import { messageOf } from '#platform/app-error.ts'
import { isConnectionLost } from '#platform/db/database.ts'
import type { Operation, Outcome, Scope, Step, StepTarget } from '../operation.ts'
import type { HeldItem, Times } from './held-item.ts'
import { targetOf } from './held-item.ts'

/** An outcome for each item of the batch, in order. */
type Outcomes = Outcome[]

/**
 * Runs one step for a batch. An item that is in doubt (its worker died, or an attempt's outcome is unknown) is read before
 * the step acts on it again, or given up where its effect can't be read. Whatever an operation throws becomes an outcome.
 */
export const runStep = async (
  operation: Operation,
  step: Step,
  scope: Scope,
  items: readonly HeldItem[],
  times: Times,
): Promise<Outcomes> => {
  // All items of a batch have the same parameters: they are part of what makes a batch.
  const params = items[0]?.params
  const targets = items.map((item) => targetOf(item, times))
  if (items[0]?.isCompensating) {
    const compensate = step.kind === 'act' ? step.compensate : undefined
    return compensate === undefined
      ? items.map(() => ({ kind: 'done' }))
      : guarded(items.length, () => compensate(scope, targets, params))
  }
  if (step.kind !== 'act') return guarded(items.length, () => step.run(scope, targets, params))

  const known = await knownOutcomes(step, scope, { items, targets }, params)
  const toDo = items.flatMap((_, index) => (known[index] === null ? [index] : []))
  if (toDo.length === 0) return known as Outcomes // no null is left
  const acted = await guarded(toDo.length, () =>
    step.run(
      scope,
      toDo.map((index) => targets[index]!), // indexes of this very list
      params,
    ),
  )
  toDo.forEach((index, n) => {
    known[index] = acted[n] ?? missingOutcome(operation, step)
  })
  return known as Outcomes // every null was just replaced
}

type Act = Extract<Step, { kind: 'act' }>

/** For items in doubt: what can be told without acting again; null where the step has to be done. */
const knownOutcomes = async (
  step: Act,
  scope: Scope,
  { items, targets }: { items: readonly HeldItem[]; targets: readonly StepTarget[] },
  params: unknown,
): Promise<(Outcome | null)[]> => {
  const known: (Outcome | null)[] = items.map(() => null)
  const doubtful = items.flatMap((item, index) => (item.isDoubtful ? [index] : []))
  if (doubtful.length === 0) return known
  if (step.effect === 'at-most-once') {
    for (const index of doubtful) {
      // Armed before the call left: without that mark the dead worker never got as far.
      if (items[index]?.isArmed) known[index] = unknownOutcome
    }
    return known
  }
  if (step.reread === undefined) return known // declared readable without a reader: repeating it is harmless
  const reread = step.reread
  const inDoubt = doubtful.map((index) => targets[index]!) // indexes of this very list
  const read = await guardedOrNull(inDoubt.length, () => reread(scope, inDoubt, params))
  doubtful.forEach((index, n) => {
    known[index] = read[n] ?? null
  })
  return known
}

const unknownOutcome: Outcome = {
  kind: 'failed',
  code: 'outcome_unknown',
  message: 'The worker that ran it was lost before the result was recorded.',
  retry: 'unknown',
}

const guardedOrNull = async (count: number, run: () => Promise<(Outcome | null)[]>): Promise<(Outcome | null)[]> => {
  try {
    return await run()
  } catch (error) {
    // Nobody could look, so the effect may be there: when the step is given up over this, it is taken back.
    const outcome = outcomeOfError(error, 'reading')
    return Array.from({ length: count }, () => (outcome.kind === 'failed' ? { ...outcome, hasActed: true } : outcome))
  }
}

const guarded = async (count: number, run: () => Promise<Outcomes>): Promise<Outcomes> => {
  try {
    return await run()
  } catch (error) {
    return Array.from({ length: count }, () => outcomeOfError(error, 'acting'))
  }
}

/** What a thrown error means for every item of the call. Errors that end the whole batch (a lease too old) pass through. */
const outcomeOfError = (error: unknown, during: 'reading' | 'acting'): Outcome => {
  // First: a Region that is down refuses connections with the very code of a database that is away.
  if (error instanceof AwsFailure) {
    // A failed read leaves the doubt as it was.
    const kind = during === 'reading' && error.kind !== 'permanent' ? 'unknown' : error.kind
    return {
      kind: 'failed',
      code: error.code,
      message: error.message,
      retry: kind === 'permanent' ? 'never' : kind,
      ...(error.heldUntil === undefined ? {} : { heldUntil: error.heldUntil }),
    }
  }
  if (isBatchError(error)) throw error
  return { kind: 'failed', code: 'operation_failed', message: messageOf(error), retry: 'never' }
}

/** Errors that say "this worker must not go on", not "this call failed": nor can it while the database is away. */
const isBatchError = (error: unknown): boolean =>
  (error instanceof Error && (error.name === 'LeaseTooOld' || error.name === 'AbortError')) || isConnectionLost(error)

const missingOutcome = (operation: Operation, step: Step): Outcome => ({
  kind: 'failed',
  code: 'operation_failed',
  message: `${operation.name} gave no outcome for this target in step "${step.name}".`,
  retry: 'never',
})
