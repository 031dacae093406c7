import { messageOf } from '#platform/app-error.ts'
import type { Clock } from '#platform/clock.ts'
import { isPassing } from '#platform/db/database.ts'
import type { Scope, Step } from '../operation.ts'
import type { Recorder } from '../queue/record.ts'
import type { Advance } from '../store/advance-items.ts'
import type { Batch, Changed } from './batches.ts'
import { mostIn } from './batches.ts'
import type { HeldItem, Times } from './held-item.ts'
import { advanceOf, afterAdvance } from './held-item.ts'
import type { Lease } from './lease.ts'
import { isCheckStale } from './stale-check.ts'
import { mostRecoveries } from './retry.ts'
import { runStep } from './run-step.ts'
import type { Slot } from './slots.ts'
import { transition } from './transition.ts'

/**
 * A call that stands in line for quota for so long goes back to the queue: its slot is for others meanwhile, its item can be
 * cancelled, and what was checked long ago is checked again.
 */
const longestInLineMs = 20_000

/**
 * Runs a batch from its step on until every item has ended, waits, or is to be tried later. Each result is on record
 * before the next step begins: it is the next step's intent.
 */
export const runBatch = async (
  deps: {
    recorder: Pick<Recorder, 'advance'>
    lease: Pick<Lease, 'isHeld'>
    clock: Clock
    scope: Scope
    /** Tasks that somebody is cancelling: what has not begun is not begun. */
    isCancelling: (taskId: string) => boolean
    /** Tasks that somebody paused: what has not begun is put back. */
    isPaused: (taskId: string) => boolean
    /** Called with the time at which a parked item is due again. */
    onParked: (due: Date) => void
    /** Its place at AWS, which others have while it only waits for its commit. */
    slot?: Slot
    /** Called with targets of which something may have changed in AWS; not for a wait that merely goes on. */
    onChanged: (changed: Changed[]) => void
  },
  batch: Batch,
): Promise<void> => {
  const { clock } = deps
  // Tasks take turns where they wait for the same quota. A batch of several stands for the one of its first item.
  const share = batch.items[0]?.taskId ?? ''
  const scope: Scope = { ...deps.scope, call: { ...deps.scope.call, share, waitsAtMostMs: longestInLineMs } }
  const { operation } = batch
  const cloud = scope.aws.clock(scope.account)
  const timesNow = (): Times => ({ now: clock.now(), cloud })

  const write = async (item: HeldItem, advance: Advance): Promise<HeldItem | null> => {
    const isOurs = await recordStubbornly(deps, advance)
    if (advance.readyAt) deps.onParked(advance.readyAt)
    return isOurs && advance.status === 'running' ? afterAdvance(item, advance) : null
  }
  const writeAll = async (
    items: HeldItem[],
    advances: (item: HeldItem, index: number) => Advance,
  ): Promise<HeldItem[]> =>
    (await Promise.all(items.map((item, index) => write(item, advances(item, index))))).filter((item) => item !== null)

  /**
   * What was found long ago may not hold any more: who waited before acting is checked once more, where it stands, so that
   * its attempts still count. A target that drifted meanwhile is left alone.
   */
  const checkAgain = async (items: HeldItem[]): Promise<HeldItem[]> => {
    const stale = items.filter((item) => isCheckStale(item, operation, timesNow()))
    const check = operation.steps[(stale[0]?.step ?? 0) - 1]
    if (check === undefined) return items
    const outcomes = await runStep(operation, check, scope, stale, timesNow())
    const times = timesNow()
    const checked = await writeAll(stale, (item, index) => {
      const outcome = outcomes[index]! // runStep gives one outcome for each item, in order
      return outcome.kind === 'done'
        ? advanceOf(item, { stepStartedAt: times.now })
        : transition(item, operation, outcome, times)
    })
    return [...items.filter((item) => !stale.includes(item)), ...checked]
  }

  let items = await dropHopeless(batch.items, writeAll)
  while (items.length > 0) {
    // Compensations and steps part ways after a failure: only items at the same place go on together.
    const [first] = items
    const step = operation.steps[first?.step ?? -1]
    if (!first || !step) throw new RangeError(`${operation.name} has no step ${first?.step}`)
    const together = items
      .filter((item) => item.step === first.step && item.isCompensating === first.isCompensating)
      .slice(0, mostIn(operation, step, first.isCompensating))
    const apart = items.filter((item) => !together.includes(item))

    let ready = together
    if (isFirstEffect(operation.steps, step)) {
      const unbegun = ready.filter((item) => !item.isCompensating && !item.isDoubtful)
      const cancelled = unbegun.filter((item) => deps.isCancelling(item.taskId))
      const paused = unbegun.filter((item) => !cancelled.includes(item) && deps.isPaused(item.taskId))
      await Promise.all([
        writeAll(cancelled, (item) => advanceOf(item, { status: 'cancelled' })),
        writeAll(paused, (item) => advanceOf(item, { status: 'pending', isHeld: true })),
      ])
      ready = await checkAgain(ready.filter((item) => !cancelled.includes(item) && !paused.includes(item)))
    }
    if (step.kind === 'act' && step.effect === 'at-most-once') {
      const unarmed = ready.filter((item) => !item.isArmed)
      const armed = ready.filter((item) => item.isArmed)
      // Whoever had it before never came as far as this line: the doubt is about nothing.
      const arm = (item: HeldItem): Advance => advanceOf(item, { isArmed: true, isDoubtful: false })
      ready = [...armed, ...(await writeAll(unarmed, arm))]
    }
    if (ready.length > 0) {
      const began = clock.now()
      const outcomes = await runStep(operation, step, scope, ready, timesNow())
      const times = timesNow()
      // runStep gives one outcome for each item, in order.
      const moved = ready.filter((_, index) => step.kind !== 'check' && outcomes[index]?.kind !== 'pending')
      const advances = ready.map((item, index) => transition(item, operation, outcomes[index]!, times))
      const isLast = apart.length === 0 && advances.every(({ status }) => status !== 'running')
      if (isLast) deps.slot?.leave()
      else deps.slot?.lend()
      ready = await writeAll(ready, (_, index) => advances[index]!) // one for each item, in order
      if (moved.length > 0) {
        deps.onChanged(
          moved.map(({ targetId, taskId, stepStartedAt }) => ({
            id: targetId,
            taskId,
            forSeconds: Math.max(0, (times.now.getTime() - (stepStartedAt ?? began).getTime()) / 1000),
          })),
        )
      }
      if (!isLast) await deps.slot?.comeBack()
    }
    items = [...ready, ...apart]
  }
}

const isFirstEffect = (steps: readonly Step[], step: Step): boolean =>
  steps.find((candidate) => candidate.kind === 'act') === step

/** An item that keeps losing its workers may be what kills them. */
const dropHopeless = async (
  items: HeldItem[],
  writeAll: (items: HeldItem[], advances: (item: HeldItem) => Advance) => Promise<HeldItem[]>,
): Promise<HeldItem[]> => {
  const hopeless = items.filter((item) => item.recoveries > mostRecoveries)
  await writeAll(hopeless, (item) =>
    advanceOf(item, {
      status: 'failed',
      inWait: false,
      error: {
        code: 'worker_lost',
        message: `${item.recoveries} workers were lost while they had this item in hand; it is not tried again.`,
      },
    }),
  )
  return items.filter((item) => !hopeless.includes(item))
}

/**
 * A result must not be lost because the database is away, full or in a deadlock for a moment: it is offered again for as
 * long as the lease holds.
 * Repeating is harmless, the write is fenced and changes nothing the second time. A result that the database refuses for
 * what is in it ends the item, saying so, instead of going round for ever.
 */
const recordStubbornly = async (
  deps: { recorder: Pick<Recorder, 'advance'>; lease: Pick<Lease, 'isHeld'>; clock: Clock },
  advance: Advance,
): Promise<boolean> => {
  for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, 1000)) {
    try {
      return await deps.recorder.advance(advance)
    } catch (error) {
      if (!isPassing(error)) return deps.recorder.advance(unrecordable(advance, error))
      if (!deps.lease.isHeld()) throw error
      await deps.clock.sleep(delayMs)
    }
  }
}

const unrecordable = (advance: Advance, error: unknown): Advance => ({
  ...advance,
  status: 'failed',
  readyAt: null,
  inWait: false,
  isArmed: false,
  actual: null,
  steps: advance.steps.map(({ result: _result, error: _error, ...step }) => step),
  error: { code: 'result_unrecordable', message: `The result of a step could not be stored: ${messageOf(error)}` },
})
