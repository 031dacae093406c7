import { describe, expect, it } from 'vitest'
import { absoluteTime, duration, momentOf, momentText, relativeTime } from './times.ts'

const now = Date.parse('2026-03-01T12:00:00.000Z')

describe('times', () => {
  it.each([
    ['2026-03-01T11:59:40.000Z', 'just now'],
    ['2026-03-01T11:57:00.000Z', '3 minutes ago'],
    ['2026-03-01T09:00:00.000Z', '3 hours ago'],
    ['2026-02-28T11:00:00.000Z', 'yesterday'],
    ['2026-03-03T12:00:00.000Z', 'in 2 days'],
  ])('says %s as %s', (iso, words) => expect(relativeTime(iso, now)).toBe(words))

  it('names the zone where it is not the local one', () => {
    expect(absoluteTime('2026-03-01T12:00:05.000Z', 'utc')).toBe('1 Mar 2026, 12:00:05 UTC')
  })

  it('reads and writes moments in UTC, and in the local zone what it has written', () => {
    expect(momentText('2026-03-01T23:30:00.000Z', 'utc')).toBe('2026-03-01T23:30:00')
    expect(momentOf('2026-03-01T23:30:00', 'utc')).toBe('2026-03-01T23:30:00.000Z')
    expect(momentOf(momentText('2026-07-01T23:30:00.000Z', 'local'), 'local')).toBe('2026-07-01T23:30:00.000Z')
    expect(momentOf('', 'utc')).toBeNull()
    expect(momentText('never', 'utc')).toBe('')
  })

  it.each([
    [0, '0 s'],
    [0.2, '< 1 s'],
    [45, '45 s'],
    [120, '2 min'],
    [200, '3 min 20 s'],
    [7500, '2 h 5 min'],
    [259_200, '3 days'],
  ])('says %d seconds as %s', (seconds, words) => expect(duration(seconds)).toBe(words))
})
