import { z } from 'zod'

const counts = z.record(z.string(), z.int().nonnegative())

/** How busy the task engine is right now. */
export const queueStateSchema = z
  .object({
    tasks: counts.describe('Tasks that are not over, by status'),
    items: counts.describe('Their items that are not over, by status'),
    oldestDueSeconds: z
      .number()
      .nonnegative()
      .describe('How long the oldest item that could run has been waiting for a worker'),
    stuck: z
      .array(z.object({ task: z.string(), since: z.iso.datetime(), why: z.string() }))
      .describe('Tasks that make no progress for longer than they should, the longest first; 20 at most'),
    workers: z
      .array(
        z.object({
          id: z.string(),
          host: z.string(),
          pid: z.int(),
          startedAt: z.iso.datetime(),
          leaseUntil: z.iso.datetime(),
          items: z.int().nonnegative().describe('Items that it has in hand'),
        }),
      )
      .describe('Worker processes whose lease is alive'),
  })
  .meta({ id: 'QueueState' })
export type QueueState = z.infer<typeof queueStateSchema>
