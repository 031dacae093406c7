import type { Author } from '#contracts/history.ts'
import type { TrailEvent } from '../store/trail.ts'
import type { Touch } from '../store/touches.ts'

/** A change is seen by the next look at AWS: a sweep comes once a minute, and AWS itself may be behind. */
const seenWithinMs = 90_000
/** What a call does may be seen before it is known that the call was answered, and clocks differ. */
const earlierMs = 5_000
/** Without a version before it, a change may have happened any time since the last look; a long sweep's interval. */
const longestUnseenMs = 30 * 60_000
/** Ends that lie no further apart are one moment. */
const sameMomentMs = 1_000
const mostAuthors = 5

export type Known = { at: Date; previousAt: Date | null }

/**
 * The tasks that were at work on the resource when a version showed up, the latest first. One that had begun by then comes
 * before one that began a moment later, and one that was at work before one that had ended.
 */
export const tasksOf = ({ at }: Known, touches: readonly Touch[]): string[] => {
  const time = at.getTime()
  const possible = touches.filter(
    ({ first_at, last_at }) => time >= first_at.getTime() - earlierMs && time <= last_at.getTime() + seenWithinMs,
  )
  const begun = possible.filter(({ first_at }) => first_at.getTime() <= time)
  const candidates = begun.length > 0 ? begun : possible
  const sinceMs = ({ last_at }: Touch): number => Math.max(0, time - last_at.getTime())
  const least = Math.min(...candidates.map(sinceMs))
  return candidates
    .filter((touch) => sinceMs(touch) <= least + sameMomentMs)
    .map(({ task_id }) => task_id)
    .slice(0, mostAuthors)
}

/**
 * The calls of CloudTrail between the version before and this one, the latest first. Where there is none, the last one before: a
 * stop shows up twice, as stopping and as stopped.
 */
export const eventsOf = ({ at, previousAt }: Known, events: readonly TrailEvent[]): TrailEvent[] => {
  const until = at.getTime() + earlierMs
  const possible = events.filter(
    (event) => event.at.getTime() <= until && event.at.getTime() > at.getTime() - longestUnseenMs,
  )
  const own = possible.filter((event) => event.at <= at && event.at.getTime() > (previousAt?.getTime() ?? 0))
  return own.length > 0 ? own.slice(0, mostAuthors) : possible.slice(0, 1)
}

export const trailAuthor = ({ eventId, event, actor, at }: TrailEvent): Author => ({
  kind: 'cloudtrail',
  eventId,
  event,
  actor,
  at: at.toISOString(),
})

/** The times that touches and events must lie between to belong to any of these versions. */
export const reachOf = (versions: readonly { at: Date }[]): { from: Date; to: Date } => {
  const times = versions.map(({ at }) => at.getTime())
  return {
    from: new Date(Math.min(...times) - longestUnseenMs - earlierMs),
    to: new Date(Math.max(...times) + earlierMs),
  }
}
