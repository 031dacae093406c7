import type { Exhaustion } from '#contracts/forecast.ts'
import type { ForecastPoint } from '../forecast.ts'
import { stepsUntil } from '../forecast.ts'
import type { Limit } from './limits.ts'

/**
 * When a forecast reaches its limit. The first point stands for the step that begins at `fromMs`; a date is the beginning of the step in
 * which the limit is reached.
 */
export const exhaustionOf = (
  points: readonly ForecastPoint[],
  limit: Limit,
  given: { last: number; fromMs: number; stepMs: number },
): Exhaustion => {
  const isReached = limit.falling ? given.last <= limit.value : given.last >= limit.value
  if (isReached) {
    const now = new Date(given.fromMs).toISOString()
    return { status: 'reached', earliest: now, expected: now, latest: now }
  }
  // What falls to a limit rises to its mirror image.
  const rising = limit.falling
    ? points.map(({ value, low, high }) => ({ value: -value, low: -high, high: -low }))
    : points
  const steps = stepsUntil(rising, limit.falling ? -limit.value : limit.value)
  const dateOf = (step: number | undefined): string | null =>
    step === undefined ? null : new Date(given.fromMs + (step - 1) * given.stepMs).toISOString()
  return {
    status: steps.expected !== undefined ? 'expected' : steps.earliest !== undefined ? 'possible' : 'not_within',
    earliest: dateOf(steps.earliest),
    expected: dateOf(steps.expected),
    latest: dateOf(steps.latest),
  }
}
