import { describe, expect, it } from 'vitest'
import { scopeWords, weeklyWords } from './freeze-words.ts'
import { emptyDraft, freezeOfDraft } from './form-state.ts'

const draft = { ...emptyDraft('Europe/Berlin'), name: 'sale', reason: 'Black Friday' }

describe('the form of a freeze', () => {
  it('makes of a week what the server takes', () => {
    const { freeze } = freezeOfDraft({ ...draft, kind: 'weekly', operations: 'ec2.*, logs.retention', accounts: '' })
    expect(freeze).toEqual({
      name: 'sale',
      reason: 'Black Friday',
      weekly: {
        timeZone: 'Europe/Berlin',
        windows: [{ from: { day: 'friday', time: '18:00' }, to: { day: 'monday', time: '06:00' } }],
      },
      scope: { accounts: [], regions: [], operations: ['ec2.*', 'logs.retention'], minimumRisk: 'R2' },
    })
  })

  it('makes instants of local times', () => {
    const { freeze } = freezeOfDraft({ ...draft, from: '2026-12-20T18:00', to: '2026-12-21T06:00' })
    expect(freeze?.from).toBe(new Date(2026, 11, 20, 18).toISOString())
    expect(freeze?.to).toBe(new Date(2026, 11, 21, 6).toISOString())
  })

  it('says at which field something is wrong', () => {
    const wrong = {
      ...draft,
      reason: ' ',
      from: '2026-12-20T18:00',
      to: '2026-12-19T18:00',
      accounts: '12',
      regions: 'x',
    }
    expect(Object.keys(freezeOfDraft(wrong).problems ?? {}).sort()).toEqual(['accounts', 'reason', 'regions', 'to'])
    const backwards = { ...draft, from: '2026-12-20T18:00', to: '2026-12-19T18:00' }
    expect(freezeOfDraft(backwards).problems).toEqual({ to: 'It has to end after it begins.' })
    const nowhere = { ...draft, kind: 'weekly' as const, timeZone: 'Europe/Berln' }
    expect(Object.keys(freezeOfDraft(nowhere).problems ?? {})).toEqual(['timeZone'])
  })
})

describe('a freeze in words', () => {
  it('names days, times, zone and scope', () => {
    const windows = [{ from: { day: 'friday', time: '18:00' }, to: { day: 'monday', time: '06:00' } }] as const
    expect(weeklyWords({ timeZone: 'UTC', windows: [...windows] })).toBe('Fri 18:00 to Mon 06:00 (UTC)')
    const scope = { accounts: ['123456789012'], regions: [], operations: ['ec2.*'], minimumRisk: 'R2' as const }
    expect(scopeWords(scope)).toBe('ec2.* from R2 on, in 123456789012')
    expect(scopeWords({ ...scope, accounts: [], operations: [] })).toBe('Everything from R2 on')
  })
})
