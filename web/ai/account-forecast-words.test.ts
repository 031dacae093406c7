import { expect, test } from 'vitest'
import type { AccountForecast, ForecastLine } from '#contracts/account-forecast.ts'
import { budgetWords, lineWords, monthWords, sumWords } from './account-forecast-words.ts'

const month = (passed: AccountForecast['months'][number]['passed']): AccountForecast['months'][number] => ({
  month: '2026-11',
  spentUsd: 271.2,
  expectedUsd: 310,
  lowUsd: 290,
  highUsd: 333,
  passed,
  services: [],
})
const at = (day: number): string => `2026-11-${day}T00:00:00.000Z`

test('a month says what was spent, what is expected, and between what', () => {
  expect(monthWords('2026-11')).toBe('November 2026')
  expect(sumWords(month(null))).toBe('$310.00 (of it $271.20 spent), between $290.00 and $333.00')
  expect(sumWords({ spentUsd: 0, expectedUsd: 310, lowUsd: 309.999, highUsd: 310.001 })).toBe('$310.00')
  expect(sumWords({ spentUsd: 0, expectedUsd: null, lowUsd: null, highUsd: null })).toBe('not known')
})

test('a budget is passed on a day, perhaps, or not', () => {
  const none = { earliest: null, expected: null, latest: null }
  expect(budgetWords(month(null))).toBeNull()
  expect(budgetWords(month({ status: 'not_within', ...none }))).toBe('Within the budget.')
  expect(budgetWords(month({ status: 'possible', ...none, earliest: at(29) }))).toContain('from 29 November on')
  expect(budgetWords(month({ status: 'expected', earliest: at(26), expected: at(28), latest: null }))).toBe(
    'The budget is passed on 28 November (earliest 26 November, perhaps not in this month).',
  )
})

test('a line says when its limit is reached, or why nothing is known', () => {
  const line: ForecastLine = {
    name: 'Functions that run at the same time',
    region: 'us-east-1',
    resource: null,
    unit: 'Count',
    stepSeconds: 3600,
    history: [],
    points: [{ at: at(30), value: 1, low: 1, high: 1 }],
    method: 'trend',
    limit: { value: 1000, falling: false, meaning: 'the concurrency of the account is used up' },
    exhaustion: { status: 'not_within', earliest: null, expected: null, latest: null },
    monthlyUsd: null,
    unknown: null,
    because: null,
  }
  expect(lineWords(line)).toBe('It is not expected until 30 November that the concurrency of the account is used up.')
  expect(lineWords({ ...line, unknown: 'Nothing was measured.' })).toBe('No forecast: Nothing was measured.')
  expect(lineWords({ ...line, limit: null, exhaustion: null })).toBeNull()
})
