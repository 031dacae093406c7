import { expect, test } from 'vitest'
import { cronWords, targetWords } from './schedule-words.ts'

test('an expression is told in words, and one that is still being typed is not', () => {
  expect(cronWords('0 19 * * MON-FRI')).toBe('At 19:00, Monday through Friday')
  expect(cronWords('*/15 * * * *')).toBe('Every 15 minutes')
  expect(cronWords('0 19 * *')).toBeNull()
  expect(cronWords('0 99 * * *')).toBeNull()
})

test('what is selected is told in a few words', () => {
  expect(targetWords({ query: 'tag.env:dev' })).toBe('tag.env:dev')
  expect(targetWords({ ids: ['a', 'b'] })).toBe('2 resources')
})
