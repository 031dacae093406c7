import type { OnBudget, WatchedAlarm, WaveState } from '#contracts/bulk.ts'
import type { Plan } from '#contracts/task.ts'
import { duration } from '../design/times.ts'
import { counted } from '../design/words.ts'

/** For example "1, 15, 75, 209 targets, 1 min between them". */
export const waveWords = ({ waves, soakSeconds = 0 }: Pick<Plan, 'waves' | 'soakSeconds'>): string =>
  waves === undefined
    ? 'None: all at once'
    : `${waves.map(({ size }) => size).join(', ')} targets${soakSeconds === 0 ? '' : `, ${duration(soakSeconds)} between them`}`

/** For example "More than 5 % failed: the rest is not begun". */
export const budgetWords = (limit: number, onBudget: OnBudget = 'stop'): string => {
  const most = Number.isInteger(limit) ? String(limit) : `${Number((limit * 100).toFixed(4))} %`
  return `More than ${most} failed: the rest is not begun${onBudget === 'undo' ? ', and what was done is taken back' : ''}`
}

/** For example "too-slow, 5xx (rings already)". */
export const alarmWords = (alarms: readonly WatchedAlarm[]): string =>
  alarms.map(({ name, ringsSince }) => `${name}${ringsSince === null ? '' : ' (rings already)'}`).join(', ')

/** For example "wave 2 of 4"; nothing without waves or before the first. */
export const waveOf = (waves: readonly WaveState[]): string => {
  const released = waves.filter(({ status }) => status !== 'held').length
  if (released === 0) return ''
  const isSoaking = waves[released - 1]?.status === 'soaking'
  return `wave ${released} of ${waves.length}${isSoaking ? ', soaking' : ''}`
}

/** For example "20 targets a second", and by the minute where that is less than one; nothing while none ended. */
export const rateWords = (itemsPerSecond: number | null): string => {
  if (itemsPerSecond === null || itemsPerSecond === 0) return ''
  const isSlow = itemsPerSecond < 1
  const rate = isSlow ? itemsPerSecond * 60 : itemsPerSecond
  const shown = rate < 10 ? Number(rate.toFixed(1)) : Math.round(rate)
  return `${counted(shown, 'target')} a ${isSlow ? 'minute' : 'second'}`
}
