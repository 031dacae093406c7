import { z } from 'zod'
import { listOf, pageQuerySchema } from './list.ts'

export const recommendationKinds = [
  'rightsize',
  'idle_instance',
  'logs_retention',
  'runs_out',
  'idle_volume',
  'unused_address',
  'orphaned_snapshot',
] as const
export const recommendationFindings = [
  'over_provisioned',
  'under_provisioned',
  'idle',
  'no_retention',
  'runs_out',
  'unknown',
] as const
export const recommendationStatuses = ['open', 'dismissed', 'snoozed', 'applied', 'gone'] as const

const usageSchema = z.object({
  cpuMean: z.number().nullable(),
  cpuPeak: z.number().nullable(),
  memoryPeak: z.number().nullable(),
})

export const recommendationSchema = z
  .object({
    id: z.string(),
    kind: z.enum(recommendationKinds),
    finding: z.enum(recommendationFindings).describe('"unknown": a signal is missing, so nothing is recommended'),
    account: z.string(),
    region: z.string(),
    resource: z.object({ id: z.string(), name: z.string().nullable() }),
    title: z.string(),
    because: z.string(),
    operation: z.string().nullable().describe('What a task of it would do; null: nothing'),
    params: z.record(z.string(), z.unknown()).nullable(),
    monthlySavingUsd: z.number().nullable().describe('By list prices; negative: it costs more; null: not known'),
    evidence: z.record(z.string(), z.unknown()).describe('What was measured, and what it was held against'),
    status: z.enum(recommendationStatuses).describe('"gone": no longer true, without anything having been done'),
    reason: z.string().nullable().describe('Why it was dismissed'),
    snoozedUntil: z.iso.datetime().nullable(),
    decidedBy: z.object({ id: z.string(), email: z.string() }).nullable(),
    decidedAt: z.iso.datetime().nullable(),
    planHash: z.string().nullable().describe('Of the last plan that was made of it'),
    realised: z
      .object({
        since: z.iso.datetime(),
        monthlyUsd: z.number().describe('What it saves a month, by list prices'),
        before: usageSchema,
        after: usageSchema,
      })
      .nullable()
      .describe('What came of it, once it was done'),
    foundAt: z.iso.datetime(),
    seenAt: z.iso.datetime(),
  })
  .meta({ id: 'Recommendation' })
export type Recommendation = z.infer<typeof recommendationSchema>

export const recommendationQuerySchema = pageQuerySchema.extend({
  status: z.enum([...recommendationStatuses, 'all']).default('open'),
  kind: z.enum(recommendationKinds).optional(),
  finding: z.enum(recommendationFindings).optional().describe('Without it all but "unknown"'),
  account: z.string().max(64).optional(),
  q: z.string().max(200).optional().describe('A part of the title or of the ARN'),
})
export type RecommendationQuery = z.infer<typeof recommendationQuerySchema>

export const recommendationListSchema = listOf(recommendationSchema)
  .extend({
    monthlySavingUsd: z.number().describe('Of all that match, where that is known'),
    realisedMonthlyUsd: z.number().describe('Of all that match and were done'),
  })
  .meta({ id: 'RecommendationList' })
export type RecommendationList = z.infer<typeof recommendationListSchema>

export const dismissalSchema = z
  .strictObject({ reason: z.string().trim().min(1).max(1000) })
  .meta({ id: 'RecommendationDismissal' })
export const snoozeSchema = z
  .strictObject({ until: z.iso.datetime({ offset: true }).describe('At most a year from now') })
  .meta({ id: 'RecommendationSnooze' })
