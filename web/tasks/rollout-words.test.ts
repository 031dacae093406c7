import { expect, it } from 'vitest'
import { alarmWords, budgetWords, rateWords, waveOf, waveWords } from './rollout-words.ts'

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

it('names the wave under way', () => {
  const wave = (status: 'held' | 'running' | 'soaking' | 'over') => ({
    size: 1,
    status,
    releasedAt: null,
    overAt: null,
  })
  expect(waveOf([wave('over'), wave('running'), wave('held')])).toBe('wave 2 of 3')
  expect(waveOf([wave('soaking'), wave('held')])).toBe('wave 1 of 2, soaking')
  expect(waveOf([wave('held'), wave('held')])).toBe('')
  expect(waveOf([])).toBe('')
})

it('says how fast targets end, by the minute where few do', () => {
  expect(rateWords(20)).toBe('20 targets a second')
  expect(rateWords(0.0333)).toBe('2 targets a minute')
  expect(rateWords(0)).toBe('')
  expect(rateWords(null)).toBe('')
})

it('names the alarms that are watched, and says which ring already', () => {
  expect(
    alarmWords([
      { id: 'arn:a', name: '5xx', ringsSince: null },
      { id: 'arn:b', name: 'slow', ringsSince: '2026-01-01T12:00:00Z' },
    ]),
  ).toBe('5xx, slow (rings already)')
})
