import { expect, test } from 'vitest'
import type { MetricForecast } from '#contracts/forecast.ts'
import { forecastWords, isForecast, isPressing } from './forecast-words.ts'

const nowMs = Date.UTC(2026, 10, 27, 12)
const forecast = (changed: Partial<MetricForecast>): MetricForecast => ({
  resource: 'arn:aws:ec2:us-east-1:111122223333:instance/i-1',
  metric: 'disk_used_percent',
  unit: 'Percent',
  stepSeconds: 3600,
  madeAt: new Date(nowMs).toISOString(),
  until: '2026-12-11T12:00:00.000Z',
  method: 'rhythm',
  points: [],
  limit: { value: 100, falling: false, meaning: 'the disk is full' },
  exhaustion: { status: 'not_within', earliest: null, expected: null, latest: null },
  monthlyUsd: null,
  unknown: null,
  because: null,
  ...changed,
})
const words = (changed: Partial<MetricForecast>) => forecastWords(forecast(changed), nowMs, 'UTC')
const dates = {
  status: 'expected' as const,
  earliest: '2026-12-01T00:00:00.000Z',
  expected: '2026-12-03T00:00:00.000Z',
  latest: '2026-12-09T00:00:00.000Z',
}

test('what runs out has its dates', () => {
  expect(words({ exhaustion: dates })).toBe('The disk is full on 3 December (earliest 1 December, latest 9 December).')
  expect(words({ exhaustion: { ...dates, latest: null } })).toBe(
    'The disk is full on 3 December (earliest 1 December, perhaps not until 11 December).',
  )
  expect(isPressing(forecast({ exhaustion: dates }))).toBe(true)
})

test('what is near has its hour', () => {
  const near = { ...dates, earliest: '2026-11-27T14:00:00.000Z', expected: '2026-11-27T15:00:00.000Z' }
  expect(words({ exhaustion: near })).toContain('27 November at 15:00')
})

test('what does not run out, or only may, says so', () => {
  expect(words({})).toBe('Until 11 December it is not expected that the disk is full.')
  expect(words({ exhaustion: { ...dates, status: 'possible', expected: null, latest: null } })).toBe(
    'Until 11 December it is not expected that the disk is full, but possible from 1 December on.',
  )
  expect(isPressing(forecast({}))).toBe(false)
})

test('what is used up already, what is not known, what has no limit, what is paid for', () => {
  expect(words({ exhaustion: { ...dates, status: 'reached' } })).toBe('The disk is full.')
  expect(words({ unknown: 'Nothing was measured.', exhaustion: null })).toBe('No forecast: Nothing was measured.')
  expect(words({ limit: null, exhaustion: null })).toBe(null)
  expect(words({ limit: null, exhaustion: null, monthlyUsd: { now: 2, expected: 3, low: 2.5, high: 3.5 } })).toBe(
    'Its Standard storage costs $2.00 a month now, and about $3.00 ($2.50 to $3.50) as of 11 December, at list prices.',
  )
})

test('only what has an end is asked for', () => {
  expect(isForecast('disk_used_percent')).toBe(true)
  expect(isForecast('NetworkIn')).toBe(false)
})
