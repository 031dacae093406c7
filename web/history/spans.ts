import type { TimeRange } from '../design/time-range.ts'

export const lastDay: TimeRange = { kind: 'last', minutes: 1440 }
/** An hour, a day, a week, a month, and what is kept unless set otherwise: 395 days. */
export const compareLasts: readonly number[] = [60, 1440, 10_080, 43_200, 568_800]
