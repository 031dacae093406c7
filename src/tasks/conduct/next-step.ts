import { isFinal } from '#contracts/task.ts'
import type { Conduct, Predecessor } from '../store/conducted-tasks.ts'
import type { TaskRecord } from '../store/shapes.ts'
import type { Judgement } from '../watch/judge.ts'
import { mostFailures } from '../plan/rollout.ts'

/** What a conductor does about a task next. */
export type NextStep =
  /** Nothing now. */
  | { kind: 'wait' }
  /** It is over: file the undo where one was asked for, and look after it no more. */
  | { kind: 'close'; isUndoDue: boolean }
  /** What has not begun is not begun any more. */
  | { kind: 'stop'; code: 'error_budget_exceeded' | 'predecessor_not_succeeded'; message: string }
  /** A watched alarm has gone off: nothing more is begun until somebody has looked. */
  | { kind: 'pause'; why: string; known: Record<string, string> }
  /** The wave that was released is over; the next one is held until then. */
  | { kind: 'soak' }
  /** Lets items up to that ordinal be claimed. */
  | { kind: 'release'; to: number; mostFailures: number | null }
  /** What it waited for is over, but it is not up to the conductor alone whether it begins. */
  | { kind: 'end-after'; to: number; mostFailures: number | null }

/** Alarms that are watched: what came of a look just now, if there was one, and when they were last seen to be quiet. */
export type Watched = { look: Judgement | undefined; quietAt: Date | null }

/**
 * The rules, in their order. A task that is over is closed. One that used up its budget is stopped. One that waits for others
 * begins when the last of them is over, or is stopped when one did not succeed that had to. One of whose alarms goes off is
 * paused. A wave is over when as many items have ended as were released so far; then it soaks, then the next is released: with
 * alarms, when they were quiet at the end of the soak. While somebody is asked for approval, has paused it or is cancelling it,
 * no wave is released.
 */
export const nextStep = (
  conduct: Conduct,
  task: Pick<TaskRecord, 'id' | 'status' | 'total' | 'open' | 'failed' | 'compensated' | 'succeeded'> | undefined,
  predecessors: readonly Predecessor[],
  now: Date,
  watch?: Watched,
): NextStep => {
  // Undefined: it was over long ago and has left the hot tables.
  if (task === undefined) return { kind: 'close', isUndoDue: false }
  if (isFinal(task.status)) {
    const isUndoDue =
      conduct.stopped_by === 'error_budget_exceeded' && conduct.on_budget === 'undo' && task.succeeded > 0
    return { kind: 'close', isUndoDue }
  }
  if (task.status === 'cancelling' || task.status === 'compensating') return { kind: 'wait' }

  const failed = task.failed + task.compensated
  if (conduct.most_failures !== null && failed > conduct.most_failures) {
    return {
      kind: 'stop',
      code: 'error_budget_exceeded',
      message: `${failed} of ${conduct.released_to} targets begun failed; the error budget allows ${conduct.most_failures}.`,
    }
  }

  const next = releaseOf(conduct)
  if (conduct.is_after) {
    const bad = predecessors.find(
      ({ on_end, status }) => on_end === 'succeeded' && status !== 'succeeded' && (status === null || isFinal(status)),
    )
    if (bad !== undefined) {
      return {
        kind: 'stop',
        code: 'predecessor_not_succeeded',
        message: `It was to run after task ${bad.id} succeeded; that ended as ${(bad.status ?? 'unknown').replaceAll('_', ' ')}.`,
      }
    }
    if (!predecessors.every(({ status }) => status === null || isFinal(status))) return { kind: 'wait' }
    return { kind: task.status === 'scheduled' ? 'release' : 'end-after', ...next }
  }

  if (task.status === 'awaiting_approval' || task.status === 'paused') return { kind: 'wait' }
  if (watch?.look?.kind === 'pause') return watch.look
  const isWaveOver = task.total - task.open >= conduct.released_to
  if (conduct.released_to >= task.total || !isWaveOver) return { kind: 'wait' }
  if (conduct.soak_until !== null) {
    const isQuiet = watch === undefined || (watch.quietAt !== null && watch.quietAt >= conduct.soak_until)
    return conduct.soak_until > now || !isQuiet ? { kind: 'wait' } : { kind: 'release', ...next }
  }
  return conduct.soak_seconds > 0 || watch !== undefined ? { kind: 'soak' } : { kind: 'release', ...next }
}

const releaseOf = (conduct: Conduct): { to: number; mostFailures: number | null } => {
  const to = conduct.wave_ends[conduct.released] ?? conduct.wave_ends.at(-1) ?? 0
  return { to, mostFailures: mostFailures(conduct.error_budget, to) }
}
