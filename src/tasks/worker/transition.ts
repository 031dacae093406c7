import type { StepRecord } from '#contracts/task.ts'
import type { Operation, Outcome, Step } from '../operation.ts'
import type { Advance } from '../store/advance-items.ts'
import type { HeldItem, Times } from './held-item.ts'
import { advanceOf, stepSeconds } from './held-item.ts'
import { backoffSeconds, heldSpreadMs, mostAttempts } from './retry.ts'

/**
 * What becomes of an item when a step of it came to an outcome. Pure: the row to write, nothing else.
 *
 * Forward: `done` records the step and goes to the next one, or ends the item as succeeded after the last. `pending` parks
 * it as waiting, without a worker, until it is time to ask again. `drifted` ends it untouched. `failed` is tried again
 * later where that can help, else what was done is taken back, newest first, or the item fails if there is nothing to
 * take back. While the way to AWS is closed it waits for that, without losing an attempt.
 *
 * Backward (compensating): `done` marks the step as compensated and goes to the newest one before it that can be taken
 * back; when none is left the item is compensated. A compensation that fails for good fails the item and says so.
 */
export const transition = (item: HeldItem, operation: Operation, outcome: Outcome, times: Times): Advance =>
  item.isCompensating ? backward(item, operation, outcome, times) : forward(item, operation, outcome, times)

const forward = (item: HeldItem, operation: Operation, outcome: Outcome, times: Times): Advance => {
  const step = stepAt(operation, item.step)
  switch (outcome.kind) {
    case 'done': {
      const steps = [...item.steps, record(item, step, 'succeeded', times.now, { result: outcome.result })]
      const actual = outcome.after ?? item.actual
      const isLast = item.step === operation.steps.length - 1
      return isLast
        ? ended(item, { status: 'succeeded', steps, actual, error: null })
        : advanceOf(item, { ...freshStep(item.step + 1, times.now), steps, actual, error: null })
    }
    case 'pending': {
      if (step.kind === 'wait' && isOver(item, step, times)) {
        const minutes = Math.round(step.timeoutSeconds / 60)
        return giveUp(item, operation, times, {
          code: 'timed_out',
          message: `Step "${step.name}" was not over after ${minutes} minutes: ${outcome.why}.`,
        })
      }
      return advanceOf(item, {
        status: 'waiting',
        inWait: true,
        isDoubtful: false,
        stepAttempt: item.stepAttempt + 1,
        readyAt: later(times, outcome.againInSeconds),
      })
    }
    case 'drifted': {
      const error = { code: 'drifted', message: outcome.why }
      if (item.steps.some((done) => isAct(operation, done.name))) return giveUp(item, operation, times, error)
      const steps = [...item.steps, record(item, step, 'skipped', times.now, { error })]
      return ended(item, { status: 'drifted', steps, error })
    }
    case 'failed':
      return failedForward(item, operation, outcome, times)
  }
}

/** A wait is not given up for time in which nobody looked: workers were away, or the way to AWS was. */
const leastLooks = 3

const isOver = (item: HeldItem, step: Extract<Step, { kind: 'wait' }>, times: Times): boolean =>
  stepSeconds(item, times) > step.timeoutSeconds && item.stepAttempt + 1 >= leastLooks

const failedForward = (item: HeldItem, operation: Operation, outcome: Failed, times: Times): Advance => {
  const step = stepAt(operation, item.step)
  const error = { code: outcome.code, message: outcome.message }
  if (step.kind === 'act' && step.effect === 'at-most-once' && outcome.retry === 'unknown') {
    const message = `Nobody can tell whether step "${step.name}" took effect, so it is not repeated: ${outcome.message}`
    return giveUp(item, operation, times, { code: 'outcome_unknown', message })
  }
  if (outcome.heldUntil !== undefined && outcome.retry !== 'never') return held(item, outcome, outcome.heldUntil, times)
  // The attempts of a wait count its looks, however long it lasts: a look that fails is repeated within the wait's own time.
  const isLast = (retry: keyof typeof mostAttempts): boolean =>
    step.kind === 'wait' ? isOver(item, step, times) : item.stepAttempt + 1 >= mostAttempts[retry]
  if (outcome.retry === 'never' || isLast(outcome.retry)) {
    return giveUp(item, operation, times, error, outcome.retry === 'unknown' || outcome.hasActed === true)
  }
  return advanceOf(item, {
    status: item.inWait ? 'waiting' : 'pending',
    stepAttempt: item.stepAttempt + 1,
    // Not armed any more: the failure says that nothing happened, or the step can be read before it is repeated.
    isArmed: false,
    isDoubtful: outcome.retry === 'unknown',
    readyAt: later(times, backoffSeconds(outcome.retry, item.stepAttempt, item.id)),
    error,
  })
}

/**
 * The way to AWS is closed: the item is parked until somebody tries it again, for as long as that takes, and comes back
 * with as many attempts as it had. A doubt stays a doubt.
 */
const held = (item: HeldItem, outcome: Failed, until: Date, times: Times): Advance =>
  advanceOf(item, {
    status: item.inWait ? 'waiting' : 'pending',
    isArmed: false,
    isDoubtful: item.isDoubtful || outcome.retry === 'unknown',
    readyAt: new Date(Math.max(until.getTime(), times.now.getTime()) + heldSpreadMs(item.id)),
    error: item.isCompensating ? item.error : { code: outcome.code, message: outcome.message },
  })

const backward = (item: HeldItem, operation: Operation, outcome: Outcome, times: Times): Advance => {
  const step = stepAt(operation, item.step)
  switch (outcome.kind) {
    case 'done': {
      const steps = item.steps.map((done) =>
        done.name === step.name ? { ...done, status: 'compensated' as const } : done,
      )
      const next = newestToTakeBack(operation, steps, item.step - 1)
      return next === null
        ? ended(item, { status: 'compensated', steps, actual: outcome.after ?? item.actual })
        : advanceOf(item, { ...freshStep(next, times.now), steps })
    }
    case 'pending':
      return advanceOf(item, { status: 'pending', readyAt: later(times, outcome.againInSeconds) })
    case 'drifted':
      return notTakenBack(item, outcome.why)
    case 'failed':
      if (outcome.heldUntil !== undefined && outcome.retry !== 'never')
        return held(item, outcome, outcome.heldUntil, times)
      if (outcome.retry === 'never' || item.stepAttempt + 1 >= mostAttempts[outcome.retry]) {
        return notTakenBack(item, outcome.message)
      }
      return advanceOf(item, {
        status: 'pending',
        stepAttempt: item.stepAttempt + 1,
        readyAt: later(times, backoffSeconds(outcome.retry, item.stepAttempt, item.id)),
      })
  }
}

type Failed = Extract<Outcome, { kind: 'failed' }>

/**
 * The step failed for good: begin to take back what was done, or end the item when there is nothing to take back. The
 * failed step itself is taken back only where it may have had its effect.
 */
const giveUp = (
  item: HeldItem,
  operation: Operation,
  times: Times,
  error: { code: string; message: string },
  mayHaveActed = false,
): Advance => {
  const step = stepAt(operation, item.step)
  const steps = [...item.steps, record(item, step, 'failed', times.now, { error })]
  const next = newestToTakeBack(operation, steps, mayHaveActed ? item.step : item.step - 1)
  if (next === null || error.code === 'outcome_unknown') return ended(item, { status: 'failed', steps, error })
  return advanceOf(item, { ...freshStep(next, times.now), steps, error, isCompensating: true, inWait: false })
}

const notTakenBack = (item: HeldItem, why: string): Advance =>
  ended(item, {
    status: 'failed',
    error: {
      code: 'compensation_failed',
      message: `${item.error?.message ?? 'The item failed.'} What was done could not be taken back: ${why}`,
    },
  })

/** The newest step at or before `from` that has run and can be taken back. */
const newestToTakeBack = (operation: Operation, steps: readonly StepRecord[], from: number): number | null => {
  for (let index = from; index >= 0; index--) {
    const step = stepAt(operation, index)
    const hasRun = steps.some((done) => done.name === step.name && done.status !== 'compensated')
    if (step.kind === 'act' && step.compensate !== undefined && hasRun) return index
  }
  return null
}

const stepAt = (operation: Operation, index: number): Step => {
  const step = operation.steps[index]
  if (step === undefined) throw new RangeError(`${operation.name} has no step ${index}`)
  return step
}

const isAct = (operation: Operation, name: string): boolean =>
  operation.steps.some((step) => step.name === name && step.kind === 'act')

const freshStep = (step: number, now: Date) => ({
  step,
  stepAttempt: 0,
  stepStartedAt: now,
  isArmed: false,
  isDoubtful: false,
  inWait: false,
})

const ended = (item: HeldItem, change: Partial<Advance> & Pick<Advance, 'status'>): Advance =>
  advanceOf(item, { isArmed: false, isDoubtful: false, inWait: false, ...change })

const later = (times: Times, cloudSeconds: number): Date =>
  new Date(times.now.getTime() + times.cloud.wallMs(cloudSeconds))

const record = (
  item: HeldItem,
  step: Step,
  status: StepRecord['status'],
  now: Date,
  more: Pick<StepRecord, 'result' | 'error'>,
): StepRecord => ({
  name: step.name,
  status,
  attempt: item.stepAttempt + 1,
  startedAt: item.stepStartedAt?.toISOString() ?? null,
  finishedAt: now.toISOString(),
  ...(more.result === undefined ? {} : { result: more.result }),
  ...(more.error === undefined ? {} : { error: more.error }),
})
