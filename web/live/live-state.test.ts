import { describe, expect, it } from 'vitest'
import { compareCursors } from './cursor.ts'
import { cursorAdvanced, cursorReset, isNews, liveSlice } from './live-state.ts'

const after = (...actions: Parameters<typeof liveSlice.reducer>[1][]) =>
  actions.reduce(liveSlice.reducer, liveSlice.getInitialState())

describe('the position in the live feed', () => {
  it('moves on with each event and never back', () => {
    expect(after(cursorAdvanced('10-1'), cursorAdvanced('11-5'), cursorAdvanced('10-2')).cursor).toBe('11-5')
  })

  it('takes nothing twice, whatever a reconnection repeats', () => {
    expect(isNews('10-1', null)).toBe(true)
    expect(isNews('10-1', '10-1')).toBe(false)
    expect(isNews('9-7', '10-1')).toBe(false)
    expect(isNews('10-2', '10-1')).toBe(true)
  })

  it('begins anew after a reset, also from an older cursor', () => {
    expect(after(cursorAdvanced('90-1'), cursorReset('5-1'), cursorAdvanced('5-2')).cursor).toBe('5-2')
  })

  it('orders cursors as numbers of any size, not as text', () => {
    expect(compareCursors('9-9', '10-1')).toBe(-1)
    expect(compareCursors('9-10', '9-9')).toBe(1)
    expect(compareCursors('18446744073709551615-1', '18446744073709551614-2')).toBe(1)
    expect(compareCursors('7-7', '7-7')).toBe(0)
  })
})
