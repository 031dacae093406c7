import { z } from 'zod'
import { listOf, pageQuerySchema } from './list.ts'
import { querySchema } from './query.ts'
import { resourceSchema } from './resource.ts'

/** What looks unused, from what costs most to what only is in the way. */
export const findingKinds = [
  'stopped-instance',
  'unattached-volume',
  'load-balancer-without-targets',
  'orphaned-snapshot',
  'unassociated-address',
  'log-group-without-retention',
  'empty-log-group',
  'unused-security-group',
  'unused-key-pair',
  'old-function-version',
] as const
export const findingKindSchema = z.enum(findingKinds)
export type FindingKind = z.infer<typeof findingKindSchema>

export const findingSchema = z
  .object({
    kind: findingKindSchema,
    resource: resourceSchema.pick({
      id: true,
      type: true,
      account: true,
      region: true,
      name: true,
      state: true,
      tags: true,
    }),
    monthlyUsd: z.number().nullable().describe('What it costs as it is, at list prices; null: not known'),
    since: z.iso.datetime().nullable().describe('Since when at least, where that is known'),
    evidence: z.string(),
    suggestion: z
      .object({ operation: z.string(), params: z.record(z.string(), z.unknown()) })
      .nullable()
      .describe('An operation that would end it; null: there is none here, or nothing to be done without a look'),
  })
  .meta({ id: 'Finding' })
export type Finding = z.infer<typeof findingSchema>

export const findingsQuerySchema = z.object({
  ...pageQuerySchema.shape,
  kind: findingKindSchema.optional(),
  q: querySchema.optional(),
})
export type FindingsQuery = z.infer<typeof findingsQuerySchema>

export const findingsSchema = listOf(findingSchema)
  .extend({
    kinds: z
      .array(z.object({ kind: findingKindSchema, count: z.int(), monthlyUsd: z.number() }))
      .describe('Of all kinds, whichever was asked for'),
    monthlyUsd: z.number().describe('Sum of what is known of all kinds; a stopped instance counts its volumes'),
  })
  .meta({ id: 'Findings' })
export type Findings = z.infer<typeof findingsSchema>
