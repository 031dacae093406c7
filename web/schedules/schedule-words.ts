import cronstrue from 'cronstrue'
import type { Targets } from '#contracts/resource.ts'
import type { ScheduleRow, ScheduleRun } from '#contracts/schedule.ts'
import { counted } from '../design/words.ts'

/** "At 19:00, Monday through Friday"; null while it can't be read. */
export const cronWords = (cron: string): string | null => {
  if (cron.trim().split(/\s+/).length !== 5) return null
  try {
    return cronstrue.toString(cron, { use24HourTimeFormat: true, throwExceptionOnParseError: true })
  } catch {
    return null
  }
}

export const whenWords = ({ cron, at }: Pick<ScheduleRow, 'cron' | 'at'>): string =>
  cron === null ? `Once, ${at === null ? '–' : new Date(at).toLocaleString('en-GB')}` : (cronWords(cron) ?? cron)

export const targetWords = (targets: Targets): string => {
  if ('query' in targets) return targets.query
  return 'ids' in targets ? counted(targets.ids.length, 'resource') : `${targets.account}, ${targets.region}`
}

export const scheduleLooks = {
  active: { type: 'success', word: 'Active' },
  paused: { type: 'stopped', word: 'Paused' },
  stopped: { type: 'error', word: 'Stopped' },
  finished: { type: 'info', word: 'Finished' },
} as const satisfies Record<ScheduleRow['status'], unknown>

export const runLooks = {
  pending: { type: 'in-progress', word: 'Planning' },
  filed: { type: 'success', word: 'Filed' },
  skipped: { type: 'info', word: 'Skipped' },
  failed: { type: 'error', word: 'Failed' },
} as const satisfies Record<ScheduleRun['status'], unknown>

export const approvalLooks = {
  requested: { type: 'pending', word: 'Waits for a decision' },
  approved: { type: 'success', word: 'Approved' },
  rejected: { type: 'error', word: 'Rejected' },
  void: { type: 'stopped', word: 'Void: the schedule was changed' },
} as const

export const missedWords = {
  skip: 'Leave missed runs out',
  run_once: 'Make up for them with one run',
  run_all: 'Make up for each of the newest 24',
} as const
