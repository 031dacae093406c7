import type { OnBudget } from '#contracts/bulk.ts'
import type { Plan } from '#contracts/task.ts'
import { duration } from '../design/times.ts'

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
