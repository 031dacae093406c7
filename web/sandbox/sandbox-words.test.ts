import { expect, test } from 'vitest'
import { faultDraftSchema, faultKinds } from '#contracts/sandbox.ts'
import { draftOf, emptyFault, faultMistakes, faultWords, phaseOf, scopeOf } from './sandbox-words.ts'

test('every kind of fault has words, and a form of it is one that the server takes', () => {
  for (const kind of faultKinds) {
    expect(faultWords[kind].what).not.toBe('')
    const form = { ...emptyFault, kind, account: ' 111122223333 ', percent: '30', times: '20', milliseconds: '250' }
    expect(faultMistakes(form)).toEqual({})
    expect(faultDraftSchema.parse(draftOf(form))).toMatchObject({
      account: '111122223333',
      probability: 0.3,
      times: 20,
    })
  }
  expect(draftOf({ ...emptyFault, kind: 'throttle', milliseconds: '5' }).milliseconds).toBeUndefined()
  expect(draftOf({ ...emptyFault, milliseconds: '5' }).milliseconds).toBe(5)
})

test('mistakes are said at their fields', () => {
  expect(Object.keys(faultMistakes({ ...emptyFault, percent: '0', times: '1.5', milliseconds: '-1' }))).toEqual([
    'percent',
    'times',
    'milliseconds',
  ])
  expect(faultMistakes({ ...emptyFault, percent: '101' }).percent).toBeDefined()
})

test('an incident is planned, active or over; a fault says what it hits', () => {
  const incident = {
    kind: 'memory-leak' as const,
    account: '1',
    region: 'r',
    resource: 'x',
    name: 'x',
    what: '',
    from: '2026-11-27T10:00:00.000Z',
    until: '2026-11-27T12:00:00.000Z',
  }
  const at = (time: string) => phaseOf(incident, Date.parse(`2026-11-27T${time}:00Z`))
  expect([at('09:59'), at('10:00'), at('12:00')]).toEqual(['planned', 'active', 'over'])
  expect(scopeOf({ id: '1', kind: 'throttle', probability: 1, hits: 0 })).toBe('every call')
  expect(scopeOf({ id: '1', kind: 'throttle', probability: 1, hits: 0, service: 'ec2', action: 'StopInstances' })).toBe(
    'ec2, StopInstances',
  )
})
