import { expect, test } from 'vitest'
import { daysWords, hoursWords, usdWords } from './on-off-words.ts'

test('days in a row are a span, others are listed in the order of the week', () => {
  expect(daysWords(['FRI', 'MON', 'TUE', 'WED', 'THU'])).toBe('Mon–Fri')
  expect(daysWords(['SUN', 'SAT'])).toBe('Sat, Sun')
  expect(daysWords(['MON', 'WED', 'FRI'])).toBe('Mon, Wed, Fri')
})

test('what is not known is not nothing', () => {
  expect(usdWords({ usd: 1234.5 })).toBe('$1,234.50')
  expect(usdWords({ usd: null })).toBe('not known')
  expect(hoursWords({ hoursOff: 469.3, targets: 1 })).toBe('1 running instance, 469.3 h off a month each')
  expect(hoursWords({ hoursOff: 365, targets: null })).toBe('365 h off a month each')
})
