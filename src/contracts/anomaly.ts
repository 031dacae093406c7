import { z } from 'zod'
import { listOf, pageQuerySchema } from './list.ts'

const evidenceSchema = z.object({
  name: z.string(),
  meaning: z.string(),
  share: z.number().describe('How much of the whole, from 0 to 1'),
  oneIn: z.number().describe('As unusual as one value in so many, by the metric’s own past'),
})

const resourceSchema = z.object({ id: z.string(), name: z.string().nullable() })

export const costDriverSchema = z.object({
  resource: resourceSchema,
  usd: z.number().describe('On the dearest day'),
  beforeUsd: z.number().describe('A day, before it rose'),
})
export type CostDriver = z.infer<typeof costDriverSchema>

export const joinedSchema = z.object({
  kind: z
    .enum(['resource', 'tags', 'relation', 'driver'])
    .describe(
      'The same resource; the same tags app and env; a resource within two relations; or, of a cost, the resource that makes up for it',
    ),
  resource: resourceSchema.nullable().describe('Which one was unusual at the same time; of tags null'),
  path: z
    .array(z.object({ kind: z.string(), id: z.string(), name: z.string().nullable(), type: z.string() }))
    .describe('The relations that lead there, one after the other'),
})
export type Joined = z.infer<typeof joinedSchema>

export const anomalySchema = z
  .object({
    id: z.string(),
    incident: z.string().describe('Anomalies of one incident have it in common'),
    account: z.string(),
    region: z.string(),
    resource: resourceSchema.describe(
      'Of a cost "cost/<account>/<service>" with the service as its name; its Region is "global"',
    ),
    metric: z.string().describe('Of a cost "DailyCost": US dollars a day'),
    beganAt: z.iso.datetime(),
    lastAt: z.iso.datetime().describe('When it was seen last'),
    score: z.number().describe('From 0 to 1'),
    value: z.number().describe('Of the most unusual moment, as what was expected then'),
    expected: z.object({ value: z.number(), low: z.number(), high: z.number() }),
    evidence: z.array(evidenceSchema).describe('What spoke for it, the most telling first'),
    joinedBy: joinedSchema
      .nullable()
      .describe('Why it is part of an incident that was there before; null: it began one'),
    drivers: z
      .array(costDriverSchema)
      .nullable()
      .describe('Of a cost: which resources make up for it, as far as that is known'),
  })
  .meta({ id: 'Anomaly', description: 'Something unusual in a metric, by its own past.' })
export type Anomaly = z.infer<typeof anomalySchema>

export const anomalyQuerySchema = pageQuerySchema.extend({
  resource: z.string().max(2048).optional().describe('An ARN'),
  account: z.string().max(64).optional(),
  region: z.string().max(64).optional(),
  incident: z.uuid().optional(),
  from: z.iso.datetime({ offset: true }).optional().describe('Those that were seen then or later'),
})
export type AnomalyQuery = z.infer<typeof anomalyQuerySchema>
export const anomalyListSchema = listOf(anomalySchema)

export const bandsQuerySchema = z.object({
  resource: z.string().min(1).max(2048).describe('An ARN'),
  name: z.string().min(1).max(200).describe('A metric'),
  from: z.iso.datetime({ offset: true }).optional().describe('A day before `to` unless given; at most eight days'),
  to: z.iso.datetime({ offset: true }).optional().describe('Now unless given'),
})
export type BandsQuery = z.infer<typeof bandsQuerySchema>

export const bandsSchema = z
  .object({
    isWatched: z.boolean().describe('Nothing is expected of a metric that nobody follows'),
    points: z.array(z.object({ at: z.iso.datetime(), value: z.number(), low: z.number(), high: z.number() })),
  })
  .meta({ id: 'MetricBands', description: 'Where 98 of 100 values were expected, by five minutes.' })
export type Bands = z.infer<typeof bandsSchema>

export const watchedSchema = z
  .object({
    account: z.string(),
    region: z.string(),
    resource: z.object({ id: z.string(), name: z.string().nullable() }),
    reasons: z.array(z.enum(['alarm', 'pinned', 'cost'])).describe('Why it is followed'),
    metrics: z.array(
      z.object({
        name: z.string(),
        hasData: z.boolean(),
        judgedUntil: z.iso.datetime().nullable().describe('At least until then; null while it is being learnt'),
      }),
    ),
  })
  .meta({ id: 'WatchedResource' })
export type WatchedResource = z.infer<typeof watchedSchema>
export const watchedListSchema = listOf(watchedSchema)
