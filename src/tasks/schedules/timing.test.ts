import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AppError } from '#platform/app-error.ts'
import { dueTimes, nextRun, nextRuns, requireTiming } from './timing.ts'
import type { Timing } from './timing.ts'

const timing = (more: Partial<Timing>): Timing => ({
  cron: '0 0 * * *',
  at: null,
  timeZone: 'UTC',
  startsAt: null,
  endsAt: null,
  skipDates: [],
  ...more,
})
const berlin = (cron: string, more: Partial<Timing> = {}) => timing({ cron, timeZone: 'Europe/Berlin', ...more })
const after = (text: string, of: Timing, count = 3): string[] =>
  nextRuns(of, new Date(text), count).map((time) => time.toISOString().replace(':00.000Z', 'Z'))

// Germany's clocks go from 02:00 to 03:00 on 29 March 2026 and from 03:00 back to 02:00 on 25 October 2026, both at 01:00
// UTC (EU directive 2000/84/EC, articles 2 and 3): CET is UTC+1, CEST is UTC+2.
describe('when the clocks change', () => {
  test('a time that is left out becomes the first moment after the gap, that day only', () => {
    assert.deepEqual(after('2026-03-27T12:00:00Z', berlin('30 2 * * *')), [
      '2026-03-28T01:30Z',
      '2026-03-29T01:00Z',
      '2026-03-30T00:30Z',
    ])
  })

  test('a time that comes twice runs once, the first time', () => {
    assert.deepEqual(after('2026-10-24T12:00:00Z', berlin('30 2 * * *')), [
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
      '2026-10-27T01:30Z',
    ])
  })

  test('what runs every half an hour neither pauses nor repeats', () => {
    assert.deepEqual(after('2026-10-25T00:00:00Z', berlin('*/30 * * * *'), 4), [
      '2026-10-25T00:30Z',
      '2026-10-25T01:00Z',
      '2026-10-25T01:30Z',
      '2026-10-25T02:00Z',
    ])
    assert.deepEqual(after('2026-03-29T00:00:00Z', berlin('*/30 * * * *'), 4), [
      '2026-03-29T00:30Z',
      '2026-03-29T01:00Z',
      '2026-03-29T01:30Z',
      '2026-03-29T02:00Z',
    ])
  })

  test('seven in the morning stays seven in the morning', () => {
    assert.deepEqual(after('2026-03-28T00:00:00Z', berlin('0 7 * * *')), [
      '2026-03-28T06:00Z',
      '2026-03-29T05:00Z',
      '2026-03-30T05:00Z',
    ])
  })

  // New York: 8 March 2026 at 07:00 UTC forward, 1 November 2026 at 06:00 UTC back (15 U.S.C. 260a).
  test('elsewhere on other days', () => {
    assert.deepEqual(after('2026-10-31T00:00:00Z', timing({ cron: '30 1 * * *', timeZone: 'America/New_York' })), [
      '2026-10-31T05:30Z',
      '2026-11-01T05:30Z',
      '2026-11-02T06:30Z',
    ])
  })
})

test('days that are skipped are those of the time zone', () => {
  // 22:30 UTC on the 24th is 23:30 in Berlin; 23:30 UTC is 00:30 on the 25th.
  const of = berlin('30 0,23 * * *', { skipDates: ['2026-12-25'] })
  assert.deepEqual(after('2026-12-24T12:00:00Z', of), ['2026-12-24T22:30Z', '2026-12-25T23:30Z', '2026-12-26T22:30Z'])
})

test('a whole year of skipped days is passed over, and an expression of every minute with it', () => {
  const first = Date.parse('2026-01-01T00:00:00Z')
  const skipDates = Array.from({ length: 400 }, (_, n) => new Date(first + n * 86_400_000).toISOString().slice(0, 10))
  // 400 days from 1 January 2026: the first that is not skipped is 5 February 2027.
  assert.deepEqual(after('2026-01-01T00:00:00Z', timing({ cron: '* * * * *', skipDates }), 1), ['2027-02-05T00:00Z'])
})

test('start and end are part of it', () => {
  const of = timing({
    cron: '0 * * * *',
    startsAt: new Date('2026-05-01T10:00:00Z'),
    endsAt: new Date('2026-05-01T11:00:00Z'),
  })
  assert.deepEqual(after('2026-01-01T00:00:00Z', of), ['2026-05-01T10:00Z', '2026-05-01T11:00Z'])
  assert.equal(nextRun(of, new Date('2026-05-01T11:00:00Z')), null)
})

test('a moment comes once', () => {
  const at = new Date('2026-05-01T10:00:30Z')
  const of = timing({ cron: null, at })
  assert.deepEqual(nextRun(of, new Date('2026-05-01T10:00:29Z')), at)
  assert.equal(nextRun(of, at), null)
})

test('29 February comes in leap years only, 31 February never', () => {
  assert.deepEqual(after('2026-01-01T00:00:00Z', timing({ cron: '0 0 29 2 *' }), 2), [
    '2028-02-29T00:00Z',
    '2032-02-29T00:00Z',
  ])
  assert.equal(nextRun(timing({ cron: '0 0 31 2 *' }), new Date('2026-01-01T00:00:00Z')), null)
})

test('what was due is found in order; of very much only the last day', () => {
  const hourly = timing({ cron: '0 * * * *' })
  const some = dueTimes(hourly, new Date('2026-01-01T00:00:00Z'), new Date('2026-01-01T03:30:00Z'))
  assert.deepEqual([some.isAll, some.times.map((time) => time.getUTCHours())], [true, [0, 1, 2, 3]])
  const many = dueTimes(
    timing({ cron: '* * * * *' }),
    new Date('2026-01-01T00:00:00Z'),
    new Date('2026-06-01T00:00:00Z'),
  )
  assert.equal(many.isAll, false)
  assert.deepEqual(many.times.at(-1), new Date('2026-06-01T00:00:00Z'))
  assert.equal(many.times.length, 1_440)
})

test('nonsense is refused, with the field that is wrong', () => {
  const now = new Date('2026-06-01T00:00:00Z')
  const wrong: [string, Partial<Timing>][] = [
    ['cron', { cron: '61 * * * *' }],
    ['cron', { cron: '* * * * * *' }],
    ['cron', { cron: '@daily' }],
    ['cron', { cron: '2026-01-01T00:00:00' }],
    ['cron', { cron: '0 0 31 2 *' }],
    ['timeZone', { timeZone: 'Mars/Olympus' }],
    ['endsAt', { startsAt: new Date('2026-08-01'), endsAt: new Date('2026-07-01') }],
    ['at', { cron: null, at: new Date('2026-05-01') }],
  ]
  for (const [path, more] of wrong) {
    assert.throws(
      () => requireTiming(timing(more), now),
      (error) => error instanceof AppError && error.code === 'invalid_timing' && error.errors?.[0]?.path === path,
      JSON.stringify(more),
    )
  }
  requireTiming(timing({ cron: '0 9 * * MON-FRI' }), now)
})
