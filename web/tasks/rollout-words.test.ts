import { expect, it } from 'vitest'
import { budgetWords, waveWords } from './rollout-words.ts'

const expectedSeconds = { calls: 0, waits: 0, total: 0 }

it('tells waves by their sizes, with the pause between them', () => {
  const waves = [1, 15, 284].map((size) => ({ size, expectedSeconds }))
  expect(waveWords({ waves, soakSeconds: 60 })).toBe('1, 15, 284 targets, 1 min between them')
  expect(waveWords({ waves })).toBe('1, 15, 284 targets')
  expect(waveWords({})).toBe('None: all at once')
})

it('says what happens when a budget is used up', () => {
  expect(budgetWords(0.05)).toBe('More than 5 % failed: the rest is not begun')
  expect(budgetWords(3, 'undo')).toBe('More than 3 failed: the rest is not begun, and what was done is taken back')
})
