import { z } from 'zod'
import { querySchema, queryMaxLength } from './query.ts'
import { freshnessSchema, resourceSchema } from './resource.ts'

/** What a list of resources can be sorted by; a leading "-" turns it round. */
export const resourceSortKeys = [
  'name',
  'id',
  'type',
  'state',
  'account',
  'region',
  'cost',
  'firstSeenAt',
  'createdAt',
] as const
export type ResourceSortKey = (typeof resourceSortKeys)[number]
export const resourceSortSchema = z
  .enum([...resourceSortKeys, ...resourceSortKeys.map((key) => `-${key}` as const)])
  .describe('Sort key; a leading "-" turns the order round')
export type ResourceSort = z.infer<typeof resourceSortSchema>

/** What narrows a list of resources; given together, all must hold. */
export const resourceFilterSchema = z.object({
  q: querySchema.optional(),
  type: z.string().max(100).optional(),
  account: z.string().max(64).optional(),
  region: z.string().max(64).optional(),
})
export type ResourceFilter = z.infer<typeof resourceFilterSchema>

/** One resource with where the answer comes from. */
export const resourceDetailsSchema = resourceSchema
  .extend({ freshness: freshnessSchema })
  .meta({ id: 'ResourceDetails' })
export type ResourceDetails = z.infer<typeof resourceDetailsSchema>

const countSchema = z.object({ value: z.string().nullable(), count: z.int(), monthlyUsd: z.number() })
export const resourceSummarySchema = z
  .object({
    count: z.int(),
    monthlyUsd: z.number().describe('Sum of the known costs, estimated from list prices'),
    withoutCost: z.int().describe('Resources whose cost is not known'),
    byType: z.array(countSchema),
    byAccount: z.array(countSchema),
    byRegion: z.array(countSchema),
    byState: z.array(countSchema.extend({ type: z.string() })),
    ageSeconds: z.number().describe('How long ago it was counted'),
    freshness: freshnessSchema.describe('Of what was counted; its age has that of the count in it'),
  })
  .meta({ id: 'ResourceSummary' })
export type ResourceSummary = z.infer<typeof resourceSummarySchema>

/** Most resources that are re-read one by one; more is a matter of an account and Region. */
export const refreshMaxIds = 1000
export const refreshRequestSchema = z
  .strictObject({
    ids: z.array(z.string().min(1).max(2048)).min(1).max(refreshMaxIds).optional().describe('ARNs or AWS ids'),
    query: z.string().min(1).max(queryMaxLength).optional(),
    account: z.string().min(1).max(64).optional(),
    region: z.string().min(1).max(64).optional(),
  })
  .refine(({ ids, query, account, region }) => {
    const isOfPlace = account !== undefined || region !== undefined
    return [ids !== undefined, query !== undefined, isOfPlace].filter(Boolean).length <= 1
  }, 'give ids, or a query, or an account and Region')
  .meta({
    id: 'ResourceRefresh',
    description: 'What is read again from AWS: ids, a query, an account (and Region), or everything',
  })
export type RefreshRequest = z.infer<typeof refreshRequestSchema>

export const refreshResultSchema = z
  .object({
    items: z.array(resourceSchema).describe('The resources that were re-read one by one; empty for an account'),
    gone: z.array(z.string()).describe('Ids that AWS does not know (any more)'),
    freshness: freshnessSchema,
  })
  .meta({ id: 'ResourceRefreshResult' })
export type RefreshResult = z.infer<typeof refreshResultSchema>

export const logsQuerySchema = z.object({
  from: z.iso.datetime({ offset: true }).optional().describe('An hour before `to` unless given'),
  to: z.iso.datetime({ offset: true }).optional().describe('Now unless given'),
  filter: z
    .string()
    .max(1024)
    .optional()
    .describe('A filter pattern of CloudWatch Logs: words, "phrases", ?either, -not'),
  cursor: z.string().max(4096).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})
export type LogsQuery = z.infer<typeof logsQuerySchema>

export const resourceLogsSchema = z
  .object({
    logGroup: z.string(),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    items: z
      .array(
        z.object({
          id: z.string(),
          at: z.iso.datetime(),
          stream: z.string(),
          message: z.string(),
          isCut: z.boolean().describe('The message was longer than what is shown'),
        }),
      )
      .describe('Oldest first'),
    nextCursor: z.string().nullable().describe('Where the search goes on; may come with few items or none'),
    freshness: freshnessSchema,
  })
  .meta({ id: 'ResourceLogs' })
export type ResourceLogs = z.infer<typeof resourceLogsSchema>

/** Most points of one series in an answer; of more, the lowest and highest of equal parts of the time are left. */
export const metricMaxPoints = 1500
/** Most points of one series that are read from CloudWatch: 15 days by minutes. */
export const metricMaxRead = 21_600
export const metricsQuerySchema = z.object({
  name: z
    .string()
    .min(1)
    .max(400)
    .optional()
    .describe(
      'Name of a metric, several with commas between them, or "*" for all; the first that the type has unless given',
    ),
  from: z.iso.datetime({ offset: true }).optional().describe('Three hours before `to` unless given'),
  to: z.iso.datetime({ offset: true }).optional().describe('Now unless given'),
  period: z.coerce
    .number()
    .int()
    .min(60)
    .max(86_400)
    .multipleOf(60)
    .optional()
    .describe('Seconds a point; fits the time unless given'),
  points: z.coerce
    .number()
    .int()
    .min(2)
    .max(metricMaxPoints)
    .default(metricMaxPoints)
    .describe('Most points of a series; of more, the lowest and the highest of equal parts of the time are left'),
})
export type MetricsQuery = z.infer<typeof metricsQuerySchema>

export const metricsSchema = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    periodSeconds: z.int(),
    metrics: z
      .array(z.object({ name: z.string(), statistic: z.string(), unit: z.string() }))
      .describe('Every metric that the resource can have'),
    series: z.array(
      z.object({
        name: z.string(),
        periodSeconds: z.int().describe('Longer than asked for where CloudWatch has no finer points'),
        isDownsampled: z.boolean(),
        statistic: z.string(),
        unit: z.string(),
        points: z.array(z.object({ at: z.iso.datetime(), value: z.number() })),
      }),
    ),
    freshness: freshnessSchema,
  })
  .meta({ id: 'ResourceMetrics' })
export type Metrics = z.infer<typeof metricsSchema>
