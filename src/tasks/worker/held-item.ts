import type { Image } from '#contracts/task.ts'
import type { CloudClock } from '#platform/clock.ts'
import type { StepTarget } from '../operation.ts'
import type { Advance } from '../store/advance-items.ts'
import type { ClaimedItem } from '../store/claim-items.ts'

/** An item in this worker's hands: as claimed, under the identity it was claimed with, and what was verified so far. */
export type HeldItem = ClaimedItem & { worker: string; actual: Image | null }

export const hold = (item: ClaimedItem, worker: string): HeldItem => ({ ...item, worker, actual: null })

/** The item's row if nothing but the given columns changed. */
export const advanceOf = (item: HeldItem, change: Partial<Advance>): Advance => ({
  account: item.account,
  id: item.id,
  taskId: item.taskId,
  ordinal: item.ordinal,
  worker: item.worker,
  attempt: item.attempt,
  move: item.move + 1,
  status: 'running',
  readyAt: null,
  step: item.step,
  stepAttempt: item.stepAttempt,
  stepStartedAt: item.stepStartedAt,
  isArmed: item.isArmed,
  isDoubtful: item.isDoubtful,
  isCompensating: item.isCompensating,
  inWait: item.inWait,
  wasInWait: item.inWait,
  steps: item.steps,
  actual: item.actual,
  error: item.error,
  ...change,
})

/** What the row says after an advance that leaves the item with this worker. */
export const afterAdvance = (item: HeldItem, advance: Advance): HeldItem => ({
  ...item,
  move: advance.move,
  step: advance.step,
  stepAttempt: advance.stepAttempt,
  stepStartedAt: advance.stepStartedAt,
  isArmed: advance.isArmed,
  isDoubtful: advance.isDoubtful,
  isCompensating: advance.isCompensating,
  inWait: advance.inWait,
  steps: advance.steps,
  actual: advance.actual,
  error: advance.error,
})

/** Wall time and the cloud's, as a worker needs them to tell how long something has lasted. */
export type Times = { now: Date; cloud: CloudClock }

/** Cloud seconds since the item's current step began. */
export const stepSeconds = (item: Pick<HeldItem, 'stepStartedAt'>, { now, cloud }: Times): number =>
  item.stepStartedAt === null ? 0 : cloud.cloudSeconds(now.getTime() - item.stepStartedAt.getTime())

/** The item as an operation's step sees it. */
export const targetOf = (item: HeldItem, times: Times): StepTarget => ({
  itemId: item.id,
  id: item.targetId,
  before: item.before,
  after: item.after,
  results: Object.fromEntries(item.steps.map((step) => [step.name, step.result])),
  polls: item.stepAttempt,
  waitedSeconds: stepSeconds(item, times),
})
