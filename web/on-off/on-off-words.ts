import { weekDays } from '#contracts/on-off-plan.ts'
import type { Savings, WeekDay } from '#contracts/on-off-plan.ts'
import { counted } from '../design/words.ts'

export const dayWords: Record<WeekDay, string> = {
  MON: 'Mon',
  TUE: 'Tue',
  WED: 'Wed',
  THU: 'Thu',
  FRI: 'Fri',
  SAT: 'Sat',
  SUN: 'Sun',
}

/** "Mon–Fri", "Mon, Wed": three days and more that follow each other are a span. */
export const daysWords = (days: readonly WeekDay[]): string => {
  const chosen = weekDays.filter((day) => days.includes(day))
  const [first, last] = [chosen[0], chosen.at(-1)]
  if (first === undefined || last === undefined) return 'never'
  const isSpan = weekDays.indexOf(last) - weekDays.indexOf(first) === chosen.length - 1
  return isSpan && chosen.length > 2
    ? `${dayWords[first]}–${dayWords[last]}`
    : chosen.map((day) => dayWords[day]).join(', ')
}

const usdFormat = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })
export const usdWords = ({ usd }: Pick<Savings, 'usd'>): string => (usd === null ? 'not known' : usdFormat.format(usd))

/** What it counts, and for how many. */
export const hoursWords = ({ hoursOff, targets }: Pick<Savings, 'hoursOff' | 'targets'>): string =>
  targets === null
    ? `${hoursOff} h off a month each`
    : `${counted(targets, 'running instance')}, ${hoursOff} h off a month each`
