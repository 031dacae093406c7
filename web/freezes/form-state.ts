import type { Freeze, FreezeScope, NewFreeze, Weekday } from '#contracts/freeze.ts'
import { newFreezeSchema } from '#contracts/freeze.ts'

type Moment = { day: Weekday; time: string }
export type WindowDraft = { from: Moment; to: Moment }

/** A freeze as it is being written: local times, lists as text. */
export type FreezeDraft = {
  name: string
  reason: string
  kind: 'once' | 'weekly'
  /** As an input of the browser has it, in the browser's zone: 2026-12-20T18:00. */
  from: string
  to: string
  timeZone: string
  windows: WindowDraft[]
  accounts: string
  regions: string
  operations: string
  minimumRisk: FreezeScope['minimumRisk']
}

export const emptyDraft = (timeZone: string): FreezeDraft => ({
  name: '',
  reason: '',
  kind: 'once',
  from: '',
  to: '',
  timeZone,
  windows: [{ from: { day: 'friday', time: '18:00' }, to: { day: 'monday', time: '06:00' } }],
  accounts: '',
  regions: '',
  operations: '',
  minimumRisk: 'R2',
})

export const draftOf = (freeze: Freeze, timeZone: string): FreezeDraft => ({
  ...emptyDraft(freeze.weekly?.timeZone ?? timeZone),
  name: freeze.name,
  reason: freeze.reason,
  kind: freeze.weekly === null ? 'once' : 'weekly',
  from: freeze.from === null ? '' : inputOf(freeze.from),
  to: freeze.to === null ? '' : inputOf(freeze.to),
  ...(freeze.weekly === null ? {} : { windows: freeze.weekly.windows }),
  accounts: freeze.scope.accounts.join(', '),
  regions: freeze.scope.regions.join(', '),
  operations: freeze.scope.operations.join(', '),
  minimumRisk: freeze.scope.minimumRisk,
})

/** An instant as a `datetime-local` input has it: local time, to the minute. */
const inputOf = (iso: string): string => {
  const at = new Date(iso)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

const instantOf = (input: string): string | undefined =>
  Number.isNaN(Date.parse(input)) ? undefined : new Date(input).toISOString()

const listOf = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== '')

/** What is sent, or for each field what is wrong with it. The server's own rules, before it is asked. */
export const freezeOfDraft = (
  draft: FreezeDraft,
): { freeze: NewFreeze; problems: null } | { freeze: null; problems: Record<string, string> } => {
  const { name, reason, kind, timeZone, windows, minimumRisk } = draft
  const parsed = newFreezeSchema.safeParse({
    name,
    reason,
    ...(kind === 'weekly'
      ? { weekly: { timeZone: timeZone.trim(), windows } }
      : { from: instantOf(draft.from), to: instantOf(draft.to) }),
    scope: {
      accounts: listOf(draft.accounts),
      regions: listOf(draft.regions),
      operations: listOf(draft.operations),
      minimumRisk,
    },
  })
  if (parsed.success) return { freeze: parsed.data, problems: null }
  const problems = parsed.error.issues.map(({ path, message }) => [fieldOf(path.map(String)), message] as const)
  return { freeze: null, problems: Object.fromEntries(problems.toReversed()) }
}

/** The form's field that an issue of the schema is about. */
const fieldOf = ([first = '', second = '']: string[]): string =>
  first === 'scope' ? second : first === 'weekly' ? (second === 'timeZone' ? 'timeZone' : 'windows') : first
