import { endsOf } from '../design/time-range.ts'
import type { TimeRange } from '../design/time-range.ts'
import { useNow } from '../design/use-now.ts'

const minuteMs = 60_000

/** The two ends of a range, to the minute where it goes until now, so that the same page is the same question. */
export const useEnds = (range: TimeRange): { from: string; to: string } => {
  const now = useNow(60)
  // The minute that is not over counts: what has just changed belongs to "until now".
  return endsOf(range, Math.ceil(now / minuteMs) * minuteMs)
}
