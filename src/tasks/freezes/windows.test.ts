import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Weekday } from '#contracts/freeze.ts'
import { instantOf, wallOf } from './wall-time.ts'
import { nextWindow, windowAt } from './windows.ts'
import type { Times } from './windows.ts'

const weekly = (timeZone: string, ...windows: [Weekday, string, Weekday, string][]): Times => ({
  from: null,
  to: null,
  weekly: {
    timeZone,
    windows: windows.map(([fromDay, fromTime, toDay, toTime]) => ({
      from: { day: fromDay, time: fromTime },
      to: { day: toDay, time: toTime },
    })),
  },
})
const at = (text: string): Date => new Date(text)
const shown = (window: { from: Date; to: Date } | null) =>
  window && [window.from.toISOString(), window.to.toISOString()]

test('a window of one time begins at its first moment and is over at its last', () => {
  const times: Times = { from: at('2026-12-20T00:00:00Z'), to: at('2027-01-02T00:00:00Z'), weekly: null }
  assert.equal(windowAt(times, at('2026-12-19T23:59:59.999Z')), null)
  assert.deepEqual(windowAt(times, at('2026-12-20T00:00:00Z'))?.to, at('2027-01-02T00:00:00Z'))
  assert.equal(windowAt(times, at('2027-01-02T00:00:00Z')), null)
  assert.deepEqual(nextWindow(times, at('2026-12-01T00:00:00Z'))?.from, at('2026-12-20T00:00:00Z'))
  assert.equal(nextWindow(times, at('2026-12-20T00:00:00Z')), null)
})

// 2026-11-27 is a Friday; Berlin is at UTC+1 in winter.
test('a weekend goes from Friday evening to Monday morning, in local time', () => {
  const weekend = weekly('Europe/Berlin', ['friday', '18:00', 'monday', '06:00'])
  assert.equal(windowAt(weekend, at('2026-11-27T16:59:59Z')), null)
  const window = ['2026-11-27T17:00:00.000Z', '2026-11-30T05:00:00.000Z']
  for (const moment of ['2026-11-27T17:00:00Z', '2026-11-29T12:00:00Z', '2026-11-30T04:59:59Z']) {
    assert.deepEqual(shown(windowAt(weekend, at(moment))), window)
  }
  assert.equal(windowAt(weekend, at('2026-11-30T05:00:00Z')), null)
  assert.deepEqual(shown(nextWindow(weekend, at('2026-11-27T16:00:00Z'))), window)
  assert.deepEqual(nextWindow(weekend, at('2026-11-28T12:00:00Z'))?.from, at('2026-12-04T17:00:00Z'))
})

test('every night of a list is a window of its own, over midnight', () => {
  const nights = weekly('UTC', ['monday', '22:00', 'tuesday', '06:00'], ['tuesday', '22:00', 'wednesday', '06:00'])
  assert.equal(windowAt(nights, at('2026-11-30T12:00:00Z')), null)
  assert.deepEqual(windowAt(nights, at('2026-12-01T05:00:00Z'))?.to, at('2026-12-01T06:00:00Z'))
  assert.deepEqual(windowAt(nights, at('2026-12-01T23:00:00Z'))?.to, at('2026-12-02T06:00:00Z'))
  assert.deepEqual(nextWindow(nights, at('2026-12-01T05:00:00Z'))?.from, at('2026-12-01T22:00:00Z'))
})

// Berlin: clocks go from 02:00 to 03:00 on 2026-03-29 (at 01:00 UTC) and from 03:00 to 02:00 on 2026-10-25 (at 01:00 UTC).
test('where clocks are put forward or back a window follows the local clock, and is rather too long than too short', () => {
  const spring = weekly('Europe/Berlin', ['sunday', '01:00', 'sunday', '04:00'])
  assert.deepEqual(shown(windowAt(spring, at('2026-03-29T00:30:00Z'))), [
    '2026-03-29T00:00:00.000Z',
    '2026-03-29T02:00:00.000Z',
  ])
  const autumn = weekly('Europe/Berlin', ['sunday', '02:30', 'sunday', '02:45'])
  assert.deepEqual(shown(windowAt(autumn, at('2026-10-25T01:00:00Z'))), [
    '2026-10-25T00:30:00.000Z',
    '2026-10-25T01:45:00.000Z',
  ])
  const never = weekly('Europe/Berlin', ['sunday', '02:30', 'sunday', '05:00'])
  assert.deepEqual(windowAt(never, at('2026-03-29T02:00:00Z'))?.from, at('2026-03-29T01:30:00Z'))
})

test('local times are those that clocks show, also in zones of half hours and on both sides of the date line', () => {
  // IANA: Kolkata UTC+5:30, Kiritimati UTC+14, Pago Pago UTC-11.
  for (const [zone, hours] of [
    ['Asia/Kolkata', 5.5],
    ['Pacific/Kiritimati', 14],
    ['Pacific/Pago_Pago', -11],
  ] as const) {
    const moment = at('2026-06-15T18:45:00Z')
    assert.equal(wallOf(zone, moment), moment.getTime() + hours * 3_600_000)
    assert.deepEqual(instantOf(zone, wallOf(zone, moment), 'earlier'), moment)
  }
})
