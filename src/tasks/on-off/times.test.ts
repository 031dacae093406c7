import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { changesBetween, cronsOf, hoursOff, offShare } from './times.ts'
import type { OnOffTimes } from './times.ts'

const weekdays = ['MON', 'TUE', 'WED', 'THU', 'FRI'] as const
const plan = (more: Partial<OnOffTimes> = {}): OnOffTimes => ({
  days: weekdays,
  offAt: '19:00',
  onAt: '07:00',
  timeZone: 'Europe/Berlin',
  exceptDates: [],
  ...more,
})
const changes = (of: OnOffTimes, from: string, until: string): string[] =>
  changesBetween(of, new Date(from), new Date(until)).map(({ at, to }) => `${at.toISOString().slice(0, 16)}Z ${to}`)

test('the halves are plain cron expressions, with the days in order', () => {
  assert.deepEqual(cronsOf(plan({ days: ['FRI', 'MON'], offAt: '19:05', onAt: '07:00' })), {
    off: '5 19 * * MON,FRI',
    on: '0 7 * * MON,FRI',
  })
})

// Germany's clocks go forward on Sunday, 29 March 2026, and back on Sunday, 25 October 2026 (EU directive 2000/84/EC):
// until then Berlin is UTC+1, and UTC+2 in between. Good Friday is 3 April 2026, Easter Monday 6 April.
describe('across a change of the clocks and holidays', () => {
  test('local times stay, and the weekend with the change is off', () => {
    assert.deepEqual(changes(plan(), '2026-03-27T00:00:00Z', '2026-03-30T23:59:00Z'), [
      '2026-03-27T06:00Z on',
      '2026-03-27T18:00Z off',
      '2026-03-30T05:00Z on',
      '2026-03-30T17:00Z off',
    ])
  })

  test('neither happens on an excepted day: off before a holiday stays off until the next day on', () => {
    const easter = plan({ exceptDates: ['2026-04-03', '2026-04-06'] })
    assert.deepEqual(changes(easter, '2026-04-02T00:00:00Z', '2026-04-07T23:59:00Z'), [
      '2026-04-02T05:00Z on',
      '2026-04-02T17:00Z off',
      '2026-04-07T05:00Z on',
      '2026-04-07T17:00Z off',
    ])
  })

  test('what is off for some hours of the same day stays on all through an excepted day', () => {
    const lunch = plan({ offAt: '01:00', onAt: '06:00', exceptDates: ['2026-04-03'] })
    assert.deepEqual(changes(lunch, '2026-04-01T22:00:00Z', '2026-04-05T23:30:00Z'), [
      '2026-04-01T23:00Z off',
      '2026-04-02T04:00Z on',
      '2026-04-05T23:00Z off',
    ])
  })

  test('days are those of the time zone, in which the day of UTC may be another', () => {
    // 00:30 in Berlin on Tuesday, 27 October, is 23:30 UTC on the 26th: back at UTC+1.
    const early = plan({ onAt: '00:30', exceptDates: ['2026-10-26'] })
    assert.deepEqual(changes(early, '2026-10-23T12:00:00Z', '2026-10-27T00:00:00Z'), [
      '2026-10-23T17:00Z off',
      '2026-10-26T23:30Z on',
    ])
  })

  test('a time that the clocks leave out becomes the first moment after the gap', () => {
    const night = plan({ days: ['SAT', 'SUN'], offAt: '02:30', onAt: '09:00' })
    assert.deepEqual(changes(night, '2026-03-28T00:00:00Z', '2026-03-29T23:00:00Z'), [
      '2026-03-28T01:30Z off',
      '2026-03-28T08:00Z on',
      '2026-03-29T01:00Z off',
      '2026-03-29T07:00Z on',
    ])
  })
})

test('the share of the week, counted by hand', () => {
  // Four nights of 12 h, and 60 h from Friday 19:00 to Monday 07:00: 108 of 168 h.
  assert.equal(offShare(plan()), 108 / 168)
  assert.equal(hoursOff(plan()), 469.3) // 730 * 108 / 168 = 469.29
  assert.equal(offShare(plan({ days: [...weekdays, 'SAT', 'SUN'] })), 84 / 168)
  assert.equal(offShare(plan({ offAt: '01:00', onAt: '07:00' })), 30 / 168)
  // On for twelve hours a week.
  assert.equal(offShare(plan({ days: ['MON'] })), 156 / 168)
  assert.equal(offShare(plan({ days: ['SUN'], offAt: '07:00', onAt: '19:00' })), 12 / 168)
})
