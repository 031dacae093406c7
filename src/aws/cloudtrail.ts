import type { Call } from './call.ts'

/** A call that somebody made, as CloudTrail recorded it. */
export type TrailEvent = {
  id: string
  at: Date
  /** The API's action: "StopInstances". */
  name: string
  /** Who called: the ARN of a role's session or a user, a service, or a name where there is no more. */
  actor: string
}

/** CloudTrail of one account and Region. */
export type CloudTrail = {
  /**
   * The calls that may have changed a resource, the newest first and at most 150. CloudTrail has those of the last 90 days, some
   * 5 to 15 minutes after they were made, at two lookups a second.
   */
  lookupEvents: (call: Call, resource: string, time: { from: Date; to: Date }) => Promise<TrailEvent[]>
}
