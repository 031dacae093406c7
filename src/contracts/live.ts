import { z } from 'zod'

/**
 * A position in the event log: "<xid8>-<id>". Events are ordered by the transaction that wrote them and, within it, by
 * their id, and are published only once no older transaction can still commit, so a cursor never skips one.
 */
export const cursorSchema = z.string().regex(/^\d{1,20}-\d{1,19}$/)

/** Topics: `tasks`, `tasks/<id>`, `alerts`, `resources`, `schedules`, `ai/<conversation>`. */
export const topicSchema = z.string().min(1).max(200)

export const clientMessageSchema = z.object({
  subscribe: z.array(topicSchema).max(100),
  since: cursorSchema.optional(),
})
export type ClientMessage = z.infer<typeof clientMessageSchema>

/**
 * What the server sends. Messages about the connection itself have no topic:
 * - `ready`: the subscription stands and everything up to `cursor` was sent; `data.topics` says which topics.
 * - `reset`: events since the given cursor are no longer kept: read everything anew, then go on from `cursor`.
 * - `error`: `data.code` and `data.message` say what was wrong with a message of the client.
 */
export const liveEventSchema = z.object({
  cursor: cursorSchema,
  topic: z.union([topicSchema, z.literal('')]),
  type: z.string(),
  at: z.iso.datetime(),
  data: z.unknown(),
})
export type LiveEvent = z.infer<typeof liveEventSchema>

/** Why the server closed a socket. Reconnect after the ones that say so, with the last cursor. */
export const liveCloseCodes = {
  /** The server goes away: reconnect. */
  goingAway: 1001,
  /** Several malformed messages: a fault of the client. */
  malformed: 4400,
  /** The session ended or the token was revoked: sign in. */
  signedOut: 4401,
  /** The client reads too slowly: reconnect. */
  slow: 4408,
  /** Too many sockets of one user: close others first. */
  tooMany: 4429,
} as const
