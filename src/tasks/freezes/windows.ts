import { weekdays } from '#contracts/freeze.ts'
import type { Weekly, WeekMoment } from '#contracts/freeze.ts'
import { instantOf, wallOf } from './wall-time.ts'

export type Window = { from: Date; to: Date }
/** When a freeze holds: once, or every week. */
export type Times = { from: Date; to: Date; weekly: null } | { from: null; to: null; weekly: Weekly }

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const weekMs = 7 * dayMs

/** The window that holds at that moment: its beginning belongs to it, its end doesn't. Of several the one that ends last. */
export const windowAt = (times: Times, at: Date): Window | null =>
  windowsAround(times, at)
    .filter(({ from, to }) => from <= at && at < to)
    .reduce<Window | null>((last, window) => (last === null || window.to > last.to ? window : last), null)

/** The first window that begins after that moment. */
export const nextWindow = (times: Times, after: Date): Window | null =>
  windowsAround(times, after)
    .filter(({ from }) => from > after)
    .reduce<Window | null>((first, window) => (first === null || window.from < first.from ? window : first), null)

/** The windows of the week before, of this one and of the next: a window is shorter than a week. */
const windowsAround = (times: Times, at: Date): Window[] => {
  if (times.weekly === null) return [{ from: times.from, to: times.to }]
  const { timeZone, windows } = times.weekly
  const monday = mondayOf(wallOf(timeZone, at))
  return [-1, 0, 1].flatMap((weeks) =>
    windows.map((window) => {
      const begin = monday + weeks * weekMs + offsetOf(window.from)
      const length = (offsetOf(window.to) - offsetOf(window.from) + weekMs) % weekMs
      // Where the clocks are put back the longer reading counts: a freeze is never an hour too short.
      return { from: instantOf(timeZone, begin, 'earlier'), to: instantOf(timeZone, begin + length, 'later') }
    }),
  )
}

/** 1970-01-01 was a Thursday. */
const mondayOf = (wall: number): number => Math.floor((wall + 3 * dayMs) / weekMs) * weekMs - 3 * dayMs

const offsetOf = ({ day, time }: WeekMoment): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return weekdays.indexOf(day) * dayMs + (hours * 60 + minutes) * minuteMs
}
