import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import type { z } from 'zod'
import { progressSchema } from '#contracts/task.ts'
import type { ItemStatus, StepRecord, TaskStatus } from '#contracts/task.ts'

type Look = { type: StatusIndicatorProps.Type; word: string }

const taskLooks: Record<TaskStatus, Look> = {
  awaiting_approval: { type: 'pending', word: 'Awaiting approval' },
  scheduled: { type: 'pending', word: 'Scheduled' },
  queued: { type: 'pending', word: 'Queued' },
  running: { type: 'in-progress', word: 'Running' },
  waiting: { type: 'in-progress', word: 'Waiting for AWS' },
  paused: { type: 'stopped', word: 'Paused' },
  cancelling: { type: 'in-progress', word: 'Cancelling' },
  compensating: { type: 'in-progress', word: 'Taking back' },
  succeeded: { type: 'success', word: 'Succeeded' },
  partly_failed: { type: 'warning', word: 'Partly failed' },
  failed: { type: 'error', word: 'Failed' },
  cancelled: { type: 'stopped', word: 'Cancelled' },
  rejected: { type: 'error', word: 'Rejected' },
  expired: { type: 'stopped', word: 'Expired' },
}

const itemLooks: Record<ItemStatus, Look> = {
  pending: { type: 'pending', word: 'Pending' },
  running: { type: 'in-progress', word: 'Running' },
  waiting: { type: 'in-progress', word: 'Waiting for AWS' },
  succeeded: { type: 'success', word: 'Succeeded' },
  failed: { type: 'error', word: 'Failed' },
  skipped: { type: 'stopped', word: 'Skipped' },
  drifted: { type: 'warning', word: 'Drifted' },
  compensated: { type: 'stopped', word: 'Taken back' },
  cancelled: { type: 'stopped', word: 'Cancelled' },
}

const stepTypes: Record<StepRecord['status'], StatusIndicatorProps.Type> = {
  pending: 'pending',
  running: 'in-progress',
  waiting: 'in-progress',
  succeeded: 'success',
  failed: 'error',
  skipped: 'stopped',
  compensated: 'stopped',
}

/** Icon and word together: colour alone never carries a state. */
export const taskLook = (status: TaskStatus): Look => taskLooks[status]
export const itemLook = (status: ItemStatus): Look => itemLooks[status]
export const stepType = (status: StepRecord['status']): StatusIndicatorProps.Type => stepTypes[status]
export const statusWord = (status: TaskStatus): string => taskLooks[status].word

/** What every account of a task's progress has; live events leave out what is pending or running. */
export const countersSchema = progressSchema.partial({ pending: true, running: true })
export type Counters = z.infer<typeof countersSchema>

const finalCount = ({ succeeded, failed, skipped, drifted, compensated, cancelled }: Counters): number =>
  succeeded + failed + skipped + drifted + compensated + cancelled

/** A status inside of a sentence; names stay as they are. */
export const statusInSentence = (status: TaskStatus): string => {
  const { word } = taskLooks[status]
  return word.charAt(0).toLowerCase() + word.slice(1)
}

/** Targets that reached a final state, in percent; a task without targets has nothing left to do. */
export const doneShare = (progress: Counters): number =>
  progress.total === 0 ? 100 : Math.round((100 * finalCount(progress)) / progress.total)

/** For example "12 of 20 done, 1 failed, 2 running". */
export const progressWords = (progress: Counters): string => {
  const counts: [number, string][] = [
    [progress.failed, 'failed'],
    [progress.drifted, 'drifted'],
    [progress.skipped, 'skipped'],
    [progress.compensated, 'taken back'],
    [progress.cancelled, 'cancelled'],
    [progress.running ?? 0, 'running'],
    [progress.waiting, 'waiting'],
  ]
  const parts = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  return [`${finalCount(progress)} of ${progress.total} done`, ...parts].join(', ')
}
