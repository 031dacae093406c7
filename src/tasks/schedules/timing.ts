import { Cron } from 'croner'
import { errors } from '../errors.ts'

/** When a schedule runs: by a cron expression in a time zone, or once. */
export type Timing = {
  cron: string | null
  at: Date | null
  timeZone: string
  startsAt: Date | null
  endsAt: Date | null
  /** Days in the time zone, as yyyy-mm-dd, on which it does not run. `at` doesn't look at them. */
  skipDates: readonly string[]
}

/** Times that are looked at one by one when many were missed; beyond, only those of the last day are. */
const mostWalked = 1_500
const dayMs = 86_400_000

/**
 * The first time after that moment, or null when none is left.
 *
 * A time that a change of the clocks leaves out (02:30 when they go forward) becomes the first moment after the gap; one that
 * comes twice (when they go back) runs once, the first time. Expressions that run every so often run through both.
 */
export const nextRun = (timing: Timing, after: Date): Date | null => {
  const { at, endsAt } = timing
  const next = at === null ? nextByCron(timing, after) : at > after ? at : null
  return next === null || (endsAt !== null && next > endsAt) ? null : next
}

export const nextRuns = (timing: Timing, after: Date, count: number): Date[] => {
  const runs: Date[] = []
  for (let next = nextRun(timing, after); next !== null && runs.length < count; next = nextRun(timing, next)) {
    runs.push(next)
  }
  return runs
}

/**
 * The times from `first`, which is one, up to now, in order; with very many the oldest are left out. `isAll` is false then.
 */
export const dueTimes = (timing: Timing, first: Date, now: Date): { times: Date[]; isAll: boolean } => {
  const walked = walk(timing, first, now)
  if (walked.isAll) return walked
  const recent = nextRun(timing, new Date(now.getTime() - dayMs))
  return { times: recent === null || recent > now ? walked.times : walk(timing, recent, now).times, isAll: false }
}

const walk = (timing: Timing, first: Date, now: Date): { times: Date[]; isAll: boolean } => {
  const times: Date[] = []
  for (let time: Date | null = first; time !== null && time <= now; time = nextRun(timing, time)) {
    if (times.length === mostWalked) return { times, isAll: false }
    times.push(time)
  }
  return { times, isAll: true }
}

const nextByCron = (timing: Timing, after: Date): Date | null => {
  const cron = cronOf(timing)
  const { startsAt, timeZone } = timing
  const skipped = new Set(timing.skipDates)
  let from = startsAt !== null && startsAt.getTime() - 1 > after.getTime() ? new Date(startsAt.getTime() - 1) : after
  for (let days = 0; days <= skipped.size; days++) {
    const next = cron.nextRun(from)
    if (next === null || !skipped.has(dayIn(timeZone, next))) return next
    // On with the next day: an expression of every minute has many times in one that is skipped.
    const nextDay = new Cron('0 0 * * *', { timezone: timeZone, paused: true }).nextRun(next)
    if (nextDay === null) return null
    from = new Date(nextDay.getTime() - 1)
  }
  return null
}

/** The day of a moment in a time zone, as yyyy-mm-dd. */
export const dayIn = (timeZone: string, moment: Date): string => {
  let format = formats.get(timeZone)
  if (format === undefined) {
    // Swedish writes days as ISO 8601 does.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formats.set(timeZone, format)
  }
  return format.format(moment)
}
const formats = new Map<string, Intl.DateTimeFormat>()

const cronOf = ({ cron, timeZone }: Timing): Cron => {
  const key = `${cron} ${timeZone}`
  let known = crons.get(key)
  if (known === undefined) {
    known = new Cron(cron ?? '', { timezone: timeZone, paused: true, mode: '5-part' })
    if (crons.size > 1_000) crons.clear()
    crons.set(key, known)
  }
  return known
}
/** Parsed once: a loop over many schedules asks for the same ones again and again. */
const crons = new Map<string, Cron>()

/** Throws `invalid_timing` for what is no cron expression or time zone, and for a timing that never comes. */
export const requireTiming = (timing: Timing, now: Date): void => {
  requireTimeZone(timing.timeZone)
  if (timing.cron !== null) requireCron(timing.cron)
  if (timing.startsAt !== null && timing.endsAt !== null && timing.endsAt <= timing.startsAt) {
    throw invalid('endsAt', 'must be after startsAt', timing.endsAt.toISOString())
  }
  if (nextRun(timing, now) !== null) return
  if (timing.at !== null && timing.at <= now) throw invalid('at', 'must be in the future', timing.at.toISOString())
  throw invalid(timing.cron === null ? 'at' : 'cron', 'never comes, between its start and its end', timing.cron)
}

const requireTimeZone = (timeZone: string): void => {
  try {
    dayIn(timeZone, new Date())
  } catch {
    throw invalid('timeZone', 'is not the IANA name of a time zone, as "Europe/Berlin" is', timeZone)
  }
}

const requireCron = (cron: string): void => {
  // The library would also take nicknames, dates and seconds; and what it says of its own pattern is for programmers.
  if (cron.trim().split(/\s+/).length !== 5) {
    throw invalid('cron', 'must have five fields: minute, hour, day of the month, month, day of the week', cron)
  }
  try {
    new Cron(cron, { paused: true, mode: '5-part' })
  } catch (cause) {
    throw invalid('cron', 'is not a cron expression of five fields', cron, cause)
  }
}

const invalid = (path: string, message: string, value: string | null, cause?: unknown) =>
  errors.invalid_timing(`${path} "${value ?? ''}" ${message}.`, { errors: [{ path, message, value }], cause })
