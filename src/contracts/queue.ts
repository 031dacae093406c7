import { z } from 'zod'

const counts = z.record(z.string(), z.int().nonnegative())

/** A token bucket of an AWS API, which all processes share. Tokens; refill a second of the account's own time. */
export const quotaSchema = z
  .object({
    account: z.string(),
    region: z.string(),
    bucket: z.string().describe('For example "ec2:StopInstances:resources"'),
    tokens: z.number().nonnegative().describe('That are there right now'),
    capacity: z.number().nonnegative().describe('That are planned with: a little less than AWS documents'),
    refillPerSecond: z.number().nonnegative(),
    pace: z.number().min(0).max(1).describe('Share of the refill that is used; less than 1 after AWS throttled'),
    throttledAt: z.iso.datetime().nullable(),
    learned: z
      .object({
        capacityShare: z.number().min(0).max(1),
        refillShare: z.number().min(0).max(1),
        at: z.iso.datetime(),
        throttles: z.int(),
        why: z.string(),
      })
      .nullable()
      .describe('What AWS gives less than it documents, as its throttles taught; null: nothing'),
    waiting: z
      .object({ interactive: z.int().nonnegative(), bulk: z.int().nonnegative() })
      .describe('Calls that wait for it, of all processes'),
  })
  .meta({ id: 'Quota' })
export type Quota = z.infer<typeof quotaSchema>

/** A service of an account and Region that doesn't answer; nothing is sent there but one probe at a time. */
export const breakerSchema = z
  .object({
    account: z.string(),
    region: z.string(),
    service: z.string(),
    state: z.enum(['open', 'half-open']).describe('half-open: its next probe is due'),
    since: z.iso.datetime(),
    failures: z.int().describe('Attempts in a row without an answer'),
    nextProbeAt: z.iso.datetime(),
    lastError: z.object({ code: z.string(), message: z.string() }),
  })
  .meta({ id: 'Breaker' })
export type Breaker = z.infer<typeof breakerSchema>

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
    quotas: z.array(quotaSchema).describe('Buckets in use, those that somebody waits for first'),
    breakers: z.array(breakerSchema).describe('Services that do not answer; those that do are not listed'),
  })
  .meta({ id: 'QueueState' })
export type QueueState = z.infer<typeof queueStateSchema>
