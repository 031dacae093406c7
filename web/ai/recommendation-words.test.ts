import { expect, test } from 'vitest'
import { usageWords } from './recommendation-words.ts'

test('usage is words, and what is missing is said', () => {
  expect(usageWords({ cpuMean: 3, cpuPeak: 12, memoryPeak: 40 })).toBe(
    'CPU 3 % in the mean, 12 % at the peak; memory 40 % at the peak',
  )
  expect(usageWords({ cpuMean: 3, cpuPeak: 12, memoryPeak: null })).toContain('memory not known')
  expect(usageWords({ cpuMean: null, cpuPeak: null, memoryPeak: null })).toBeNull()
  expect(usageWords('nonsense')).toBeNull()
})
