import type { Freeze, FreezeScope, Weekly } from '#contracts/freeze.ts'

const shortDay = (day: string): string => day.slice(0, 1).toUpperCase() + day.slice(1, 3)

/** "Fri 18:00 to Mon 06:00 (Europe/Berlin)", for a weekly freeze. */
export const weeklyWords = ({ timeZone, windows }: Weekly): string => {
  const each = windows.map(({ from, to }) => `${shortDay(from.day)} ${from.time} to ${shortDay(to.day)} ${to.time}`)
  return `${each.join(', ')} (${timeZone})`
}

/** What a freeze holds, in words: "ec2.*, from R2 on, in 123456789012". */
export const scopeWords = ({ accounts, regions, operations, minimumRisk }: FreezeScope): string => {
  const what = operations.length === 0 ? 'Everything' : operations.join(', ')
  const where = [...accounts, ...regions]
  return `${what} from ${minimumRisk} on${where.length === 0 ? '' : `, in ${where.join(', ')}`}`
}

export const statusTypes = { active: 'warning', upcoming: 'pending', ended: 'stopped' } as const
export const statusWords: Record<Freeze['status'], string> = {
  active: 'Holds now',
  upcoming: 'To come',
  ended: 'Over',
}
