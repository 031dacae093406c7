import type { NewSchedule, Schedule } from '#contracts/schedule.ts'
import type { Targets } from '#contracts/resource.ts'
import type { Times } from './endpoints.ts'

/** A schedule as it is being written. */
export type Draft = {
  name: string
  operation: string
  targets: string
  kind: 'cron' | 'at'
  cron: string
  /** As an input of date and time has it, in the reader's own zone. */
  at: string
  timeZone: string
  skipDates: string
  missedRuns: NewSchedule['missedRuns']
  overlap: NewSchedule['overlap']
  reason: string
}

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone

export const draftOf = (schedule: Schedule | null): Draft => ({
  name: schedule?.name ?? '',
  operation: schedule?.operation ?? '',
  targets: schedule === null ? '' : targetText(schedule.targets),
  kind: schedule?.at == null ? 'cron' : 'at',
  cron: schedule?.cron ?? '0 19 * * MON-FRI',
  at: schedule?.at == null ? '' : localText(new Date(schedule.at)),
  timeZone: schedule?.timeZone ?? ownZone,
  skipDates: schedule?.skipDates.join('\n') ?? '',
  missedRuns: schedule?.missedRuns ?? 'run_once',
  overlap: schedule?.overlap ?? 'skip',
  reason: schedule?.reason ?? '',
})

/** A query, or ids, one a line: what begins as an ARN or as an id of AWS does is one. */
export const targetsOf = (text: string): Targets => {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return lines.length > 0 && lines.every((line) => /^(arn:|[a-z]+-[0-9a-f]{8,17}$)/.test(line))
    ? { ids: lines }
    : { query: text.trim() }
}

export const targetText = (targets: Targets): string => {
  if ('query' in targets) return targets.query
  return 'ids' in targets ? targets.ids.join('\n') : ''
}

const localText = (date: Date): string =>
  new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

/** When it is to run, as the API takes it. The other kind is said to be none, so that a change can go from one to the other. */
export const timesOf = ({ kind, cron, at, timeZone, skipDates }: Draft): Times => ({
  cron: kind === 'cron' ? cron.trim() : null,
  at: kind === 'at' && isMoment(at) ? new Date(at).toISOString() : null,
  timeZone,
  skipDates: skipDates.split(/[\s,]+/).filter((date) => date !== ''),
})

/** Whether date and time are both there. */
export const isMoment = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))
