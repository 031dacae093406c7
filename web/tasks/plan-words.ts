import type { Plan, Risk, UndoLabel } from '#contracts/task.ts'
import { duration } from '../design/times.ts'

const risks: Record<Risk, string> = {
  R0: 'reads only',
  R1: 'reversible, no effect on service',
  R2: 'reversible, affects service',
  R3: 'hard to reverse, or touches security',
  R4: 'irreversible',
}
const undos: Record<UndoLabel, { short: string; long: string }> = {
  exact: { short: 'Exact', long: 'Everything can be put back as it was.' },
  'best-effort': {
    short: 'Best effort',
    long: 'It can be taken back, but some details may differ afterwards, for example a public address.',
  },
  'restore-as-new': { short: 'As new', long: 'It can be restored, under a new id.' },
  none: { short: 'None', long: 'It can’t be taken back.' },
}

export const riskWords = (risk: Risk): string => `${risk}: ${risks[risk]}`
export const undoShort = (undo: UndoLabel): string => undos[undo].short
export const undoWords = (undo: UndoLabel): string => undos[undo].long

/** For example "about 2 min 10 s (calls 10 s, waits 2 min)". */
export const expectedWords = ({ calls, waits, total }: Plan['expectedSeconds']): string =>
  `about ${duration(total)} (calls ${duration(calls)}, waits ${duration(waits)})`

export const delayWords = (seconds: number): string => `${duration(seconds)}, in which it can still be cancelled`

export const approvalWords = ({ needed, reason }: Plan['approvals']): string =>
  needed === 0
    ? 'None: it runs at once'
    : `${needed === 1 ? 'One approval' : `${needed} approvals`}${reason === '' ? '' : `: ${reason}`}`
