import { weekDays } from '#contracts/on-off-plan.ts'
import type { WeekDay } from '#contracts/on-off-plan.ts'
import { nextRun } from '../schedules/timing.ts'
import type { Timing } from '../schedules/timing.ts'

/** When targets are off, in local times. */
export type OnOffTimes = {
  days: readonly WeekDay[]
  offAt: string
  onAt: string
  timeZone: string
  exceptDates: readonly string[]
}

const minutesInADay = 24 * 60
const minutesInAWeek = 7 * minutesInADay
/** AWS's own convention for a month: 365 * 24 / 12. */
const hoursInAMonth = 730

/** In the order of the week, each once. */
export const inOrder = (days: readonly WeekDay[]): WeekDay[] => weekDays.filter((day) => days.includes(day))

const cronOf = (days: readonly WeekDay[], time: string): string => {
  const [hour, minute] = time.split(':').map(Number)
  return `${minute} ${hour} * * ${inOrder(days).join(',')}`
}

/** The times of both halves as schedules have them. */
export const cronsOf = ({ days, offAt, onAt }: OnOffTimes): { off: string; on: string } => ({
  off: cronOf(days, offAt),
  on: cronOf(days, onAt),
})

/** The share of a plain week, without days that are left out and without a change of the clocks, in which targets are off. */
export const offShare = ({ days, offAt, onAt }: OnOffTimes): number => {
  const minuteOf = (day: WeekDay, time: string): number => {
    const [hour = 0, minute = 0] = time.split(':').map(Number)
    return weekDays.indexOf(day) * minutesInADay + hour * 60 + minute
  }
  const on = days.map((day) => minuteOf(day, onAt))
  // Each time off lasts until the next time on, if need be that of the next week.
  const off = inOrder(days)
    .map((day) => minuteOf(day, offAt))
    .map((from) => Math.min(...on.map((to) => (to - from + minutesInAWeek) % minutesInAWeek)))
  return off.reduce((sum, minutes) => sum + minutes, 0) / minutesInAWeek
}

/** Of a month, to a tenth of an hour. */
export const hoursOff = (times: OnOffTimes): number => Math.round(offShare(times) * hoursInAMonth * 10) / 10

/** Everything that happens after one moment and until another, in order. */
export const changesBetween = (times: OnOffTimes, after: Date, until: Date): { at: Date; to: 'off' | 'on' }[] => {
  const crons = cronsOf(times)
  return (['off', 'on'] as const)
    .flatMap((to) => {
      const timing: Timing = timingOf(times, crons[to])
      const found: { at: Date; to: 'off' | 'on' }[] = []
      for (let at = nextRun(timing, after); at !== null && at <= until; at = nextRun(timing, at)) found.push({ at, to })
      return found
    })
    .sort((a, b) => a.at.getTime() - b.at.getTime())
}

export const timingOf = ({ timeZone, exceptDates }: OnOffTimes, cron: string): Timing => ({
  cron,
  at: null,
  timeZone,
  startsAt: null,
  endsAt: null,
  skipDates: exceptDates,
})
