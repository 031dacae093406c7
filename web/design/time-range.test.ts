import { describe, expect, it } from 'vitest'
import { endsOf, inAddress, lastText, rangeIn } from './time-range.ts'
import type { TimeRange } from './time-range.ts'

const hour: TimeRange = { kind: 'last', minutes: 60 }
const read = (search: string): TimeRange => {
  const address = new URLSearchParams(search)
  return rangeIn((name) => address.get(name) ?? '', hour)
}

describe('a range of time in the address', () => {
  it('is so long until now, or between two moments', () => {
    expect(read('last=3h')).toEqual({ kind: 'last', minutes: 180 })
    expect(read('last=7d')).toEqual({ kind: 'last', minutes: 10_080 })
    const between = { kind: 'between', from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }
    expect(read('last=3h&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z')).toEqual(between)
  })

  it('is the usual one where the address makes no sense', () => {
    for (const search of ['', 'last=0h', 'last=-3h', 'last=3y', 'from=yesterday&to=today', 'from=2026-01-01T00:00:00Z'])
      expect(read(search)).toEqual(hour)
    expect(read('from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z')).toEqual(hour)
  })

  it('reads what it writes', () => {
    for (const minutes of [1, 15, 60, 90, 180, 1440, 4320, 10_080, 20_160]) {
      const range: TimeRange = { kind: 'last', minutes }
      expect(rangeIn((name) => inAddress(range)[name as 'last'], hour)).toEqual(range)
    }
    expect([15, 90, 120, 2880, 10_080].map(lastText)).toEqual(['15m', '90m', '2h', '2d', '1w'])
  })

  it('has ends', () => {
    const now = Date.parse('2026-01-02T03:00:00.000Z')
    expect(endsOf({ kind: 'last', minutes: 90 }, now)).toEqual({
      from: '2026-01-02T01:30:00.000Z',
      to: '2026-01-02T03:00:00.000Z',
    })
    const inBerlin = { kind: 'between', from: '2026-01-01T00:00:00+01:00', to: '2026-01-01T12:00:00+01:00' } as const
    expect(endsOf(inBerlin, now)).toEqual({ from: '2025-12-31T23:00:00.000Z', to: '2026-01-01T11:00:00.000Z' })
  })
})
