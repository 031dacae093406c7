import type { Author } from '#contracts/history.ts'
import type { TrailEvent } from '../store/trail.ts'
import type { Touch } from '../store/touches.ts'

/** A change is seen by the next look at AWS: a sweep comes once a minute, and AWS itself may be behind. */
const seenWithinMs = 90_000
/** What a call does may be seen before it is known that the call was answered, and clocks differ. */
const earlierMs = 5_000
/** Without a version before it, a change may have happened any time since the last look; a long sweep's interval. */
const longestUnseenMs = 30 * 60_000
const mostAuthors = 5

export type Known = { at: Date; previousAt: Date | null }

/** The tasks that were at work on the resource when a version showed up, the latest first. */
export const tasksOf = ({ at }: Known, touches: readonly Touch[]): string[] =>
  touches
    .filter(
      ({ first_at, last_at }) =>
        at.getTime() >= first_at.getTime() - earlierMs && at.getTime() <= last_at.getTime() + seenWithinMs,
    )
    .map(({ task_id }) => task_id)
    .slice(0, mostAuthors)

/** The calls of CloudTrail between the version before and this one, the latest first. */
export const eventsOf = ({ at, previousAt }: Known, events: readonly TrailEvent[]): TrailEvent[] => {
  const since = Math.max(previousAt?.getTime() ?? 0, at.getTime() - longestUnseenMs)
  return events
    .filter((event) => event.at.getTime() > since - earlierMs && event.at.getTime() <= at.getTime() + earlierMs)
    .slice(0, mostAuthors)
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
