import type { NewOnOffPlan, OnOffPlan, OnOffPreviewRequest, WeekDay } from '#contracts/on-off-plan.ts'
import { targetsOf, targetText } from '../schedules/draft.ts'

/** A plan as it is being written. */
export type Draft = {
  name: string
  targets: string
  days: WeekDay[]
  offAt: string
  onAt: string
  timeZone: string
  exceptDates: string
  reason: string
}

export const draftOf = (plan: OnOffPlan | null): Draft => ({
  name: plan?.name ?? '',
  targets: plan === null ? '' : targetText(plan.targets),
  days: plan?.days ?? ['MON', 'TUE', 'WED', 'THU', 'FRI'],
  offAt: plan?.offAt ?? '19:00',
  onAt: plan?.onAt ?? '07:00',
  timeZone: plan?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  exceptDates: plan?.exceptDates.join('\n') ?? '',
  reason: plan?.reason ?? '',
})

export const timesOf = ({ days, offAt, onAt, timeZone, exceptDates }: Draft): Omit<OnOffPreviewRequest, 'targets'> => ({
  days,
  offAt,
  onAt,
  timeZone,
  exceptDates: exceptDates.split(/[\s,]+/).filter((date) => date !== ''),
})

/** What a plan within an account or a Region is limited to stays with it: the form has no field for that. */
export const bodyOf = (
  draft: Draft,
  plan: OnOffPlan | null,
): Omit<NewOnOffPlan, 'operationOff' | 'operationOn' | 'reason'> => {
  const { account, region } = plan?.targets ?? {}
  return {
    name: draft.name.trim(),
    targets: {
      ...targetsOf(draft.targets),
      ...(account === undefined ? {} : { account }),
      ...(region === undefined ? {} : { region }),
    },
    ...timesOf(draft),
  }
}

const isTime = (text: string): boolean => /^\d{2}:\d{2}$/.test(text)
export const timesProblem = ({ days, offAt, onAt }: Draft): string => {
  if (days.length === 0) return 'Choose at least one day.'
  if (!isTime(offAt) || !isTime(onAt)) return 'Give both times, as hh:mm.'
  return offAt === onAt ? 'They can’t be stopped and started at the same time.' : ''
}
